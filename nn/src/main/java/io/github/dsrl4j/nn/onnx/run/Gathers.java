package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/** Elements and slices chosen by positions, by truth, or by order: GatherND, Compress, NonZero, OneHot, ReverseSequence. */
final class Gathers {
    private Gathers() {}

    /** How many dimensions a position has: the last extent of the indices. */
    static int depth(Shape indices, Value x, int batch) {
        int depth = indices.rank() == 0 ? -1 : indices.dim(-1);
        if (depth < 0 || depth > x.shape().rank() - batch) {
            throw new OnnxException("indices of shape %s are no positions in %s".formatted(indices, x.describe()));
        }
        return depth;
    }

    /** The number, among all slices, of the one at a position; {@code batch} dimensions come before those that it counts. */
    static int position(long[] indices, int from, int depth, Value x, int batch) {
        int at = 0;
        for (int d = 0; d < depth; d++) {
            at = at * x.shape().dim(batch + d) + Slices.index(indices[from + d], x, batch + d);
        }
        return at;
    }

    /** {@code y[b, i] = x[b, indices[b, i]]}: the last dimension of the indices is a position behind the batch_dims (0). */
    static Operator positions(Attributes attributes) {
        long wanted = attributes.opset() < 12 ? 0 : attributes.integer("batch_dims", 0);
        return Operator.of(call -> {
            Value x = call.value(0);
            long[] indices = call.integers(1);
            Shape places = call.value(1).shape();
            int least = Math.min(places.rank() - 1, x.shape().rank());
            if (wanted < 0 || wanted > least) {
                throw new OnnxException("batch_dims is %d, but must be 0 to %d".formatted(wanted, least));
            }
            int batch = (int) wanted;
            for (int d = 0; d < batch; d++) {
                if (places.dim(d) != x.shape().dim(d)) {
                    throw new OnnxException("indices of shape %s and %s differ in batch dimension %d"
                            .formatted(places, x.describe(), d));
                }
            }
            int depth = depth(places, x, batch);
            int rank = x.shape().rank();
            int slice = x.shape().span(batch + depth, rank);
            int block = x.shape().span(batch, batch + depth);
            int[] extents = Arrays.copyOf(places.dims(), places.rank() - 1 + rank - batch - depth);
            System.arraycopy(x.shape().dims(), batch + depth, extents, places.rank() - 1, rank - batch - depth);
            Value y = call.create(x.type(), Shape.of(extents));
            int each = places.span(batch, places.rank() - 1);
            for (int i = 0; i < y.size() / Math.max(1, slice); i++) {
                int at = i / each * block + position(indices, i * depth, depth, x, batch);
                Cells.copy(x, at * slice, y, i * slice, slice);
            }
            return y;
        });
    }

    /** The entries along axis, or of the flattened input, whose condition is true; a condition may be shorter than the axis. */
    static Operator compress(Attributes attributes) {
        Optional<Long> wanted = attributes.integer("axis");
        return Operator.of(call -> {
            Value x = call.value(0);
            Value flat = wanted.isPresent() ? x : x.reshape(Shape.of(x.size()));
            int axis = Extents.axis(wanted.orElse(0L), flat.shape().rank());
            long[] condition = call.integers(1);
            int[] chosen = java.util.stream.IntStream.range(0, condition.length)
                    .filter(i -> condition[i] != 0)
                    .toArray();
            if (chosen.length > 0 && chosen[chosen.length - 1] >= flat.shape().dim(axis)) {
                throw new OnnxException("a condition of %d does not fit dimension %d of %s"
                        .formatted(condition.length, axis, flat.describe()));
            }
            return Moves.select(call, flat, axis, chosen);
        });
    }

    /** The positions of all elements that are not 0, {@code [rank, count]}, in row-major order. */
    static Operator nonZero(Attributes attributes) {
        return Operator.of(call -> {
            Value x = call.value(0);
            int count = 0;
            for (int i = 0; i < x.size(); i++) {
                count += x.real(i) != 0 ? 1 : 0;
            }
            int rank = x.shape().rank();
            Value y = call.create(DataType.INT64, Extents.shape(rank, count));
            long[] places = ((Integers) y).array();
            int[] position = new int[rank];
            int[] extents = x.shape().dims();
            for (int i = 0, found = 0; i < x.size(); i++, Window.advance(position, extents)) {
                if (x.real(i) != 0) {
                    for (int d = 0; d < rank; d++) {
                        places[d * count + found] = position[d];
                    }
                    found++;
                }
            }
            return y;
        });
    }

    /**
     * {@code values[1]} where the entry along a new axis (-1) is the index, else {@code values[0]}. Inputs are indices, of which those from
     * -depth to -1 count from the end and others are nowhere, depth, and the two values.
     */
    static Operator oneHot(Attributes attributes) {
        long wanted = attributes.integer("axis", -1);
        return Operator.of(call -> {
            Value indices = call.value(0);
            double depth = call.number(1);
            Value values = call.value(2);
            if (!(depth >= 1 && depth <= Integer.MAX_VALUE) || values.size() != 2) {
                throw new OnnxException("a depth of %s and values %s: a depth of 1 or more and two values are needed"
                        .formatted(depth, values.describe()));
            }
            int rank = indices.shape().rank();
            int axis = Extents.axis(wanted, rank + 1);
            long[] extents = new long[rank + 1];
            for (int d = 0; d <= rank; d++) {
                extents[d] = d == axis ? (long) depth : indices.shape().dim(d < axis ? d : d - 1);
            }
            Value y = call.create(values.type(), Extents.shape(extents));
            int inner = Extents.behind(y.shape(), axis);
            for (int i = 0; i < y.size(); i++) {
                double index = Math.rint(indices.real(i / inner / (int) depth * inner + i % inner));
                boolean hot = (index < 0 ? index + (long) depth : index) == i / inner % (int) depth;
                Cells.copy(values, hot ? 1 : 0, y, i, 1);
            }
            return y;
        });
    }

    /** The first entries along time_axis (0) in reverse order, as many as {@code lengths} says for each entry along batch_axis (1). */
    static Operator reverse(Attributes attributes) {
        long time = attributes.integer("time_axis", 0);
        long batch = attributes.integer("batch_axis", 1);
        return Operator.of(call -> {
            Value x = call.value(0);
            long[] lengths = call.integers(1);
            int t = Extents.axis(time, x.shape().rank());
            int b = Extents.axis(batch, x.shape().rank());
            if (t == b || lengths.length != x.shape().dim(b)) {
                throw new OnnxException(
                        "%d lengths do not fit dimension %d of %s".formatted(lengths.length, b, x.describe()));
            }
            int[] strides = x.shape().strides();
            Value y = call.create(x.type(), x.shape());
            for (int i = 0; i < y.size(); i++) {
                int at = i / strides[t] % x.shape().dim(t);
                long length = lengths[i / strides[b] % lengths.length];
                if (length < 0 || length > x.shape().dim(t)) {
                    throw new OnnxException(
                            "a length of %d does not fit dimension %d of %s".formatted(length, t, x.describe()));
                }
                int from = at < length ? i + ((int) length - 1 - 2 * at) * strides[t] : i;
                Cells.copy(x, from, y, i, 1);
            }
            return y;
        });
    }
}
