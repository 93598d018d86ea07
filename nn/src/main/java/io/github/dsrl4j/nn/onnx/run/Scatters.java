package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Copies of a value, some elements of which are replaced by, or joined with, updates: ScatterND, ScatterElements and Scatter. */
final class Scatters {
    private Scatters() {}

    /** How an update meets what is there. */
    private enum Reduction {
        NONE,
        ADD,
        MUL,
        MAX,
        MIN;

        static Reduction of(Attributes attributes) {
            if (attributes.opset() < 16) {
                return NONE;
            }
            return attributes.choice(
                    "reduction", NONE, attributes.opset() < 18 ? List.of(NONE, ADD, MUL) : List.of(values()));
        }

        double join(double before, double update) {
            return switch (this) {
                case NONE -> update;
                case ADD -> before + update;
                case MUL -> before * update;
                case MAX -> Math.max(before, update);
                case MIN -> Math.min(before, update);
            };
        }

        long join(long before, long update) {
            return switch (this) {
                case NONE -> update;
                case ADD -> before + update;
                case MUL -> before * update;
                case MAX -> Math.max(before, update);
                case MIN -> Math.min(before, update);
            };
        }

        void put(Value y, int to, Value updates, int from, int count) {
            if (this == NONE) {
                Cells.copy(updates, from, y, to, count);
                return;
            }
            for (int i = 0; i < count; i++) {
                if (y instanceof Integers whole) {
                    long joined = join(whole.array()[to + i], ((Integers) updates).array()[from + i]);
                    whole.array()[to + i] = Value.wrap(y.type(), joined);
                } else {
                    Cells.put(y, to + i, join(y.real(to + i), updates.real(from + i)));
                }
            }
        }
    }

    /** {@code y[indices[i]] = updates[i]}: the last dimension of the indices is a position in x, of one element or of a whole slice. */
    static Operator positions(Attributes attributes) {
        Reduction reduction = Reduction.of(attributes);
        return Operator.of(call -> {
            Value x = call.value(0);
            long[] indices = call.integers(1);
            Shape places = call.value(1).shape();
            Value updates = call.value(2);
            int depth = Gathers.depth(places, x, 0);
            int slice = x.shape().span(depth, x.shape().rank());
            int[] expected =
                    Arrays.copyOf(places.dims(), places.rank() - 1 + x.shape().rank() - depth);
            System.arraycopy(
                    x.shape().dims(),
                    depth,
                    expected,
                    places.rank() - 1,
                    x.shape().rank() - depth);
            checkUpdates(updates, x, Shape.of(expected));
            Value y = copy(call, x);
            int count = places.span(0, places.rank() - 1);
            for (int i = 0; i < count && slice > 0; i++) {
                reduction.put(y, Gathers.position(indices, i * depth, depth, x, 0) * slice, updates, i * slice, slice);
            }
            return y;
        });
    }

    /** {@code y[i, with its entry along axis (0) replaced by indices[i]] = updates[i]}. */
    static Operator elements(Attributes attributes) {
        long wanted = attributes.integer("axis", 0);
        Reduction reduction = Reduction.of(attributes);
        return Operator.of(call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            long[] indices = call.integers(1);
            Shape shape = call.value(1).shape();
            Value updates = call.value(2);
            Slices.checkElements(shape, x, axis);
            checkUpdates(updates, x, shape);
            Value y = copy(call, x);
            int[] strides = x.shape().strides();
            int[] position = new int[shape.rank()];
            int[] extents = shape.dims();
            for (int i = 0; i < indices.length; i++, Window.advance(position, extents)) {
                int to = Slices.index(indices[i], x, axis) * strides[axis];
                for (int d = 0; d < position.length; d++) {
                    to += d == axis ? 0 : position[d] * strides[d];
                }
                reduction.put(y, to, updates, i, 1);
            }
            return y;
        });
    }

    private static void checkUpdates(Value updates, Value x, Shape expected) {
        if (updates.type() != x.type() || !updates.shape().equals(expected)) {
            throw new OnnxException("updates %s do not fit: %s%s are needed for %s"
                    .formatted(updates.describe(), x.type(), expected, x.describe()));
        }
    }

    private static Value copy(Call call, Value x) {
        return Moves.view(call, x, x.shape(), 0, x.shape().strides());
    }
}
