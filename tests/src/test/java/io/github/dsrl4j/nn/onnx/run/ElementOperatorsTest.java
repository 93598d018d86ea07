package io.github.dsrl4j.nn.onnx.run;

import static io.github.dsrl4j.nn.onnx.run.Models.booleans;
import static io.github.dsrl4j.nn.onnx.run.Models.counting;
import static io.github.dsrl4j.nn.onnx.run.Models.dims;
import static io.github.dsrl4j.nn.onnx.run.Models.floats;
import static io.github.dsrl4j.nn.onnx.run.Models.full;
import static io.github.dsrl4j.nn.onnx.run.Models.longs;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arithmetic, products, reductions and the operators on shapes, against sums done by hand. */
final class ElementOperatorsTest {
    @ParameterizedTest
    @MethodSource({"arithmetic", "activations", "logic", "products", "reductions", "shapes", "parts", "constants"})
    void gives(Expectation expectation) {
        expectation.check();
    }

    private static AttributeProto ints(String name, long... values) {
        return AttributeProto.ints(name, values);
    }

    private static AttributeProto number(String name, long value) {
        return AttributeProto.of(name, value);
    }

    private static Value doubles(double... values) {
        return new Doubles(DataType.DOUBLE, Shape.of(values.length), values);
    }

    private static Value of(DataType type, long... values) {
        return new Integers(type, Shape.of(values.length), values);
    }

    static Stream<Expectation> arithmetic() {
        Value column = floats(dims(2, 1), 10, 20);
        Value row = floats(dims(3), 1, 2, 3);
        return Stream.of(
                Expectation.of("broadcast", 7, "Add", column, row).gives(floats(dims(2, 3), 11, 12, 13, 21, 22, 23)),
                Expectation.of("from an axis on", 6, "Add", counting(2, 2, 1), floats(dims(2), 10, 20))
                        .with(number("broadcast", 1), number("axis", 0))
                        .gives(floats(dims(2, 2, 1), 10, 11, 22, 23)),
                Expectation.of("broadcast", 7, "Sub", row, column).gives(floats(dims(2, 3), -9, -8, -7, -19, -18, -17)),
                Expectation.of("whole numbers", 14, "Mul", longs(2, 3), longs(-4, 5))
                        .gives(longs(-8, 15)),
                Expectation.of("whole numbers, towards zero", 14, "Div", longs(-7, 7), longs(2, -2))
                        .gives(longs(-3, -3)),
                Expectation.of("float64", 14, "Div", doubles(1, 2), doubles(3, 8))
                        .gives(doubles(1 / 3.0, 0.25)),
                Expectation.of("wraps", 14, "Add", of(DataType.UINT8, 250, 1), of(DataType.UINT8, 10, 1))
                        .gives(of(DataType.UINT8, 4, 2)),
                Expectation.of("the divisor's sign", 13, "Mod", longs(-4, 7), longs(3, -3))
                        .gives(longs(2, -2)),
                Expectation.of("squares", 7, "Pow", row, floats(dims(), 2)).gives(floats(dims(3), 1, 4, 9)),
                Expectation.of("of two types", 13, "Pow", row, longs(3, 2, 1)).gives(floats(dims(3), 1, 4, 3)),
                Expectation.of("of whole numbers", 13, "Pow", longs(2, -3, 5, 7), longs(10, 3, 0, -1))
                        .gives(longs(1024, -27, 1, 0)),
                Expectation.of("of three", 8, "Max", row, floats(dims(1), 2), column)
                        .gives(floats(dims(2, 3), 10, 10, 10, 20, 20, 20)),
                Expectation.of("of two", 13, "Min", longs(1, 5), longs(3)).gives(longs(1, 3)),
                Expectation.of("of three", 13, "Mean", row, row, full(3, 3)).gives(floats(dims(3), 5 / 3f, 7 / 3f, 3)),
                Expectation.of("limits as inputs", 13, "Clip", row, null, floats(dims(), 2))
                        .gives(floats(dims(3), 1, 2, 2)),
                Expectation.of("limits as attributes", 6, "Clip", row)
                        .with(AttributeProto.of("min", 1.5f))
                        .gives(floats(dims(3), 1.5f, 2, 3)),
                Expectation.of(
                                "whole numbers",
                                12,
                                "Clip",
                                longs(-5, 0, 5),
                                Value.of(Shape.of(), -1),
                                Value.of(Shape.of(), 4))
                        .gives(longs(-1, 0, 4)),
                Expectation.of("", 13, "Sqrt", floats(dims(2), 4, 9)).gives(floats(dims(2), 2, 3)),
                Expectation.of("", 13, "Exp", floats(dims(2), 0, 1)).gives(floats(dims(2), 1, (float) Math.E)),
                Expectation.of("", 13, "Log", floats(dims(2), 1, (float) Math.E))
                        .gives(floats(dims(2), 0, 1)),
                Expectation.of("whole numbers", 13, "Neg", longs(3, -4)).gives(longs(-3, 4)),
                Expectation.of("ties to even", 11, "Round", floats(dims(3), 0.5f, 1.5f, -2.5f))
                        .gives(floats(dims(3), 0, 2, -2)));
    }

    static Stream<Expectation> activations() {
        Value x = floats(dims(1, 2, 2), -4, 1, -2, 5);
        return Stream.of(
                Expectation.of("", 13, "Relu", x).gives(floats(dims(1, 2, 2), 0, 1, 0, 5)),
                Expectation.of("default slope", 6, "LeakyRelu", x).gives(floats(dims(1, 2, 2), -0.04f, 1, -0.02f, 5)),
                Expectation.of("a slope a channel", 7, "PRelu", x, floats(dims(2, 1), 0.5f, 0.25f))
                        .gives(floats(dims(1, 2, 2), -2, 1, -0.5f, 5)),
                Expectation.of("a slope a channel", 6, "PRelu", x, floats(dims(2), 0.5f, 0.25f))
                        .gives(floats(dims(1, 2, 2), -2, 1, -0.5f, 5)),
                Expectation.of("a slope a column", 16, "PRelu", x, floats(dims(2), 0.5f, 7))
                        .gives(floats(dims(1, 2, 2), -2, 1, -1, 5)),
                Expectation.of("default slope", 6, "HardSigmoid", x).gives(floats(dims(1, 2, 2), 0, 0.7f, 0.1f, 1)),
                Expectation.of("", 14, "HardSwish", x).gives(floats(dims(1, 2, 2), 0, 4 / 6f, -2 / 6f, 5)),
                Expectation.of("", 13, "Sigmoid", floats(dims(2), 0, (float) Math.log(3)))
                        .gives(floats(dims(2), 0.5f, 0.75f)),
                Expectation.of("", 13, "Tanh", floats(dims(2), 0, (float) Math.log(2)))
                        .gives(floats(dims(2), 0, 0.6f)),
                Expectation.of("", 6, "Elu", floats(dims(2), (float) -Math.log(2), 3))
                        .with(AttributeProto.of("alpha", 4f))
                        .gives(floats(dims(2), -2, 3)));
    }

    static Stream<Expectation> logic() {
        Value some = booleans(dims(2), 1, 0);
        return Stream.of(
                Expectation.of("broadcast", 11, "Equal", longs(1, 2), Value.of(Shape.of(), 2))
                        .gives(booleans(dims(2), 0, 1)),
                Expectation.of("real numbers", 9, "Less", floats(dims(2), 1, 2), full(2, 2))
                        .gives(some),
                Expectation.of("whole numbers", 16, "GreaterOrEqual", longs(2, 1), longs(2, 2))
                        .gives(some),
                Expectation.of("", 7, "And", some, booleans(dims(2, 1), 1, 0)).gives(booleans(dims(2, 2), 1, 0, 0, 0)),
                Expectation.of("", 7, "Or", some, booleans(dims(1), 1)).gives(booleans(dims(2), 1, 1)),
                Expectation.of("", 1, "Not", some).gives(booleans(dims(2), 0, 1)),
                Expectation.of("broadcast", 9, "Where", some, floats(dims(2, 1), 1, 2), full(9, 1))
                        .gives(floats(dims(2, 2), 1, 9, 2, 9)));
    }

    static Stream<Expectation> products() {
        return Stream.of(
                Expectation.of("matrices", 9, "MatMul", counting(2, 3), counting(3, 2))
                        .gives(floats(dims(2, 2), 10, 13, 28, 40)),
                Expectation.of("batches broadcast", 9, "MatMul", counting(2, 1, 1, 2), counting(2, 2, 1))
                        .gives(floats(dims(2, 2, 1, 1), 1, 3, 3, 13)),
                Expectation.of("rows and columns", 9, "MatMul", counting(3), counting(3))
                        .gives(floats(dims(), 5)),
                Expectation.of("whole numbers", 9, "MatMul", longs(1, 2), longs(3, 4))
                        .gives(Value.of(Shape.of(), 11)),
                Expectation.of(
                                "transposed and scaled",
                                9,
                                "Gemm",
                                counting(3, 2),
                                counting(2, 3),
                                floats(dims(2), 1, 2))
                        .with(
                                number("transA", 1),
                                number("transB", 1),
                                AttributeProto.of("alpha", 2f),
                                AttributeProto.of("beta", 10f))
                        .gives(floats(dims(2, 2), 2 * 10 + 10, 2 * 28 + 20, 2 * 13 + 10, 2 * 40 + 20)));
    }

    static Stream<Expectation> reductions() {
        Value x = counting(2, 3, 2);
        return Stream.of(
                Expectation.of("an axis", 11, "ReduceSum", x)
                        .with(ints("axes", 1), number("keepdims", 0))
                        .gives(floats(dims(2, 2), 6, 9, 24, 27)),
                Expectation.of("axes as input", 13, "ReduceSum", x, longs(-1))
                        .gives(floats(dims(2, 3, 1), 1, 5, 9, 13, 17, 21)),
                Expectation.of("no axes is all", 13, "ReduceSum", x).gives(full(66, 1, 1, 1)),
                Expectation.of("no axes is none", 13, "ReduceSum", x, longs())
                        .with(number("noop_with_empty_axes", 1))
                        .gives(x),
                Expectation.of("axes apart", 18, "ReduceMean", x, longs(0, 2))
                        .with(number("keepdims", 0))
                        .gives(floats(dims(3), 3.5f, 5.5f, 7.5f)),
                Expectation.of("negative axis", 13, "ReduceMax", x)
                        .with(ints("axes", -2))
                        .gives(floats(dims(2, 1, 2), 4, 5, 10, 11)),
                Expectation.of("", 13, "ReduceL2", floats(dims(1, 2), 3, -4))
                        .with(ints("axes", 1))
                        .gives(floats(dims(1, 1), 5)),
                Expectation.of("", 13, "ReduceL1", floats(dims(1, 2), 3, -4)).gives(floats(dims(1, 1), 7)),
                Expectation.of("whole numbers", 13, "ReduceMin", longs(3, -4, 9))
                        .gives(longs(-4)),
                Expectation.of("the first", 13, "ArgMax", floats(dims(2, 3), 1, 7, 7, 9, 0, 9))
                        .with(number("axis", 1))
                        .gives(Value.of(Shape.of(2, 1), 1, 0)),
                Expectation.of("the last", 13, "ArgMax", floats(dims(2, 3), 1, 7, 7, 9, 0, 9))
                        .with(number("axis", -1), number("select_last_index", 1), number("keepdims", 0))
                        .gives(longs(2, 2)));
    }

    static Stream<Expectation> shapes() {
        Value x = counting(2, 3, 1);
        return Stream.of(
                Expectation.of("0 and -1", 13, "Reshape", x, longs(0, -1)).gives(counting(2, 3)),
                Expectation.of("allowzero", 14, "Reshape", counting(0, 3), longs(3, 0))
                        .with(number("allowzero", 1))
                        .gives(counting(3, 0)),
                Expectation.of("negative axis", 11, "Flatten", x)
                        .with(number("axis", -1))
                        .gives(counting(6, 1)),
                Expectation.of("attribute", 11, "Squeeze", x)
                        .with(ints("axes", 2))
                        .gives(counting(2, 3)),
                Expectation.of("input", 13, "Squeeze", x, longs(-1)).gives(counting(2, 3)),
                Expectation.of("all", 13, "Squeeze", x).gives(counting(2, 3)),
                Expectation.of("attribute", 11, "Unsqueeze", counting(2))
                        .with(ints("axes", 0, 2))
                        .gives(counting(1, 2, 1)),
                Expectation.of("input", 13, "Unsqueeze", counting(2), longs(-1)).gives(counting(2, 1)),
                Expectation.of("reversed", 13, "Transpose", counting(2, 3)).gives(floats(dims(3, 2), 0, 3, 1, 4, 2, 5)),
                Expectation.of("perm", 13, "Transpose", longs(1, 2))
                        .with(ints("perm", 0))
                        .gives(longs(1, 2)),
                Expectation.of("both ways", 13, "Expand", floats(dims(2, 1), 1, 2), longs(2, 1, 2))
                        .gives(floats(dims(2, 2, 2), 1, 1, 2, 2, 1, 1, 2, 2)),
                Expectation.of("", 13, "Tile", counting(1, 2), longs(2, 2))
                        .gives(floats(dims(2, 4), 0, 1, 0, 1, 0, 1, 0, 1)),
                Expectation.of("all", 13, "Shape", x).gives(longs(2, 3, 1)),
                Expectation.of("a part", 15, "Shape", x)
                        .with(number("start", -2), number("end", -1))
                        .gives(longs(3)),
                Expectation.of("DCR", 13, "DepthToSpace", counting(1, 8, 1, 1))
                        .with(number("blocksize", 2))
                        .gives(floats(dims(1, 2, 2, 2), 0, 2, 4, 6, 1, 3, 5, 7)),
                Expectation.of("CRD", 13, "DepthToSpace", counting(1, 8, 1, 1))
                        .with(number("blocksize", 2), AttributeProto.of("mode", "CRD"))
                        .gives(counting(1, 2, 2, 2)),
                Expectation.of("", 13, "SpaceToDepth", counting(1, 1, 2, 4))
                        .with(number("blocksize", 2))
                        .gives(floats(dims(1, 4, 1, 2), 0, 2, 1, 3, 4, 6, 5, 7)),
                Expectation.of("at inference, with a mask", 13, "Dropout", counting(2))
                        .gives(counting(2), booleans(dims(2), 1, 1)),
                Expectation.of("at inference, with a mask", 7, "Dropout", counting(2))
                        .with(AttributeProto.of("ratio", 0.5f))
                        .gives(counting(2), full(1, 2)),
                Expectation.of("", 13, "Identity", longs(4)).gives(longs(4)));
    }

    static Stream<Expectation> parts() {
        Value x = counting(2, 4);
        Value edges = floats(dims(3), 0, 1, 2);
        return Stream.of(
                Expectation.of("attributes", 9, "Slice", x)
                        .with(ints("starts", 0, 1), ints("ends", 1, 1000))
                        .gives(floats(dims(1, 3), 1, 2, 3)),
                Expectation.of("steps", 13, "Slice", x, longs(-1), longs(-1000), longs(1), longs(-2))
                        .gives(floats(dims(2, 2), 3, 1, 7, 5)),
                Expectation.of("whole numbers", 13, "Slice", longs(1, 2, 3), longs(1), longs(3))
                        .gives(longs(2, 3)),
                Expectation.of("an axis", 13, "Gather", x, Value.of(Shape.of(1, 2), -1, 0))
                        .with(number("axis", 1))
                        .gives(floats(dims(2, 1, 2), 3, 0, 7, 4)),
                Expectation.of("one entry of a shape", 13, "Gather", longs(5, 6), Value.of(Shape.of(), 1))
                        .gives(Value.of(Shape.of(), 6)),
                Expectation.of("", 13, "GatherElements", x, Value.of(Shape.of(2, 1), 3, 0))
                        .with(number("axis", 1))
                        .gives(floats(dims(2, 1), 3, 4)),
                Expectation.of("attribute", 11, "Split", counting(3))
                        .with(ints("split", 1, 2))
                        .gives(counting(1), floats(dims(2), 1, 2)),
                Expectation.of("input", 13, "Split", x, longs(3, 1))
                        .with(number("axis", -1))
                        .gives(floats(dims(2, 3), 0, 1, 2, 4, 5, 6), floats(dims(2, 1), 3, 7)),
                Expectation.of("unequal", 18, "Split", counting(3))
                        .with(number("num_outputs", 2))
                        .gives(counting(2), floats(dims(1), 2)),
                Expectation.of("", 13, "Concat", x, full(9, 2, 1))
                        .with(number("axis", -1))
                        .gives(floats(dims(2, 5), 0, 1, 2, 3, 9, 4, 5, 6, 7, 9)),
                Expectation.of("constant", 13, "Pad", counting(1, 2), longs(1, 0, 0, 1), floats(dims(), 5))
                        .gives(floats(dims(2, 3), 5, 5, 5, 0, 1, 5)),
                Expectation.of("attributes, cut", 2, "Pad", edges)
                        .with(ints("pads", -1, 1))
                        .gives(floats(dims(3), 1, 2, 0)),
                Expectation.of("reflect", 13, "Pad", edges, longs(2, 1))
                        .with(AttributeProto.of("mode", "reflect"))
                        .gives(floats(dims(6), 2, 1, 0, 1, 2, 1)),
                Expectation.of("edge of an axis", 18, "Pad", x, longs(0, 1), null, longs(1))
                        .with(AttributeProto.of("mode", "edge"))
                        .gives(floats(dims(2, 5), 0, 1, 2, 3, 3, 4, 5, 6, 7, 7)),
                Expectation.of("wrap", 19, "Pad", edges, longs(2, 1))
                        .with(AttributeProto.of("mode", "wrap"))
                        .gives(floats(dims(6), 1, 2, 0, 1, 2, 0)));
    }

    static Stream<Expectation> constants() {
        return Stream.of(
                Expectation.of("tensor", 9, "Constant")
                        .with(AttributeProto.of("value", TensorProto.of("v", List.of(2L), 3L, 4L)))
                        .gives(longs(3, 4)),
                Expectation.of("float", 13, "Constant")
                        .with(AttributeProto.of("value_float", 2.5f))
                        .gives(floats(dims(), 2.5f)),
                Expectation.of("integers", 13, "Constant")
                        .with(ints("value_ints", 1, 2))
                        .gives(longs(1, 2)),
                Expectation.of("zeros", 9, "ConstantOfShape", longs(2, 1)).gives(full(0, 2, 1)),
                Expectation.of("a value", 9, "ConstantOfShape", longs(2))
                        .with(AttributeProto.of("value", TensorProto.of("v", List.of(1L), 7L)))
                        .gives(longs(7, 7)),
                Expectation.of(
                                "downwards",
                                11,
                                "Range",
                                Value.of(Shape.of(), 10),
                                Value.of(Shape.of(), 4),
                                Value.of(Shape.of(), -3))
                        .gives(longs(10, 7)),
                Expectation.of("to whole numbers", 13, "Cast", floats(dims(2), -1.7f, 2.9f))
                        .with(number("to", DataType.INT32.number()))
                        .gives(of(DataType.INT32, -1, 2)),
                Expectation.of("to booleans", 13, "Cast", floats(dims(2), -0.5f, 0))
                        .with(number("to", DataType.BOOL.number()))
                        .gives(booleans(dims(2), 1, 0)),
                Expectation.of("to float16", 13, "Cast", floats(dims(1), 2049))
                        .with(number("to", DataType.FLOAT16.number()))
                        .gives(new Doubles(DataType.FLOAT16, Shape.of(1), new double[] {2048})),
                Expectation.of("from whole numbers", 13, "Cast", longs(3))
                        .with(number("to", DataType.FLOAT.number()))
                        .gives(floats(dims(1), 3)));
    }
}
