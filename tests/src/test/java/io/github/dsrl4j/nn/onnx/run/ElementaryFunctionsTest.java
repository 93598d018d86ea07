package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.dims;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of one number, against values from tables. */
final class ElementaryFunctionsTest {
    static Stream<Expectation> functions() {
        Value x = floats(dims(3), -0.5f, 0, 0.5f);
        return Stream.of(
                Expectation.of("table", 13, "Erf", floats(dims(5), -4, -0.5f, 0, 1, 3))
                        .gives(floats(dims(5), -0.99999998f, -0.52049988f, 0, 0.84270079f, 0.99997791f)),
                Expectation.of("table", 9, "Sin", x).gives(floats(dims(3), -0.47942554f, 0, 0.47942554f)),
                Expectation.of("table", 9, "Cos", x).gives(floats(dims(3), 0.87758256f, 1, 0.87758256f)),
                Expectation.of("table", 9, "Tan", x).gives(floats(dims(3), -0.54630249f, 0, 0.54630249f)),
                Expectation.of("table", 9, "Asin", x).gives(floats(dims(3), -0.52359878f, 0, 0.52359878f)),
                Expectation.of("table", 9, "Acos", x).gives(floats(dims(3), 2.0943951f, 1.5707963f, 1.0471976f)),
                Expectation.of("table", 9, "Atan", x).gives(floats(dims(3), -0.46364761f, 0, 0.46364761f)),
                Expectation.of("table", 9, "Sinh", x).gives(floats(dims(3), -0.52109531f, 0, 0.52109531f)),
                Expectation.of("table", 9, "Cosh", x).gives(floats(dims(3), 1.12762597f, 1, 1.12762597f)),
                Expectation.of("table", 9, "Asinh", x).gives(floats(dims(3), -0.48121183f, 0, 0.48121183f)),
                Expectation.of("table", 9, "Acosh", floats(dims(2), 1, 2)).gives(floats(dims(2), 0, 1.3169579f)),
                Expectation.of("table", 9, "Atanh", x).gives(floats(dims(3), -0.54930614f, 0, 0.54930614f)),
                Expectation.of("defaults", 9, "Selu", floats(dims(2), -1, 2))
                        .gives(floats(dims(2), -1.1113307f, 2.1014020f)),
                Expectation.of("alpha", 12, "Celu", floats(dims(2), -1, 2))
                        .with(AttributeProto.of("alpha", 2f))
                        .gives(floats(dims(2), -0.78693868f, 2)),
                Expectation.of("exact", 20, "Gelu", floats(dims(2), -1, 1))
                        .gives(floats(dims(2), -0.15865525f, 0.84134475f)),
                Expectation.of("approximate", 20, "Gelu", floats(dims(2), -1, 1))
                        .with(AttributeProto.of("approximate", "tanh"))
                        .gives(floats(dims(2), -0.15880801f, 0.84119199f)),
                Expectation.of("table", 18, "Mish", floats(dims(2), -1, 1))
                        .gives(floats(dims(2), -0.30340146f, 0.86509839f)),
                Expectation.of("table", 9, "Softsign", floats(dims(2), -1, 3)).gives(floats(dims(2), -0.5f, 0.75f)),
                Expectation.of("alpha", 10, "ThresholdedRelu", floats(dims(3), 1, 2, 3))
                        .with(AttributeProto.of("alpha", 2f))
                        .gives(floats(dims(3), 0, 0, 3)));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void gives(Expectation expectation) {
        expectation.check();
    }

    /** Older converters write -1 for an extent that may be any. */
    @Test
    void anExtentOfMinusOneIsAny() {
        var model = Models.model(
                13,
                List.of(Models.node("Relu", List.of("x"), "y")),
                List.of(),
                List.of(ValueInfoProto.tensor("x", DataType.FLOAT, List.of(Dimension.of(-1), Dimension.of(2)))),
                List.of(ValueInfoProto.tensor("y", DataType.FLOAT, List.of(Dimension.of(-1), Dimension.of(2)))));
        OnnxModel runs = OnnxModel.of(model, Limits.ofHeap());
        for (int batch : new int[] {1, 3}) {
            assertEquals(
                    batch,
                    runs.run(Map.of("x", counting(batch, 2))).get("y").shape().dim(0));
        }
    }
}
