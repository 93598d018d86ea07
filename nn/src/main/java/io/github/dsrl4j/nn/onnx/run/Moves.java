package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;

/** Moving the elements of values of any type, in the ways that the operators have in common. */
final class Moves {
    /** As many dimensions as the engine's kernel steps through. */
    private static final int KERNEL_RANK = 8;

    private Moves() {}

    /** {@code y[i] = x[start + i . strides]} for every index i in {@code shape}; strides may be negative or 0. */
    static Value view(Call call, Value x, Shape shape, int start, int[] strides) {
        Value y = call.create(x.type(), shape);
        copy(call, shape.dims(), x, start, strides, y, 0, shape.strides());
        return y;
    }

    /** {@code y[yStart + i . yStrides] = x[xStart + i . xStrides]} for every index i in a box. */
    static void copy(Call call, int[] dims, Value x, int xStart, int[] xStrides, Value y, int yStart, int[] yStrides) {
        var walk = Walk.of(dims, xStrides, yStrides);
        for (int dim : dims) {
            if (dim == 0) {
                return;
            }
        }
        if (x instanceof Floats from && y instanceof Floats to && walk.rank() <= KERNEL_RANK) {
            call.kernels()
                    .movement()
                    .stridedCopy(
                            walk.dims(),
                            from.array(),
                            from.offset() + xStart,
                            walk.strides()[0],
                            to.array(),
                            to.offset() + yStart,
                            walk.strides()[1]);
            return;
        }
        int length = walk.rowLength();
        int xStep = walk.rowStride(0);
        int yStep = walk.rowStride(1);
        walk.rows(
                at -> copyRow(length, x.array(), at[0], xStep, y.array(), at[1], yStep),
                x.offset() + xStart,
                y.offset() + yStart);
    }

    private static void copyRow(int length, Object x, int from, int xStep, Object y, int to, int yStep) {
        if (xStep == 1 && yStep == 1) {
            System.arraycopy(x, from, y, to, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            System.arraycopy(x, from + i * xStep, y, to + i * yStep, 1);
        }
    }

    /** The dimensions in another order: dimension d of the result is dimension {@code order[d]} of x. */
    static Value permute(Call call, Value x, int... order) {
        int[] own = x.shape().strides();
        int[] dims = new int[order.length];
        int[] strides = new int[order.length];
        for (int d = 0; d < order.length; d++) {
            dims[d] = x.shape().dim(order[d]);
            strides[d] = own[order[d]];
        }
        return view(call, x, Shape.of(dims), 0, strides);
    }

    /** Entries of x along an axis, in the order of {@code indices}. */
    static Value select(Call call, Value x, int axis, int[] indices) {
        Value y = call.create(x.type(), x.shape().with(axis, indices.length));
        int outer = Extents.before(x.shape(), axis);
        int length = x.shape().dim(axis);
        int inner = Extents.behind(x.shape(), axis);
        if (y.size() == 0) {
            return y;
        }
        int to = y.offset();
        for (int o = 0; o < outer; o++) {
            int from = x.offset() + o * length * inner;
            for (int index : indices) {
                System.arraycopy(x.array(), from + index * inner, y.array(), to, inner);
                to += inner;
            }
        }
        return y;
    }

    /** Stretches x to a shape that it broadcasts to; x itself where it has that shape. */
    static Value stretch(Call call, Value x, Shape shape) {
        return x.shape().equals(shape) ? x : view(call, x, shape, 0, Extents.strides(x.shape(), shape));
    }

    /** A value of one number everywhere. */
    static Value full(Call call, DataType type, Shape shape, Value number) {
        Value y = call.create(type, shape);
        switch (y) {
            case Floats floats ->
                call.kernels().elementwise().fill(y.size(), (float) number.real(0), floats.array(), floats.offset());
            case Integers integers ->
                Arrays.fill(
                        integers.array(), number instanceof Integers given ? given.array()[0] : (long) number.real(0));
            case Doubles doubles -> Arrays.fill(doubles.array(), number.real(0));
        }
        return y;
    }
}
