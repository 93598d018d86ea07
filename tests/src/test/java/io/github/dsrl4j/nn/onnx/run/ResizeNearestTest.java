package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Resize with mode nearest: the neighbour of every output entry, against whole numbers and against ONNX Runtime. */
final class ResizeNearestTest {
    private static final List<String> SOURCES = List.of(
            "half_pixel",
            "half_pixel_symmetric",
            "pytorch_half_pixel",
            "align_corners",
            "asymmetric",
            "tf_half_pixel_for_nn");
    private static final List<String> NEAREST = List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

    private static ModelProto model(int opset, String source, String nearest, boolean sizes) {
        var names = sizes ? List.of("x", "", "", "s") : List.of("x", "", "s");
        return Models.model(
                opset,
                List.of(Models.node(
                        "Resize",
                        names,
                        "y",
                        AttributeProto.of("mode", "nearest"),
                        AttributeProto.of("coordinate_transformation_mode", source),
                        AttributeProto.of("nearest_mode", nearest))),
                List.of(),
                List.of(
                        ValueInfoProto.tensor("x", DataType.FLOAT, List.of(Dimension.of("a"), Dimension.of("b"))),
                        ValueInfoProto.tensor("s", sizes ? DataType.INT64 : DataType.FLOAT, List.of(Dimension.of(2)))),
                List.of(ValueInfoProto.tensor("y", DataType.FLOAT, List.of(Dimension.of("c"), Dimension.of("d")))));
    }

    private static Tensor resize(OnnxModel model, int in, Value second) {
        return model.run(Map.of("x", counting(1, in), "s", second)).get("y").toTensor();
    }

    /** By sizes a source position is a fraction, numerator / denominator; this rounds it by comparing whole numbers alone. */
    private static long expected(String source, String nearest, long i, long in, long out) {
        long denominator = 2 * out;
        long numerator = switch (source) {
            case "half_pixel", "half_pixel_symmetric" -> (2 * i + 1) * in - out;
            case "pytorch_half_pixel" -> out == 1 ? 0 : (2 * i + 1) * in - out;
            case "asymmetric" -> 2 * i * in;
            case "tf_half_pixel_for_nn" -> (2 * i + 1) * in;
            case "align_corners" -> {
                denominator = Math.max(1, out - 1);
                yield out == 1 ? 0 : i * (in - 1);
            }
            default -> throw new IllegalArgumentException(source);
        };
        long low = -1;
        while ((low + 1) * denominator <= numerator) {
            low++;
        }
        boolean whole = low * denominator == numerator;
        long twice = 2 * (numerator - low * denominator);
        long found = switch (nearest) {
            case "floor" -> low;
            case "ceil" -> whole ? low : low + 1;
            case "round_prefer_floor" -> twice > denominator ? low + 1 : low;
            case "round_prefer_ceil" -> twice >= denominator ? low + 1 : low;
            default -> throw new IllegalArgumentException(nearest);
        };
        return in == out ? i : Math.clamp(found, 0L, in - 1L);
    }

    static Stream<Arguments> all() {
        return SOURCES.stream().flatMap(source -> NEAREST.stream().map(nearest -> arguments(source, nearest)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void bySizesTheNeighbourIsExact(String source, String nearest) {
        OnnxModel model = OnnxModel.of(model(19, source, nearest, true), Limits.ofHeap());
        int pairs = 0;
        for (int in = 1; in <= 40; in++) {
            for (int out = 1; out <= 60; out++) {
                var expected = new float[out];
                for (int i = 0; i < out; i++) {
                    expected[i] = expected(source, nearest, i, in, out);
                }
                assertArrayEquals(expected, resize(model, in, longs(1, out)).toArray(), in + " -> " + out);
                pairs++;
            }
        }
        assertEquals(2400, pairs);
    }

    /** 9 * 14 / 18 is 7, though 9 / (18 / 14) is less in floating point. */
    @Test
    void aFractionThatIsWholeIsNotRoundedDown() {
        OnnxModel model = OnnxModel.of(model(13, "asymmetric", "floor", true), Limits.ofHeap());
        assertEquals(7, resize(model, 14, longs(1, 18)).toArray()[9]);
    }

    /** Where the rounding has no ties, the float32 position of ONNX Runtime decides. */
    @ParameterizedTest
    @CsvSource({
        "half_pixel, floor", "half_pixel, ceil", "pytorch_half_pixel, floor", "align_corners, round_prefer_floor",
        "asymmetric, floor", "asymmetric, ceil", "tf_half_pixel_for_nn, floor", "tf_half_pixel_for_nn, ceil"
    })
    void byScalesTheNeighbourIsThatOfOnnxRuntime(String source, String nearest) {
        ModelProto proto = model(13, source, nearest, false);
        OnnxModel model = OnnxModel.of(proto, Limits.ofHeap());
        try (var runtime = OnnxRuntime.load(proto.toBytes())) {
            for (float scale : new float[] {0.3f, 0.7f, 1.1f, 1.3f, 1.7f, 2.4f, 2.6f, 3.3f, 4.55f}) {
                for (int in = 4; in <= 64; in++) {
                    Value scales = floats(new int[] {2}, 1, scale);
                    Tensor expected = runtime.run(Map.of("x", counting(1, in), "s", scales));
                    Tensor actual = resize(model, in, scales);
                    assertEquals(expected.shape(), actual.shape(), in + " by " + scale);
                    assertArrayEquals(expected.toArray(), actual.toArray(), in + " by " + scale);
                }
            }
        }
    }
}
