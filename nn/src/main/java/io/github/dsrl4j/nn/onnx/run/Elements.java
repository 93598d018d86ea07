package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Functions of one or two numbers, applied to all elements of values that broadcast as in numpy: shapes are aligned at the innermost
 * dimension, and an extent of 1 stretches.
 */
final class Elements {
    /** A function of one number; where it has no kernel, or no form for whole numbers, that is null. */
    record Function(Unary kernel, DoubleUnaryOperator real, LongUnaryOperator whole) {}

    /** A function of two numbers; where it has no kernel, or no form for whole numbers, that is null. */
    record Combination(Binary kernel, DoubleBinaryOperator real, LongBinaryOperator whole) {}

    /** A question about two numbers. */
    record Comparison(RealTest real, WholeTest whole) {
        @FunctionalInterface
        interface RealTest {
            boolean test(double a, double b);
        }

        @FunctionalInterface
        interface WholeTest {
            boolean test(long a, long b);
        }
    }

    private Elements() {}

    static Value apply(Call call, Function function, Value x) {
        Value y = call.create(x.type(), x.shape());
        int n = x.size();
        switch (x) {
            case Floats floats -> {
                float[] from = floats.array();
                float[] to = ((Floats) y).array();
                if (function.kernel != null) {
                    call.kernels().elementwise().unary(function.kernel, n, from, x.offset(), to, y.offset());
                } else {
                    for (int i = 0; i < n; i++) {
                        to[y.offset() + i] = (float) function.real.applyAsDouble(from[x.offset() + i]);
                    }
                }
            }
            case Integers integers -> {
                LongUnaryOperator whole = wholeForm(function.whole, x);
                long[] to = ((Integers) y).array();
                for (int i = 0; i < n; i++) {
                    to[i] = Value.wrap(x.type(), whole.applyAsLong(integers.array()[i]));
                }
            }
            case Doubles doubles -> {
                double[] to = ((Doubles) y).array();
                for (int i = 0; i < n; i++) {
                    to[i] = Value.round(x.type(), function.real.applyAsDouble(doubles.array()[i]));
                }
            }
        }
        return y;
    }

    static Value combine(Call call, Combination f, Value a, Value b) {
        checkTypes(a, b);
        Shape shape = Shape.broadcast("broadcast", a.shape(), b.shape());
        Value y = call.create(a.type(), shape);
        if (y.size() == 0) {
            return y;
        }
        var walk = walk(shape, a, b);
        switch (a) {
            case Floats floats -> combine(call, f, walk, floats.tensor(), ((Floats) b).tensor(), ((Floats) y).tensor());
            case Integers integers -> {
                LongBinaryOperator whole = wholeForm(f.whole, a);
                long[] x = integers.array();
                long[] z = ((Integers) b).array();
                long[] to = ((Integers) y).array();
                each(walk, a, b, y, (i, j, k) -> to[k] = Value.wrap(a.type(), whole.applyAsLong(x[i], z[j])));
            }
            case Doubles doubles -> {
                double[] x = doubles.array();
                double[] z = ((Doubles) b).array();
                double[] to = ((Doubles) y).array();
                each(walk, a, b, y, (i, j, k) -> to[k] = Value.round(a.type(), f.real.applyAsDouble(x[i], z[j])));
            }
        }
        return y;
    }

    private static void combine(Call call, Combination f, Walk walk, Tensor a, Tensor b, Tensor y) {
        float[] x = a.array();
        float[] z = b.array();
        float[] to = y.array();
        var kernels = call.kernels().elementwise();
        if (f.kernel == null) {
            each(
                    walk,
                    new Floats(a),
                    new Floats(b),
                    new Floats(y),
                    (i, j, k) -> to[k] = (float) f.real.applyAsDouble(x[i], z[j]));
        } else if (a.shape().equals(b.shape())) {
            kernels.binary(f.kernel, y.size(), x, a.offset(), z, b.offset(), to, y.offset());
        } else {
            kernels.binaryBroadcast(
                    f.kernel,
                    walk.dims(),
                    x,
                    a.offset(),
                    walk.strides()[0],
                    z,
                    b.offset(),
                    walk.strides()[1],
                    to,
                    y.offset());
        }
    }

    /** BOOL where the answer is yes. */
    static Value compare(Call call, Comparison question, Value a, Value b) {
        checkTypes(a, b);
        Shape shape = Shape.broadcast("broadcast", a.shape(), b.shape());
        Value y = call.create(DataType.BOOL, shape);
        long[] to = ((Integers) y).array();
        if (a instanceof Integers x && b instanceof Integers z) {
            each(
                    walk(shape, a, b),
                    a,
                    b,
                    y,
                    (i, j, k) -> to[k] = question.whole.test(x.array()[i], z.array()[j]) ? 1 : 0);
        } else {
            int first = a.offset();
            int second = b.offset();
            each(
                    walk(shape, a, b),
                    a,
                    b,
                    y,
                    (i, j, k) -> to[k] = question.real.test(a.real(i - first), b.real(j - second)) ? 1 : 0);
        }
        return y;
    }

    /** What to do with an element of each operand and one of the result, given by their positions. */
    @FunctionalInterface
    private interface Step {
        void at(int a, int b, int y);
    }

    private static Walk walk(Shape shape, Value a, Value b) {
        return Walk.of(
                shape.dims(), Extents.strides(a.shape(), shape), Extents.strides(b.shape(), shape), shape.strides());
    }

    private static void each(Walk walk, Value a, Value b, Value y, Step step) {
        int aStep = walk.rowStride(0);
        int bStep = walk.rowStride(1);
        int yStep = walk.rowStride(2);
        walk.rows(
                at -> {
                    for (int i = 0; i < walk.rowLength(); i++) {
                        step.at(at[0] + i * aStep, at[1] + i * bStep, at[2] + i * yStep);
                    }
                },
                a.offset(),
                b.offset(),
                y.offset());
    }

    private static <T> T wholeForm(T whole, Value x) {
        if (whole == null) {
            throw new UnsupportedOnnxException("elements of type %s are not supported".formatted(x.type()));
        }
        return whole;
    }

    private static void checkTypes(Value a, Value b) {
        if (a.type() != b.type()) {
            throw new OnnxException(
                    "the inputs must have one type, not %s and %s".formatted(a.describe(), b.describe()));
        }
    }
}
