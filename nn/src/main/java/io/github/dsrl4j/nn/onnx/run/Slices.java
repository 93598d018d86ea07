package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;

/** Parts of values and values from parts: Slice, Gather, Split, Concat. */
final class Slices {
    private Slices() {}

    /**
     * Every {@code step}-th entry from {@code start} to {@code end} (excluded) along some axes; negative positions count from the end, those
     * outside are clipped, a negative step goes backwards. Attributes up to version 9, then inputs.
     */
    static Operator slice(Attributes attributes) {
        if (attributes.opset() >= 10) {
            return Operator.of(call -> slice(
                    call,
                    call.integers(1),
                    call.integers(2),
                    call.has(3) ? call.integers(3) : null,
                    call.has(4) ? call.integers(4) : null));
        }
        long[] starts = required(attributes, "starts");
        long[] ends = required(attributes, "ends");
        Optional<long[]> axes = attributes.integers("axes");
        return Operator.of(call -> slice(call, starts, ends, axes.orElse(null), null));
    }

    private static long[] required(Attributes attributes, String name) {
        return attributes
                .integers(name)
                .orElseThrow(() -> new OnnxException("attribute '%s' is missing".formatted(name)));
    }

    private static Value slice(Call call, long[] starts, long[] ends, long[] someAxes, long[] someSteps) {
        Value x = call.value(0);
        int rank = x.shape().rank();
        int count = starts.length;
        if (ends.length != count
                || (someAxes != null && someAxes.length != count)
                || (someSteps != null && someSteps.length != count)
                || (someAxes == null && count > rank)) {
            throw new OnnxException("starts, ends, axes and steps do not fit each other or the shape " + x.shape());
        }
        int[] axes = someAxes == null ? Extents.allAxes(count) : Extents.axes(someAxes, rank);
        int[] dims = x.shape().dims();
        int[] strides = x.shape().strides();
        int offset = 0;
        for (int i = 0; i < count; i++) {
            int axis = axes[i];
            long step = someSteps == null ? 1 : someSteps[i];
            if (step == 0) {
                throw new OnnxException("the step along axis %d is 0".formatted(axis));
            }
            int length = dims[axis];
            long first = step > 0 ? bound(starts[i], length, 0, length) : bound(starts[i], length, 0, length - 1);
            long end = step > 0 ? bound(ends[i], length, 0, length) : bound(ends[i], length, -1, length - 1);
            // Steps beyond the extent all reach one entry.
            long pace = Math.clamp(step, -Math.max(1L, length), Math.max(1L, length));
            dims[axis] = length == 0 ? 0 : (int) Math.max(0, Math.ceilDiv(end - first, pace));
            if (dims[axis] > 0) {
                offset += (int) first * strides[axis];
                strides[axis] *= (int) pace;
            }
        }
        return Moves.view(call, x, Shape.of(dims), offset, strides);
    }

    private static long bound(long position, int length, long least, long most) {
        long fromStart = position < 0 ? position + length : position;
        return Math.max(least, Math.min(most, fromStart));
    }

    /** Entries along {@code axis} (0) at indices of any shape, which takes the axis's place; negative ones count from the end. */
    static Operator gather(Attributes attributes) {
        long wanted = attributes.integer("axis", 0);
        return Operator.of(call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            long[] given = call.integers(1);
            Shape indexShape = call.value(1).shape();
            int[] indices = new int[given.length];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = index(given[i], x, axis);
            }
            long[] extents = new long[x.shape().rank() - 1 + indexShape.rank()];
            for (int d = 0; d < extents.length; d++) {
                boolean before = d < axis;
                boolean within = !before && d < axis + indexShape.rank();
                extents[d] = before
                        ? x.shape().dim(d)
                        : within ? indexShape.dim(d - axis) : x.shape().dim(d - indexShape.rank() + 1);
            }
            Shape shape = Extents.shape(extents);
            return Moves.select(call, x, axis, indices).reshape(shape);
        });
    }

    /** An index from 0, of one that may count from the end. */
    static int index(long given, Value x, int axis) {
        int length = x.shape().dim(axis);
        if (given < -length || given >= length) {
            throw new OnnxException("index %d is outside dimension %d of %s".formatted(given, axis, x.describe()));
        }
        return (int) (given < 0 ? given + length : given);
    }

    /** {@code y[i] = x[i, with its entry along axis (0) replaced by indices[i]]}. */
    static Operator gatherElements(Attributes attributes) {
        long wanted = attributes.integer("axis", 0);
        return Operator.of(call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            long[] given = call.integers(1);
            Shape shape = call.value(1).shape();
            checkElements(shape, x, axis);
            Value y = call.create(x.type(), shape);
            int[] strides = x.shape().strides();
            int[] position = new int[shape.rank()];
            int[] extents = shape.dims();
            for (int i = 0; i < given.length; i++, Window.advance(position, extents)) {
                int from = x.offset() + index(given[i], x, axis) * strides[axis];
                for (int d = 0; d < position.length; d++) {
                    from += d == axis ? 0 : position[d] * strides[d];
                }
                System.arraycopy(x.array(), from, y.array(), y.offset() + i, 1);
            }
            return y;
        });
    }

    /** Checks that indices along an axis lie beside elements of x, one by one. */
    static void checkElements(Shape indices, Value x, int axis) {
        boolean fits = indices.rank() == x.shape().rank();
        for (int d = 0; fits && d < indices.rank(); d++) {
            fits = d == axis || indices.dim(d) <= x.shape().dim(d);
        }
        if (!fits) {
            throw new OnnxException("indices of shape %s do not fit %s".formatted(indices, x.describe()));
        }
    }

    /**
     * Consecutive parts along {@code axis} (0): of given lengths, which are an attribute up to version 12 and then an input, or of equal
     * ones, the last of which may be shorter from version 18 on.
     */
    static Operator split(Attributes attributes) {
        long wanted = attributes.integer("axis", 0);
        Optional<long[]> fixed = attributes.opset() < 13 ? attributes.integers("split") : Optional.empty();
        long parts = attributes.opset() >= 18
                ? attributes.integer("num_outputs", attributes.outputs())
                : attributes.outputs();
        boolean mayBeUneven = attributes.opset() >= 18;
        return call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            long[] lengths = call.has(1)
                    ? call.integers(1)
                    : fixed.orElseGet(() -> equalParts(x.shape().dim(axis), parts, mayBeUneven));
            double sum = 0;
            for (long length : lengths) {
                sum += length < 0 ? Double.NaN : length;
            }
            if (sum != x.shape().dim(axis)) {
                throw new OnnxException("parts of %s do not make up dimension %d of %s"
                        .formatted(Attributes.abbreviated(lengths), axis, x.describe()));
            }
            call.work(lengths.length);
            var outputs = new ArrayList<Value>();
            int at = 0;
            int stride = Extents.behind(x.shape(), axis);
            for (long length : lengths) {
                Shape shape = x.shape().with(axis, (int) length);
                outputs.add(Moves.view(call, x, shape, at * stride, x.shape().strides()));
                at += (int) length;
            }
            return outputs;
        };
    }

    private static long[] equalParts(int length, long parts, boolean mayBeUneven) {
        if (parts < 1 || parts > Math.max(1, length) || (length % parts != 0 && !mayBeUneven)) {
            throw new OnnxException("%d entries do not split into %d equal parts".formatted(length, parts));
        }
        long each = Math.ceilDiv(length, parts);
        long[] lengths = new long[(int) parts];
        Arrays.fill(lengths, each);
        lengths[lengths.length - 1] = length - each * (parts - 1);
        return lengths;
    }

    /** Values one behind the other along {@code axis}. */
    static Operator concat(Attributes attributes) {
        Optional<Long> wanted = attributes.integer("axis");
        return Operator.of(call -> {
            Value first = call.value(0);
            int axis = Extents.axis(
                    wanted.orElseThrow(() -> new OnnxException("attribute 'axis' is missing")),
                    first.shape().rank());
            long total = 0;
            for (int i = 0; i < call.inputs(); i++) {
                checkJoins(first, call.value(i), axis);
                total += call.value(i).shape().dim(axis);
            }
            long[] extents = Arrays.stream(first.shape().dims()).asLongStream().toArray();
            extents[axis] = total;
            Value y = call.create(first.type(), Extents.shape(extents));
            int at = 0;
            int stride = Extents.behind(y.shape(), axis);
            for (int i = 0; i < call.inputs(); i++) {
                Value x = call.value(i);
                Moves.copy(
                        call,
                        x.shape().dims(),
                        x,
                        0,
                        x.shape().strides(),
                        y,
                        at * stride,
                        y.shape().strides());
                at += x.shape().dim(axis);
            }
            return y;
        });
    }

    private static void checkJoins(Value first, Value other, int axis) {
        boolean fits = first.type() == other.type()
                && first.shape().rank() == other.shape().rank()
                && first.shape().with(axis, 0).equals(other.shape().with(axis, 0));
        if (!fits) {
            throw new OnnxException(
                    "%s and %s do not join along dimension %d".formatted(first.describe(), other.describe(), axis));
        }
    }
}
