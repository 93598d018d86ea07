package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;

/**
 * Pad: {@code pads} says how much to add before each axis and then behind each; what is negative is cut off. Up to version 10 pads
 * and value are attributes, from then on inputs; from version 18 they may speak of some axes alone.
 */
final class Padding {
    private Padding() {}

    /** What to add. */
    private enum Mode {
        /** A constant, 0 unless it is given. */
        CONSTANT,
        /** The elements at the edge. */
        EDGE,
        /** The elements mirrored at the edge, which itself is not repeated. */
        REFLECT,
        /** The elements from the other end. */
        WRAP
    }

    static Operator pad(Attributes attributes) {
        Mode mode = attributes.choice("mode", Mode.CONSTANT, List.of(Mode.values()));
        if (attributes.opset() < 11) {
            float constant = attributes.real("value", 0);
            long[] pads =
                    attributes.integers("pads").orElseThrow(() -> new OnnxException("attribute 'pads' is missing"));
            Value scalar = Value.of(Tensor.scalar(constant));
            return Operator.of(call -> pad(
                    call, mode, pads, Constants.cast(call, scalar, call.value(0).type()), null));
        }
        return Operator.of(call -> {
            Value constant = call.has(2)
                    ? call.value(2)
                    : Constants.cast(
                            call, Value.of(Tensor.scalar(0)), call.value(0).type());
            if (constant.size() != 1) {
                throw new OnnxException("the constant must be one number, but is " + constant.describe());
            }
            return pad(call, mode, call.integers(1), constant, call.has(3) ? call.integers(3) : null);
        });
    }

    private static Value pad(Call call, Mode mode, long[] pads, Value constant, long[] someAxes) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        int[] axes = someAxes == null ? Extents.allAxes(rank) : Extents.axes(someAxes, rank);
        if (pads.length != 2 * axes.length) {
            throw new OnnxException("%d pads are given for %d axes: %s"
                    .formatted(pads.length, axes.length, Attributes.abbreviated(pads)));
        }
        int[] begin = new int[rank];
        int[] end = new int[rank];
        for (int i = 0; i < axes.length; i++) {
            begin[axes[i]] = checked(pads[i]);
            end[axes[i]] = checked(pads[axes.length + i]);
        }
        if (mode == Mode.CONSTANT) {
            return constant(call, x, begin, end, constant);
        }
        Value y = x;
        for (int axis : axes) {
            if (begin[axis] != 0 || end[axis] != 0) {
                y = repeated(call, mode, y, axis, begin[axis], end[axis]);
            }
        }
        return y;
    }

    private static int checked(long pad) {
        if (Math.abs((double) pad) > 1 << 29) {
            throw new OnnxException("padding by " + pad + " is out of range");
        }
        return (int) pad;
    }

    /** A tensor with a constant around it. */
    static Tensor padded(Call call, Tensor x, int[] begin, int[] end, float constant) {
        return ((Floats) constant(call, new Floats(x), begin, end, Value.of(Tensor.scalar(constant)))).tensor();
    }

    private static Value constant(Call call, Value x, int[] begin, int[] end, Value constant) {
        if (constant.type() != x.type()) {
            throw new OnnxException(
                    "the constant is %s, but the input %s".formatted(constant.describe(), x.describe()));
        }
        int rank = x.shape().rank();
        long[] extents = new long[rank];
        int[] box = new int[rank];
        int from = 0;
        int to = 0;
        for (int d = 0; d < rank; d++) {
            extents[d] = (long) x.shape().dim(d) + begin[d] + end[d];
            box[d] = Math.max(0, x.shape().dim(d) + Math.min(0, begin[d]) + Math.min(0, end[d]));
        }
        Shape shape = Extents.shape(extents);
        Value y = Moves.full(call, x.type(), shape, constant);
        int[] xStrides = x.shape().strides();
        int[] yStrides = shape.strides();
        for (int d = 0; d < rank; d++) {
            from += Math.max(0, -begin[d]) * xStrides[d];
            to += Math.max(0, begin[d]) * yStrides[d];
        }
        Moves.copy(call, box, x, from, xStrides, y, to, yStrides);
        return y;
    }

    private static Value repeated(Call call, Mode mode, Value x, int axis, int begin, int end) {
        int length = x.shape().dim(axis);
        Shape shape = Extents.shape((long) length + begin + end);
        if (shape.size() > 0 && length == 0) {
            throw new OnnxException("axis %d is empty: there is nothing to repeat".formatted(axis));
        }
        call.work(shape.size());
        int[] indices = new int[shape.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = source(mode, i - begin, length);
        }
        return Moves.select(call, x, axis, indices);
    }

    private static int source(Mode mode, int position, int length) {
        return switch (mode) {
            case EDGE -> Math.clamp(position, 0, length - 1);
            case WRAP -> Math.floorMod(position, length);
            default -> {
                int period = Math.max(1, 2 * (length - 1));
                int phase = Math.floorMod(position, period);
                yield Math.min(phase, period - phase) % Math.max(1, length);
            }
        };
    }
}
