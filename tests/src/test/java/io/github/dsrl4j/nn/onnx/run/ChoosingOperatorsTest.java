package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.booleans;
import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.dims;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.full;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.dsrl4j.nn.onnx.OnnxRuntime;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operators that choose, order, scatter, sample, quantise and sum by indices: results worked out by hand, and the same nodes, with random numbers
 * beside, in ONNX Runtime.
 */
final class ChoosingOperatorsTest {
    private static final Value MATRIX = floats(dims(2, 3), 3, -1, 2, 7, 7, Float.NaN);

    private static AttributeProto ints(String name, long... values) {
        return AttributeProto.ints(name, values);
    }

    private static AttributeProto number(String name, long value) {
        return AttributeProto.of(name, value);
    }

    private static AttributeProto real(String name, float value) {
        return AttributeProto.of(name, value);
    }

    private static AttributeProto text(String name, String value) {
        return AttributeProto.of(name, value);
    }

    private static Value of(DataType type, int[] dims, long... values) {
        return new Integers(type, Shape.of(dims), values);
    }

    private static Value places(int[] dims, long... values) {
        return of(DataType.INT64, dims, values);
    }

    private static Value noise(long seed, int... dims) {
        return Value.of(Tensor.randn(new Random(seed), dims));
    }

    private static Value half(Value value) {
        double[] numbers = new double[value.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Value.round(DataType.FLOAT16, value.real(i));
        }
        return new Doubles(DataType.FLOAT16, value.shape(), numbers);
    }

    /** Grid positions somewhat beyond the image. */
    private static Value grid(long seed, int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        var random = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1.7f, 1.7f);
        }
        return floats(dims, values);
    }

    static Stream<Expectation> choosing() {
        return Stream.of(
                Expectation.of("the largest", 11, "TopK", floats(dims(2, 3), 3, -1, 2, 5, 7, 7), longs(2))
                        .gives(floats(dims(2, 2), 3, 2, 7, 7), places(dims(2, 2), 0, 2, 1, 2)),
                Expectation.of("the smallest, along the first axis", 11, "TopK", counting(3, 2), longs(2))
                        .with(number("axis", 0), number("largest", 0))
                        .gives(counting(2, 2), places(dims(2, 2), 0, 0, 1, 1)),
                Expectation.of("k as attribute", 9, "TopK", floats(dims(3), 5, 9, 7))
                        .with(number("k", 1))
                        .gives(floats(dims(1), 9), longs(1)),
                Expectation.of("", 14, "CumSum", counting(2, 3), Value.of(Shape.of(), 1))
                        .gives(floats(dims(2, 3), 0, 1, 3, 3, 7, 12)),
                Expectation.of("before each, from the end", 14, "CumSum", longs(1, 2, 3), Value.of(Shape.of(), 0))
                        .with(number("exclusive", 1), number("reverse", 1))
                        .gives(longs(5, 3, 0)),
                Expectation.of("last axis", 13, "Hardmax", floats(dims(2, 3), 1, 4, 4, 3, 2, 1))
                        .gives(floats(dims(2, 3), 0, 1, 0, 1, 0, 0)),
                Expectation.of("from axis 1 on", 11, "Hardmax", counting(1, 2, 2))
                        .gives(floats(dims(1, 2, 2), 0, 0, 0, 1)),
                Expectation.of("upper", 14, "Trilu", counting(2, 3)).gives(floats(dims(2, 3), 0, 1, 2, 0, 4, 5)),
                Expectation.of("lower", 14, "Trilu", counting(3, 3), Value.of(Shape.of(), -1))
                        .with(number("upper", 0))
                        .gives(floats(dims(3, 3), 0, 0, 0, 3, 0, 0, 6, 7, 0)),
                Expectation.of("", 9, "EyeLike", counting(2, 3))
                        .with(number("k", 1))
                        .gives(floats(dims(2, 3), 0, 1, 0, 0, 0, 1)),
                Expectation.of("", 13, "IsNaN", MATRIX).gives(booleans(dims(2, 3), 0, 0, 0, 0, 0, 1)),
                Expectation.of(
                                "of one sign",
                                10,
                                "IsInf",
                                floats(dims(3), Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY))
                        .with(number("detect_positive", 0))
                        .gives(booleans(dims(3), 1, 0, 0)),
                Expectation.of("", 13, "NonZero", floats(dims(2, 2), 1, 0, 0, 2))
                        .gives(places(dims(2, 2), 0, 1, 0, 1)),
                Expectation.of("rows", 11, "Compress", counting(3, 2), booleans(dims(3), 0, 1, 1))
                        .with(number("axis", 0))
                        .gives(floats(dims(2, 2), 2, 3, 4, 5)),
                Expectation.of("flattened", 11, "Compress", counting(3, 2), booleans(dims(4), 0, 1, 0, 1))
                        .gives(floats(dims(2), 1, 3)),
                Expectation.of("", 11, "OneHot", longs(0, -1, 7), Value.of(Shape.of(), 3), floats(dims(2), 5, 9))
                        .gives(floats(dims(3, 3), 9, 5, 5, 5, 5, 9, 5, 5, 5)),
                Expectation.of("first axis", 11, "OneHot", longs(1, 0), longs(2), longs(0, 1))
                        .with(number("axis", 0))
                        .gives(places(dims(2, 2), 0, 1, 1, 0)),
                Expectation.of("", 10, "ReverseSequence", counting(3, 2), longs(2, 3))
                        .gives(floats(dims(3, 2), 2, 5, 0, 3, 4, 1)),
                Expectation.of("slices", 13, "GatherND", counting(2, 2, 2), places(dims(2, 1), 1, 0))
                        .gives(floats(dims(2, 2, 2), 4, 5, 6, 7, 0, 1, 2, 3)),
                Expectation.of("behind a batch", 13, "GatherND", counting(2, 2, 2), places(dims(2, 1), 1, 0))
                        .with(number("batch_dims", 1))
                        .gives(floats(dims(2, 2), 2, 3, 4, 5)),
                Expectation.of("negative", 13, "GatherND", counting(2, 2), places(dims(1, 2), -1, -2))
                        .gives(floats(dims(1), 2)),
                Expectation.of("", 13, "ScatterND", counting(4), places(dims(2, 1), 3, 1), floats(dims(2), 8, 9))
                        .gives(floats(dims(4), 0, 9, 2, 8)),
                Expectation.of(
                                "added, twice at one place",
                                16,
                                "ScatterND",
                                counting(2, 2),
                                places(dims(2, 1), 1, 1),
                                full(1, 2, 2))
                        .with(text("reduction", "add"))
                        .gives(floats(dims(2, 2), 0, 1, 4, 5)),
                Expectation.of("smallest", 18, "ScatterND", longs(5, 6), places(dims(2, 1), 0, 1), longs(7, 2))
                        .with(text("reduction", "min"))
                        .gives(longs(5, 2)),
                Expectation.of(
                                "",
                                13,
                                "ScatterElements",
                                counting(2, 3),
                                places(dims(1, 3), 1, 0, -1),
                                floats(dims(1, 3), 7, 8, 9))
                        .gives(floats(dims(2, 3), 0, 8, 2, 7, 4, 9)),
                Expectation.of(
                                "multiplied along the last axis",
                                18,
                                "ScatterElements",
                                counting(1, 3),
                                places(dims(1, 2), 2, 2),
                                full(3, 1, 2))
                        .with(number("axis", 1), text("reduction", "mul"))
                        .gives(floats(dims(1, 3), 0, 1, 18)),
                Expectation.of(
                                "to the right",
                                11,
                                "BitShift",
                                of(DataType.UINT8, dims(2), 200, 3),
                                of(DataType.UINT8, dims(2), 2, 1))
                        .with(text("direction", "RIGHT"))
                        .gives(of(DataType.UINT8, dims(2), 50, 1)),
                Expectation.of(
                                "to the left",
                                11,
                                "BitShift",
                                of(DataType.UINT8, dims(1), 200),
                                of(DataType.UINT8, dims(1), 1))
                        .with(text("direction", "LEFT"))
                        .gives(of(DataType.UINT8, dims(1), 144)),
                Expectation.of("", 18, "BitwiseAnd", longs(6, 5), longs(3)).gives(longs(2, 1)),
                Expectation.of("", 18, "BitwiseOr", longs(6, 5), longs(3)).gives(longs(7, 7)),
                Expectation.of("", 18, "BitwiseXor", longs(6, 5), longs(3)).gives(longs(5, 6)),
                Expectation.of("", 18, "BitwiseNot", longs(6)).gives(longs(-7)));
    }

    static Stream<Expectation> quantization() {
        Value x = floats(dims(6), 0, 2, 3, 1000, -254, -1000);
        return Stream.of(
                Expectation.of("", 10, "QuantizeLinear", x, floats(dims(), 2), of(DataType.UINT8, dims(), 128))
                        .gives(of(DataType.UINT8, dims(6), 128, 129, 130, 255, 1, 0)),
                Expectation.of("signed", 13, "QuantizeLinear", x, floats(dims(), 2), of(DataType.INT8, dims(), 1))
                        .gives(of(DataType.INT8, dims(6), 1, 2, 3, 127, -126, -128)),
                Expectation.of("no zero point", 13, "QuantizeLinear", x, floats(dims(), 4))
                        .gives(of(DataType.UINT8, dims(6), 0, 0, 1, 250, 0, 0)),
                Expectation.of(
                                "along an axis",
                                13,
                                "QuantizeLinear",
                                full(6, 1, 2, 2),
                                floats(dims(2), 2, 3),
                                of(DataType.UINT8, dims(2), 10, 20))
                        .gives(of(DataType.UINT8, dims(1, 2, 2), 13, 13, 22, 22)),
                Expectation.of(
                                "blocks",
                                21,
                                "QuantizeLinear",
                                full(12, 3, 2),
                                floats(dims(2, 2), 1, 2, 3, 4),
                                of(DataType.INT8, dims(2, 2), 0, 1, 2, 3))
                        .with(number("axis", 0), number("block_size", 2))
                        .gives(of(DataType.INT8, dims(3, 2), 12, 7, 12, 7, 6, 6)),
                Expectation.of(
                                "",
                                10,
                                "DequantizeLinear",
                                of(DataType.UINT8, dims(3), 0, 128, 255),
                                floats(dims(), 0.5f),
                                of(DataType.UINT8, dims(), 128))
                        .gives(floats(dims(3), -64, 0, 63.5f)),
                Expectation.of(
                                "of 32 bits",
                                13,
                                "DequantizeLinear",
                                of(DataType.INT32, dims(2), -70000, 3),
                                floats(dims(), 0.25f))
                        .gives(floats(dims(2), -17500, 0.75f)),
                Expectation.of(
                                "along an axis",
                                13,
                                "DequantizeLinear",
                                of(DataType.INT8, dims(2, 2), 1, 2, 3, 4),
                                floats(dims(2), 2, 10),
                                of(DataType.INT8, dims(2), 1, 0))
                        .with(number("axis", 0))
                        .gives(floats(dims(2, 2), 0, 2, 30, 40)),
                Expectation.of("", 11, "DynamicQuantizeLinear", floats(dims(3), -1, 0, 1.55f))
                        .gives(
                                of(DataType.UINT8, dims(3), 0, 100, 255),
                                floats(dims(), 0.01f),
                                of(DataType.UINT8, dims(), 100)));
    }

    static Stream<Expectation> sums() {
        Value a = counting(2, 3);
        Value b = floats(dims(3, 2), 1, 0, 0, 1, 1, 1);
        return Stream.of(
                einsum("ij,jk->ik", a, b).gives(floats(dims(2, 2), 2, 3, 8, 9)),
                einsum("ij->ji", a).gives(floats(dims(3, 2), 0, 3, 1, 4, 2, 5)),
                einsum("ij->", a).gives(floats(dims(), 15)),
                einsum("ij->i", a).gives(floats(dims(2), 3, 12)),
                einsum("ii->i", counting(2, 2)).gives(floats(dims(2), 0, 3)),
                einsum("ii", counting(2, 2)).gives(floats(dims(), 3)),
                einsum("ba", a).gives(floats(dims(3, 2), 0, 3, 1, 4, 2, 5)),
                einsum("i, j -> ij", floats(dims(2), 1, 2), floats(dims(2), 3, 4))
                        .gives(floats(dims(2, 2), 3, 4, 6, 8)),
                einsum("...ij,...jk->...ik", counting(2, 1, 2), full(1, 2, 2, 1))
                        .gives(floats(dims(2, 1, 1), 1, 5)),
                einsum("i,i,i->i", longs(1, 2), longs(3, 4), longs(5, 6)).gives(longs(15, 48)),
                einsum("bij,j->bi", full(2, 1, 2, 3), floats(dims(3), 1, 2, 3)).gives(floats(dims(1, 2), 12, 12)),
                Expectation.of("", 18, "ReduceLogSum", floats(dims(1, 2), 1, 1))
                        .gives(floats(dims(1, 1), (float) Math.log(2))),
                Expectation.of("no overflow", 18, "ReduceLogSumExp", floats(dims(1, 2), 1000, 1000), longs(1))
                        .with(number("keepdims", 0))
                        .gives(floats(dims(1), (float) (1000 + Math.log(2)))),
                Expectation.of("nothing", 18, "ReduceLogSumExp", full(Float.NEGATIVE_INFINITY, 2))
                        .gives(floats(dims(1), Float.NEGATIVE_INFINITY)));
    }

    private static Expectation.Left einsum(String equation, Value... operands) {
        return Expectation.of(equation, 12, "Einsum", operands).with(text("equation", equation));
    }

    static Stream<Expectation> images() {
        Value image = floats(dims(1, 1, 2, 2), 1, 2, 3, 4);
        Value corners = floats(dims(1, 1, 3, 2), -1, -1, 0, 0, 1, 1);
        return Stream.of(
                Expectation.of("corners", 16, "GridSample", image, corners)
                        .with(number("align_corners", 1))
                        .gives(floats(dims(1, 1, 1, 3), 1, 2.5f, 4)),
                Expectation.of("half a pixel outside", 16, "GridSample", image, corners)
                        .gives(floats(dims(1, 1, 1, 3), 0.25f, 2.5f, 1)),
                Expectation.of("the border", 16, "GridSample", image, floats(dims(1, 1, 1, 2), -9, 9))
                        .with(text("padding_mode", "border"))
                        .gives(floats(dims(1, 1, 1, 1), 3)),
                Expectation.of("", 13, "LRN", floats(dims(1, 3, 1, 1), 1, 2, 3))
                        .with(number("size", 3), real("alpha", 3), real("beta", 1))
                        .gives(floats(dims(1, 3, 1, 1), 1 / 6f, 2 / 15f, 3 / 14f)),
                Expectation.of("", 11, "MaxUnpool", floats(dims(1, 1, 1, 2), 7, 8), places(dims(1, 1, 1, 2), 5, 2))
                        .with(ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                        .gives(floats(dims(1, 1, 2, 4), 0, 0, 8, 0, 0, 7, 0, 0)),
                Expectation.of(
                                "",
                                17,
                                "LayerNormalization",
                                floats(dims(2, 2), 1, 3, 5, 5),
                                floats(dims(2), 2, 4),
                                floats(dims(2), 0, 1))
                        .with(real("epsilon", 3))
                        .gives(
                                floats(dims(2, 2), -1, 3, 0, 1),
                                floats(dims(2, 1), 2, 5),
                                floats(dims(2, 1), 0.5f, (float) Math.sqrt(1 / 3.0))),
                Expectation.of(
                                "a scale a group",
                                18,
                                "GroupNormalization",
                                floats(dims(1, 4, 1), 1, 3, 5, 5),
                                floats(dims(2), 2, 4),
                                floats(dims(2), 0, 1))
                        .with(number("num_groups", 2), real("epsilon", 3))
                        .gives(floats(dims(1, 4, 1), -1, 1, 1, 1)),
                Expectation.of(
                                "a scale a channel",
                                21,
                                "GroupNormalization",
                                floats(dims(1, 4, 1), 1, 3, 5, 5),
                                floats(dims(4), 2, 4, 1, 1),
                                floats(dims(4), 0, 1, 2, 3))
                        .with(number("num_groups", 2), real("epsilon", 3))
                        .gives(floats(dims(1, 4, 1), -1, 3, 2, 3)),
                Expectation.of("", 13, "MeanVarianceNormalization", floats(dims(1, 1, 1, 2), 1, 3))
                        .gives(floats(dims(1, 1, 1, 2), -1, 1)),
                Expectation.of("", 1, "LpNormalization", floats(dims(1, 2), 3, 4))
                        .gives(floats(dims(1, 2), 0.6f, 0.8f)),
                Expectation.of("sums", 1, "LpNormalization", floats(dims(2), 3, -1))
                        .with(number("p", 1), number("axis", 0))
                        .gives(floats(dims(2), 0.75f, -0.25f)),
                Expectation.of("", 9, "Shrink", floats(dims(3), -2, 0.1f, 2))
                        .with(real("lambd", 1), real("bias", 0.5f))
                        .gives(floats(dims(3), -1.5f, 0, 1.5f)));
    }

    @ParameterizedTest
    @MethodSource({"choosing", "quantization", "sums", "images"})
    void gives(Expectation expectation) {
        expectation.check();
    }

    /** Random numbers, to hold against ONNX Runtime; the outputs say only how many there are. */
    private static Stream<Expectation> random() {
        Value x = noise(1, 2, 3, 5, 7);
        Value flow = grid(2, 2, 4, 6, 2);
        var cases = Stream.<Expectation>builder();
        for (String mode : List.of("bilinear", "nearest", "bicubic")) {
            for (String padding : List.of("zeros", "border", "reflection")) {
                for (long corners = 0; corners < 2; corners++) {
                    cases.add(Expectation.of(mode + " " + padding + corners, 16, "GridSample", x, flow)
                            .with(text("mode", mode), text("padding_mode", padding), number("align_corners", corners))
                            .gives(x));
                }
            }
        }
        for (String equation : List.of(
                "bchw,bkhw->bck", "bchw->hb", "...hw->...w", "bchw,bchw->bc", "bchw,cd->bdhw", "bchw,bchx->bxw")) {
            List<Value> operands = equation.contains("cd")
                    ? List.of(x, noise(3, 3, 4))
                    : equation.contains(",") ? List.of(x, noise(4, 2, 3, 5, 7)) : List.of(x);
            cases.add(einsum(equation, operands.toArray(Value[]::new)).gives(x));
        }
        for (int axis = -4; axis < 4; axis++) {
            cases.add(Expectation.of("axis " + axis, 11, "TopK", x, longs(2))
                    .with(number("axis", axis))
                    .gives(x, x));
            cases.add(
                    Expectation.of("axis " + axis, 14, "CumSum", x, longs(axis)).gives(x));
            cases.add(Expectation.of("axis " + axis, 13, "Hardmax", x)
                    .with(number("axis", axis))
                    .gives(x));
        }
        for (int axis : new int[] {1, 2, 3, -1}) {
            int[] rest = java.util.Arrays.copyOfRange(x.shape().dims(), axis < 0 ? axis + 4 : axis, 4);
            cases.add(Expectation.of("axis " + axis, 17, "LayerNormalization", x, noise(5, rest), noise(6, rest))
                    .with(number("axis", axis))
                    .gives(x, x, x));
        }
        cases.add(Expectation.of("of 16 bits", 17, "LayerNormalization", half(x), half(noise(5, 7)))
                .gives(x));
        cases.add(Expectation.of("", 21, "GroupNormalization", noise(7, 2, 6, 4), noise(8, 6), noise(9, 6))
                .with(number("num_groups", 3))
                .gives(x));
        cases.add(Expectation.of("", 13, "LRN", x)
                .with(number("size", 3), real("alpha", 0.5f))
                .gives(x));
        cases.add(Expectation.of("", 13, "MeanVarianceNormalization", x).gives(x));
        cases.add(Expectation.of("", 18, "ReduceLogSumExp", x, longs(1, -1)).gives(x));
        cases.add(Expectation.of(
                        "",
                        13,
                        "QuantizeLinear",
                        x,
                        floats(dims(3), 0.01f, 0.02f, 0.03f),
                        of(DataType.INT8, dims(3), 1, -2, 3))
                .gives(x));
        cases.add(Expectation.of("", 11, "DynamicQuantizeLinear", x).gives(x, x, x));
        return cases.build();
    }

    static Stream<Arguments> inOnnxRuntime() {
        return Stream.of(choosing(), quantization(), sums(), images(), random())
                .flatMap(cases -> cases)
                .map(one -> argumentSet(one.toString(), one));
    }

    @ParameterizedTest
    @MethodSource("inOnnxRuntime")
    void agreesWithOnnxRuntime(Expectation expectation) {
        List<Value> actual = expectation.node().run();
        List<Value> expected;
        byte[] model = expectation
                .node()
                .modelOf(actual.stream().map(Value::type).toList())
                .toBytes();
        try (OnnxRuntime runtime = OnnxRuntime.load(model)) {
            expected = runtime.runAll(expectation.node().inputsByName());
        }
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            Value right = expected.get(i);
            if (right.type() == DataType.FLOAT) {
                double difference =
                        OnnxRuntime.difference(right.toTensor(), actual.get(i).toTensor());
                assertTrue(difference < 1e-5, "output %d differs by %s".formatted(i, difference));
            } else {
                assertEquals(Optional.empty(), BackendCases.difference(right, actual.get(i)), "output " + i);
            }
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "there are no 4 entries along dimension 0 of INT64[3]",
                        11,
                        "TopK",
                        List.of(longs(1, 2, 3), longs(4))),
                mistake(
                        "index 3 is outside dimension 0 of INT64[3]",
                        11,
                        "ScatterND",
                        List.of(longs(1, 2, 3), places(dims(1, 1), 3), longs(4))),
                mistake(
                        "updates FLOAT[2] do not fit: FLOAT[1] are needed for FLOAT[3]",
                        11,
                        "ScatterND",
                        List.of(counting(3), places(dims(1, 1), 1), counting(2))),
                mistake(
                        "indices of shape [1, 3] are no positions in FLOAT[2, 2]",
                        11,
                        "GatherND",
                        List.of(counting(2, 2), places(dims(1, 3), 0, 0, 0))),
                mistake(
                        "a grid [1, 2, 2, 3] does not fit FLOAT[1, 1, 2, 2]",
                        16,
                        "GridSample",
                        List.of(full(1, 1, 1, 2, 2), full(0, 1, 2, 2, 3))),
                mistake(
                        "a scale of shape [2] does not fit [3] along dimension 0",
                        13,
                        "QuantizeLinear",
                        List.of(counting(3), full(1, 2)),
                        number("axis", 0)),
                mistake(
                        "the equation 'ij,k->l' cannot be read: its result has an index that no operand has",
                        12,
                        "Einsum",
                        List.of(counting(1, 1), counting(1)),
                        text("equation", "ij,k->l")),
                mistake(
                        "the equation 'ii->ii' cannot be read: its result has an index twice",
                        12,
                        "Einsum",
                        List.of(counting(1, 1)),
                        text("equation", "ii->ii")),
                mistake(
                        "the equation 'i->i->i' cannot be read: it has two arrows",
                        12,
                        "Einsum",
                        List.of(counting(1)),
                        text("equation", "i->i->i")),
                mistake(
                        "the equation 'i1' cannot be read: it may hold letters",
                        12,
                        "Einsum",
                        List.of(counting(1)),
                        text("equation", "i1")),
                mistake("'ij' does not fit FLOAT[2]", 12, "Einsum", List.of(counting(2)), text("equation", "ij")),
                mistake(
                        "index 'j' is 3 in one operand and 2 in another",
                        12,
                        "Einsum",
                        List.of(counting(2, 3), counting(2, 2)),
                        text("equation", "ij,jk")),
                mistake(
                        "5 channels do not make 2 groups",
                        18,
                        "GroupNormalization",
                        List.of(counting(1, 5, 1), counting(2), counting(2)),
                        number("num_groups", 2)),
                mistake(
                        "index 9 is outside [1, 1, 2, 4]",
                        11,
                        "MaxUnpool",
                        List.of(counting(1, 1, 1, 2), places(dims(1, 1, 1, 2), 0, 9)),
                        ints("kernel_shape", 2, 2),
                        ints("strides", 2, 2)),
                mistake("a depth of 0.0 and values", 11, "OneHot", List.of(longs(1), longs(0), longs(0, 1))),
                mistake(
                        "attribute 'direction' is missing",
                        11,
                        "BitShift",
                        List.of(of(DataType.UINT8, dims(1), 1), of(DataType.UINT8, dims(1), 1))));
    }

    private static Arguments mistake(
            String message, int opset, String operator, List<Value> inputs, AttributeProto... attributes) {
        return argumentSet(
                operator + ": " + message, Models.OneNode.of(opset, operator, 1, inputs, attributes), message);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhatIsWrong(Models.OneNode node, String message) {
        String said = assertThrows(OnnxException.class, node::run).getMessage();
        assertTrue(said.contains(message), said);
    }
}
