package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What depends on the order of the entries along an axis: TopK, CumSum, Hardmax. */
final class Ordering {
    private Ordering() {}

    /**
     * The k largest (or smallest) entries along axis (-1), in their order, and their indices; of equal ones those with the lower index come
     * first, and NaN counts as the largest. k is an attribute up to version 9.
     */
    static Operator top(Attributes attributes) {
        long wanted = attributes.integer("axis", -1);
        long fixed = attributes.opset() < 10 ? attributes.integer("k", -1) : -1;
        boolean largest = attributes.opset() < 11 || attributes.flag("largest", true);
        if (attributes.opset() >= 11) {
            // Sorted is as good as any order.
            attributes.flag("sorted", true);
        }
        return call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            int length = x.shape().dim(axis);
            long k = call.has(1) ? (long) call.number(1) : fixed;
            if (k < 0 || k > length) {
                throw new OnnxException(
                        "there are no %d entries along dimension %d of %s".formatted(k, axis, x.describe()));
            }
            Value y = call.create(x.type(), x.shape().with(axis, (int) k));
            Value places = call.create(DataType.INT64, y.shape());
            int inner = Extents.behind(x.shape(), axis);
            int outer = Extents.before(x.shape(), axis);
            for (int line = 0; line < outer * inner; line++) {
                int first = line / inner * length * inner + line % inner;
                Integer[] order = IntStream.range(0, length).boxed().toArray(Integer[]::new);
                Comparator<Integer> comparator = ascending(x, first, inner);
                Arrays.sort(order, largest ? comparator.reversed() : comparator);
                for (int i = 0; i < k; i++) {
                    int to = (line / inner * (int) k + i) * inner + line % inner;
                    Cells.copy(x, first + order[i] * inner, y, to, 1);
                    ((Integers) places).array()[to] = order[i];
                }
            }
            return List.of(y, places);
        };
    }

    private static Comparator<Integer> ascending(Value x, int first, int step) {
        return x instanceof Integers whole && x.type() != DataType.UINT64
                ? Comparator.comparingLong(i -> whole.array()[first + i * step])
                // The two zeros are equal.
                : Comparator.comparingDouble(i -> x.real(first + i * step) + 0.0);
    }

    /** The sum of all entries along an axis up to each, or with exclusive before it; with reverse from the end. */
    static Operator cumulativeSum(Attributes attributes) {
        boolean exclusive = attributes.flag("exclusive", false);
        boolean reverse = attributes.flag("reverse", false);
        return Operator.of(call -> {
            Value x = call.value(0);
            int axis = Extents.axis((long) call.number(1), x.shape().rank());
            int length = x.shape().dim(axis);
            int inner = Extents.behind(x.shape(), axis);
            int outer = Extents.before(x.shape(), axis);
            Value y = call.create(x.type(), x.shape());
            for (int line = 0; line < outer * inner; line++) {
                int first = line / inner * length * inner + line % inner;
                double sum = 0;
                long whole = 0;
                for (int i = 0; i < length; i++) {
                    int at = first + (reverse ? length - 1 - i : i) * inner;
                    double before = sum;
                    long wholeBefore = whole;
                    sum += x.real(at);
                    if (x instanceof Integers integers) {
                        whole += integers.array()[at];
                        ((Integers) y).array()[at] = Value.wrap(y.type(), exclusive ? wholeBefore : whole);
                    } else {
                        Cells.put(y, at, exclusive ? before : sum);
                    }
                }
            }
            return y;
        });
    }

    /** 1 at the first largest entry along axis (-1), else 0; up to version 12 along all dimensions from axis (1) on. */
    static Operator hardmax(Attributes attributes) {
        boolean flatten = attributes.opset() < 13;
        long wanted = attributes.integer("axis", flatten ? 1 : -1);
        return Operator.of(call -> {
            Value x = call.value(0);
            int rank = x.shape().rank();
            int axis = flatten && wanted == rank ? rank : Extents.axis(wanted, rank);
            int length = flatten ? x.shape().span(axis, rank) : x.shape().dim(axis);
            int inner = flatten ? 1 : Extents.behind(x.shape(), axis);
            Value y = call.create(x.type(), x.shape());
            Cells.fill(y, 0, y.size(), 0);
            for (int line = 0; length > 0 && line < x.size() / length; line++) {
                int first = line / inner * length * inner + line % inner;
                int best = 0;
                for (int i = 1; i < length; i++) {
                    best = x.real(first + i * inner) > x.real(first + best * inner) ? i : best;
                }
                Cells.put(y, first + best * inner, 1);
            }
            return y;
        });
    }
}
