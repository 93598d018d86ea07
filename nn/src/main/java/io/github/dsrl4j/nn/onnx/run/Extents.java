package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.stream.IntStream;

/** Extents and axes as files give them: 64-bit numbers that may be anything. */
final class Extents {
    private Extents() {}

    /** More dimensions than any model has; as many as the engine's kernels can step through. */
    private static final int HIGHEST_RANK = 64;

    static Shape shape(long... extents) {
        if (extents.length > HIGHEST_RANK) {
            throw new OnnxException(
                    "%d dimensions are more than the %d that are supported".formatted(extents.length, HIGHEST_RANK));
        }
        int[] dims = new int[extents.length];
        for (int i = 0; i < dims.length; i++) {
            if (extents[i] < 0 || extents[i] > Integer.MAX_VALUE) {
                throw new OnnxException("there is no tensor of shape " + Attributes.abbreviated(extents));
            }
            dims[i] = (int) extents[i];
        }
        return Shape.of(dims);
    }

    /** An axis from 0, of one that may count from the end. */
    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new OnnxException("axis %d is outside the %d dimensions there are".formatted(axis, rank));
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** Axes from 0, in the order given. */
    static int[] axes(long[] axes, int rank) {
        if (axes.length > rank) {
            throw new OnnxException("%d axes are given, but there are %d dimensions".formatted(axes.length, rank));
        }
        int[] result = new int[axes.length];
        boolean[] seen = new boolean[rank];
        for (int i = 0; i < axes.length; i++) {
            result[i] = axis(axes[i], rank);
            if (seen[result[i]]) {
                throw new OnnxException(
                        "axis %d is given twice in %s".formatted(axes[i], Attributes.abbreviated(axes)));
            }
            seen[result[i]] = true;
        }
        return result;
    }

    /** All axes of a rank. */
    static int[] allAxes(int rank) {
        return IntStream.range(0, rank).toArray();
    }

    /** The product of the extents before {@code axis}. */
    static int before(Shape shape, int axis) {
        return shape.span(0, axis);
    }

    /** The product of the extents behind {@code axis}. */
    static int behind(Shape shape, int axis) {
        return shape.span(axis + 1, shape.rank());
    }

    /** The shape that several operands broadcast to. */
    static Shape broadcast(Shape... shapes) {
        Shape result = Shape.of();
        for (Shape shape : shapes) {
            result = Shape.broadcast("broadcast", result, shape);
        }
        return result;
    }

    /** The strides with which an operand runs along {@code target}: 0 where it is stretched. */
    static int[] strides(Shape operand, Shape target) {
        int[] strides = new int[target.rank()];
        int[] own = operand.strides();
        int lead = target.rank() - operand.rank();
        for (int i = 0; i < own.length; i++) {
            strides[lead + i] = operand.dim(i) == 1 ? 0 : own[i];
        }
        return strides;
    }
}
