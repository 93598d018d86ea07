package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static io.github.dsrl4j.nn.onnx.run.Models.node;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.onnx.OnnxModel;
import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nearest-neighbour resizing in every coordinate transformation, rounding and version. By sizes the right entry is found by trying all
 * in exact arithmetic; by scales ONNX Runtime says what is right.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ResizeNearestTest {
    private static final List<String> TRANSFORMATIONS = List.of(
            "half_pixel",
            "half_pixel_symmetric",
            "pytorch_half_pixel",
            "align_corners",
            "asymmetric",
            "tf_half_pixel_for_nn");

    private static final List<String> ROUNDINGS = List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

    /** Tenths and thirteenths of a float32, most of which lie beside the number that is meant. */
    private static final float[] SCALES = scales();

    private static float[] scales() {
        float[] scales = new float[40];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = i < 20 ? (i + 1) / 10f : 0.13f * i;
        }
        return scales;
    }

    static Stream<Arguments> modes() {
        return TRANSFORMATIONS.stream()
                .flatMap(transformation -> ROUNDINGS.stream().map(rounding -> Arguments.of(transformation, rounding)));
    }

    private static ModelProto model(int opset, NodeProto node, DataType second, int axes) {
        var rows = Dimension.of("rows");
        var columns = Dimension.of("columns");
        return Models.model(
                opset,
                List.of(node),
                List.of(TensorProto.of("none", List.of(0L), new float[0])),
                List.of(
                        ValueInfoProto.tensor("x", DataType.FLOAT, List.of(rows, columns)),
                        ValueInfoProto.tensor("s", second, List.of(Dimension.of((long) axes)))),
                List.of(ValueInfoProto.tensor(
                        "y", DataType.FLOAT, List.of(Dimension.of("height"), Dimension.of("width")))));
    }

    private static ModelProto bySizes(String transformation, String rounding) {
        return model(
                version(transformation),
                node("Resize", List.of("x", "none", "none", "s"), "y", attributes(transformation, rounding)),
                DataType.INT64,
                2);
    }

    private static ModelProto byScales(int opset, String transformation, String rounding) {
        return model(
                opset,
                node("Resize", List.of("x", "none", "s"), "y", attributes(transformation, rounding)),
                DataType.FLOAT,
                2);
    }

    private static int version(String transformation) {
        return switch (transformation) {
            case "half_pixel_symmetric" -> 19;
            case "tf_half_pixel_for_nn" -> 11;
            default -> 13;
        };
    }

    private static AttributeProto[] attributes(String transformation, String rounding) {
        return new AttributeProto[] {
            AttributeProto.of("mode", "nearest"),
            AttributeProto.of("coordinate_transformation_mode", transformation),
            AttributeProto.of("nearest_mode", rounding)
        };
    }

    /** A source position {@code numerator / denominator}. */
    private record Position(long numerator, long denominator) {
        static Position of(String transformation, long i, long in, long out) {
            boolean single =
                    out == 1 && List.of("pytorch_half_pixel", "align_corners").contains(transformation);
            if (single) {
                return new Position(0, 1);
            }
            return switch (transformation) {
                case "align_corners" -> new Position(i * (in - 1), out - 1);
                case "asymmetric" -> new Position(i * in, out);
                case "tf_half_pixel_for_nn" -> new Position((2 * i + 1) * in, 2 * out);
                default -> new Position((2 * i + 1) * in - out, 2 * out);
            };
        }

        /** The entry of the input that the rounding asks for, found by trying all. */
        int entry(String rounding, int in) {
            int best = 0;
            for (int k = 0; k < in; k++) {
                boolean better = switch (rounding) {
                    case "floor" -> k * denominator <= numerator;
                    case "ceil" -> (k - 1) * denominator < numerator;
                    case "round_prefer_floor" -> (2L * k - 1) * denominator < 2 * numerator;
                    default -> (2L * k - 1) * denominator <= 2 * numerator;
                };
                best = better ? k : best;
            }
            return best;
        }

        /** How far the position is from where the rounding goes on to the next entry. */
        double margin(String rounding) {
            double position = (double) numerator / denominator - (rounding.startsWith("round") ? 0.5 : 0);
            return Math.abs(position - Math.rint(position));
        }
    }

    /** ONNX Runtime's scale is rounded, so that it may take a neighbour where the position lies on the boundary, and nowhere else. */
    @ParameterizedTest
    @MethodSource("modes")
    void bySizesIsExact(String transformation, String rounding) {
        ModelProto model = bySizes(transformation, rounding);
        var ours = OnnxModel.of(model, Limits.ofHeap());
        try (var runtime = OnnxRuntime.load(model.toBytes())) {
            for (int in = 1; in <= 48; in++) {
                for (int out = 1; out <= 60; out++) {
                    Map<String, Value> inputs = Map.of("x", counting(1, in), "s", longs(1, out));
                    float[] got = ours.run(inputs).get("y").toTensor().toArray();
                    float[] theirs = runtime.run(inputs).toArray();
                    for (int i = 0; i < out; i++) {
                        var position = Position.of(transformation, i, in, out);
                        String where = "%d to %d at %d".formatted(in, out, i);
                        int right = in == out ? i : position.entry(rounding, in);
                        assertEquals(right, got[i], where);
                        assertTrue(
                                got[i] == theirs[i] || position.margin(rounding) < 1e-9,
                                () -> where + ": ONNX Runtime takes another");
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void byScalesIsOnnxRuntime(String transformation, String rounding) {
        for (int opset : new int[] {11, 13, 18, 19}) {
            if (opset >= version(transformation) && (opset < 13 || !transformation.startsWith("tf_"))) {
                agreesByScales(byScales(opset, transformation, rounding), 60, SCALES);
            }
        }
    }

    static Stream<Arguments> old() {
        return Stream.of(Arguments.of(7, "Upsample"), Arguments.of(9, "Upsample"), Arguments.of(10, "Resize"));
    }

    /** Before version 11: asymmetric; floor where the image grows, ceil where it shrinks. */
    @ParameterizedTest
    @MethodSource("old")
    void oldVersionsAreOnnxRuntime(int opset, String operator) {
        for (float scale : SCALES) {
            if (operator.equals("Upsample") && scale < 1) {
                continue;
            }
            if (opset == 7) {
                var floats = new AttributeValue.Floats(List.of(1f, scale));
                ModelProto model = Models.model(
                        7,
                        List.of(node("Upsample", List.of("x"), "y", new AttributeProto("scales", floats))),
                        List.of(),
                        List.of(ValueInfoProto.tensor(
                                "x", DataType.FLOAT, List.of(Dimension.of("rows"), Dimension.of("columns")))),
                        List.of(ValueInfoProto.tensor(
                                "y", DataType.FLOAT, List.of(Dimension.of("height"), Dimension.of("width")))));
                var ours = OnnxModel.of(model, Limits.ofHeap());
                try (var runtime = OnnxRuntime.load(model.toBytes())) {
                    for (int in = 1; in <= 40; in++) {
                        compare(runtime, ours, Map.of("x", counting(1, in)), in + " by " + scale);
                    }
                }
            } else {
                agreesByScales(model(opset, node(operator, List.of("x", "s"), "y"), DataType.FLOAT, 2), 40, scale);
            }
        }
    }

    private static void agreesByScales(ModelProto model, int largest, float... scales) {
        var ours = OnnxModel.of(model, Limits.ofHeap());
        try (var runtime = OnnxRuntime.load(model.toBytes())) {
            for (int in = 1; in <= largest; in++) {
                for (float scale : scales) {
                    if ((int) (scale * in) > 0) {
                        compare(
                                runtime,
                                ours,
                                Map.of("x", counting(1, in), "s", floats(new int[] {2}, 1, scale)),
                                in + " by " + scale);
                    }
                }
            }
        }
    }

    private static void compare(OnnxRuntime runtime, OnnxModel ours, Map<String, Value> inputs, String where) {
        Tensor right = runtime.run(inputs);
        Tensor got = ours.run(inputs).get("y").toTensor();
        assertEquals(right.shape(), got.shape(), where);
        assertArrayEquals(right.toArray(), got.toArray(), where);
    }

    /** Where both extents stay, the scales do not matter; where one changes, they do for the other, too. */
    @ParameterizedTest
    @MethodSource("modes")
    void copiesWhereTheExtentStays(String transformation, String rounding) {
        ModelProto model = byScales(version(transformation), transformation, rounding);
        var ours = OnnxModel.of(model, Limits.ofHeap());
        var scales = floats(new int[] {2}, 1.2f, 1.1f);
        Value image = counting(4, 6);
        float[] got =
                ours.run(Map.of("x", image, "s", scales)).get("y").toTensor().toArray();
        assertArrayEquals(image.toTensor().toArray(), got);
        try (var runtime = OnnxRuntime.load(model.toBytes())) {
            compare(runtime, ours, Map.of("x", image, "s", scales), "both");
            compare(runtime, ours, Map.of("x", image, "s", floats(new int[] {2}, 1.2f, 2)), "rows alone");
        }
        ModelProto sized = bySizes(transformation, rounding);
        try (var runtime = OnnxRuntime.load(sized.toBytes())) {
            compare(runtime, OnnxModel.of(sized, Limits.ofHeap()), Map.of("x", image, "s", longs(4, 12)), "by sizes");
        }
    }

    /** The engine's own operation agrees with a file by sizes, which is asymmetric with floor. */
    @Test
    void theEngineTakesTheSameEntries() {
        for (int in = 1; in <= 80; in++) {
            var x = Variable.of(counting(1, 1, 1, in).toTensor());
            for (int out = 1; out <= 100; out++) {
                float[] got = x.resizeNearest(1, out).value().toArray();
                for (int i = 0; i < out; i++) {
                    int right = Position.of("asymmetric", i, in, out).entry("floor", in);
                    assertEquals(right, got[i], in + " to " + out + " at " + i);
                }
            }
        }
    }

    static Stream<Arguments> policies() {
        return Stream.of("stretch", "not_larger", "not_smaller")
                .flatMap(policy -> ROUNDINGS.stream().map(rounding -> Arguments.of(policy, rounding)));
    }

    /** With one axis given, or both in another order; the extents, too, are those of ONNX Runtime. */
    @ParameterizedTest
    @MethodSource("policies")
    void keepsTheAspectRatio(String policy, String rounding) {
        for (long[] axes : new long[][] {{1}, {0}, {1, 0}}) {
            var attributes = new ArrayList<>(Arrays.asList(attributes("asymmetric", rounding)));
            attributes.add(AttributeProto.of("keep_aspect_ratio_policy", policy));
            attributes.add(AttributeProto.ints("axes", axes));
            var resize =
                    node("Resize", List.of("x", "none", "none", "s"), "y", attributes.toArray(AttributeProto[]::new));
            ModelProto model = model(18, resize, DataType.INT64, axes.length);
            var ours = OnnxModel.of(model, Limits.ofHeap());
            try (var runtime = OnnxRuntime.load(model.toBytes())) {
                for (int out = 1; out <= 40; out++) {
                    Value sizes = axes.length == 1 ? longs(out) : longs(out, 7);
                    compare(runtime, ours, Map.of("x", counting(4, 8), "s", sizes), policy + " " + out);
                }
            }
        }
    }

    /** Where an axis keeps its extent ONNX Runtime leaves its region out, which ONNX's text does not: columns grow from 9 to other extents. */
    @ParameterizedTest
    @MethodSource("policies")
    void cutsRegionsAsOnnxRuntimeDoes(String policy, String rounding) {
        var attributes = new ArrayList<>(Arrays.asList(attributes("tf_crop_and_resize", rounding)));
        attributes.add(AttributeProto.of("extrapolation_value", -7f));
        if (!policy.equals("stretch")) {
            attributes.add(AttributeProto.of("keep_aspect_ratio_policy", policy));
        }
        var resize = node("Resize", List.of("x", "r", "", "s"), "y", attributes.toArray(AttributeProto[]::new));
        ModelProto whole = model(18, resize, DataType.INT64, 2);
        var inputs = new ArrayList<>(whole.graph().inputs());
        inputs.add(ValueInfoProto.tensor("r", DataType.FLOAT, List.of(Dimension.of(4))));
        ModelProto model = Models.model(
                18, List.of(resize), List.of(), inputs, whole.graph().outputs());
        var ours = OnnxModel.of(model, Limits.ofHeap());
        float[][] regions = {
            {0, 0, 1, 1}, {0.2f, 0.1f, 0.9f, 0.8f}, {0, 0.3f, 1, 1.2f}, {-0.1f, 0, 0.7f, 1}, {1, 1, 0, 0}
        };
        try (var runtime = OnnxRuntime.load(model.toBytes())) {
            for (float[] region : regions) {
                for (int out : new int[] {1, 2, 3, 4, 6, 7, 8, 10, 13, 17, 18, 20}) {
                    compare(
                            runtime,
                            ours,
                            Map.of("x", counting(5, 9), "s", longs(7, out), "r", floats(new int[] {4}, region)),
                            Arrays.toString(region) + " to " + out);
                }
            }
        }
    }
}
