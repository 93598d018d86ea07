package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.anything;
import static io.github.dsrl4j.nn.onnx.run.Models.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Models.OneNode;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of float16 and bfloat16: what float32 makes of the same numbers, rounded. */
final class HalfPrecisionTest {
    /** Operators whose results are of a type that their attribute or second input says. */
    private static final Set<String> OF_A_TYPE_OF_THEIR_OWN = Set.of("Cast", "CastLike", "ConstantOfShape", "Constant");

    private static Stream<Expectation> cases() {
        return Expectation.all()
                .filter(one ->
                        !OF_A_TYPE_OF_THEIR_OWN.contains(one.node().node().operator()))
                .filter(one -> one.node().inputs().stream().anyMatch(Floats.class::isInstance));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyOperatorRunsInFloat16(Expectation expectation) {
        check(expectation, DataType.FLOAT16);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyOperatorRunsInBfloat16(Expectation expectation) {
        check(expectation, DataType.BFLOAT16);
    }

    private static void check(Expectation expectation, DataType type) {
        OneNode one = expectation.node();
        var halves = new ArrayList<Value>();
        var floats = new ArrayList<Value>();
        for (Value input : one.inputs()) {
            // Scales of a resize are of float32 in any case.
            boolean stays = !(input instanceof Floats)
                    || (!halves.isEmpty()
                            && Set.of("Resize", "Upsample").contains(one.node().operator()));
            halves.add(stays ? input : rounded(input, type));
            floats.add(stays ? input : Value.of(rounded(input, type).toTensor()));
        }
        List<Value> right = new OneNode(one.opset(), one.node(), floats).run();
        List<Value> got = new OneNode(one.opset(), one.node(), halves).run();
        double ulp = type == DataType.FLOAT16 ? 0x1p-10 : 0x1p-7;
        for (int i = 0; i < right.size(); i++) {
            boolean real = right.get(i) instanceof Floats
                    && !Halves.keepsFloat(one.node().operator(), i);
            assertEquals(real ? type : right.get(i).type(), got.get(i).type());
            assertEquals(right.get(i).shape(), got.get(i).shape());
            for (int k = 0; k < got.get(i).size(); k++) {
                double want = real
                        ? Value.round(type, right.get(i).real(k))
                        : right.get(i).real(k);
                double have = got.get(i).real(k);
                assertEquals(have, real ? Value.round(type, have) : have, "is a number of the type");
                // Float64 on the way may round to the neighbour.
                assertTrue(
                        Double.compare(want, have) == 0 || Math.abs(want - have) <= ulp * Math.abs(want),
                        want + ", not " + have);
            }
        }
    }

    private static Value rounded(Value value, DataType type) {
        double[] numbers = new double[value.size()];
        Arrays.setAll(numbers, i -> Value.round(type, value.real(i)));
        return new Doubles(type, value.shape(), numbers);
    }

    private static TensorProto constant(RandomGenerator random, String name, long... dims) {
        int size = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        byte[] bytes = new byte[2 * size];
        for (int i = 0; i < size; i++) {
            short half = Float.floatToFloat16(random.nextFloat(-0.5f, 0.5f));
            bytes[2 * i] = (byte) half;
            bytes[2 * i + 1] = (byte) (half >> 8);
        }
        return new TensorProto(
                name, DataType.FLOAT16, Arrays.stream(dims).boxed().toList(), MemorySegment.ofArray(bytes), List.of());
    }

    /** A small network whose weights are float16, fed with float32: as ONNX Runtime has it, which rounds less often. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "FLOAT"})
    void aNetworkOfFloat16IsNearOnnxRuntime(DataType result) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        var x = ValueInfoProto.tensor(
                "x", DataType.FLOAT16, List.of(Dimension.of(1), Dimension.of(3), Dimension.of(9), Dimension.of(8)));
        ModelProto model = Models.model(
                13,
                List.of(
                        node("Conv", List.of("x", "w", "b"), "c", AttributeProto.ints("pads", 1, 1, 1, 1)),
                        node("BatchNormalization", List.of("c", "b", "b", "b", "v"), "n"),
                        node("Relu", List.of("n"), "r"),
                        node("MaxPool", List.of("r"), "m", AttributeProto.ints("kernel_shape", 2, 2)),
                        node("ConvTranspose", List.of("m", "t"), "u", AttributeProto.ints("strides", 2, 2)),
                        node(
                                "Resize",
                                List.of("u", "", "s"),
                                "z",
                                AttributeProto.of("mode", "linear"),
                                AttributeProto.of("coordinate_transformation_mode", "align_corners")),
                        node("Softmax", List.of("z"), "p", AttributeProto.of("axis", 1)),
                        node("Cast", List.of("p"), "y", AttributeProto.of("to", result.number()))),
                List.of(
                        constant(random, "w", 4, 3, 3, 3),
                        constant(random, "b", 4),
                        TensorProto.of("s", List.of(4L), 1f, 1f, 2f, 2f),
                        new TensorProto(
                                "v",
                                DataType.FLOAT16,
                                List.of(4L),
                                MemorySegment.ofArray(new byte[] {0, 60, 0, 56, 0, 64, 0, 60}),
                                List.of()),
                        constant(random, "t", 4, 5, 2, 2)),
                List.of(x),
                List.of(anything("y")));
        float[] image = new float[3 * 9 * 8];
        for (int i = 0; i < image.length; i++) {
            image[i] = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat(-2, 2)));
        }
        Tensor input = Tensor.of(Shape.of(1, 3, 9, 8), image);
        var ours = OnnxModel.of(model, Limits.ofHeap());
        assertEquals(result, ours.run(Map.of("x", input)).get("y").type());
        var declared = Models.model(
                13,
                model.graph().nodes(),
                model.graph().initializers(),
                List.of(x),
                List.of(ValueInfoProto.tensor(
                        "y", result, List.of(Dimension.of(1), Dimension.of(5), Dimension.of("h"), Dimension.of("w")))));
        try (var runtime = OnnxRuntime.load(declared.toBytes())) {
            Tensor right = runtime.run(Map.of("x", rounded(Value.of(input), DataType.FLOAT16)));
            double difference = OnnxRuntime.difference(right, ours.run(input));
            assertTrue(difference < 2e-3, "differs by " + difference);
        }
    }
}
