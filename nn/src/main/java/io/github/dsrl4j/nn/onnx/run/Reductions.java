package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import java.util.Arrays;
import java.util.Optional;

/**
 * ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd, ReduceL1, ReduceL2, ReduceSumSquare, ReduceLogSum, ReduceLogSumExp over some axes, or all of them where
 * none are named; ArgMax and ArgMin over one. The axes are an attribute up to version 12 (ReduceSum) or 17 (the others), then
 * an input, which with noop_with_empty_axes may be empty to mean none. keepdims leaves the reduced axes in place with extent 1.
 */
final class Reductions {
    private Reductions() {}

    /** How numbers become one: f of each, folded from a start by a sum, a product or an extreme, and g of the result. */
    private enum Kind {
        SUM,
        MEAN,
        MAX,
        MIN,
        PRODUCT,
        L1,
        L2,
        SUM_SQUARE,
        LOG_SUM,
        LOG_SUM_EXP;

        double start() {
            return switch (this) {
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
                case PRODUCT -> 1;
                default -> 0;
            };
        }

        double fold(double sum, double x) {
            return switch (this) {
                case SUM, MEAN, LOG_SUM -> sum + x;
                case MAX -> Math.max(sum, x);
                case MIN -> Math.min(sum, x);
                case PRODUCT -> sum * x;
                case L1 -> sum + Math.abs(x);
                case L2, SUM_SQUARE -> sum + x * x;
                case LOG_SUM_EXP -> sum + Math.exp(x);
            };
        }

        double finish(double sum, int count) {
            return switch (this) {
                case MEAN -> sum / count;
                case L2 -> Math.sqrt(sum);
                case LOG_SUM, LOG_SUM_EXP -> Math.log(sum);
                default -> sum;
            };
        }

        long wholeStart(DataType type) {
            boolean unsigned = type == DataType.BOOL || type.name().startsWith("U");
            long most = type == DataType.BOOL ? 1 : (-1L >>> (Long.SIZE - type.bits())) >>> (unsigned ? 0 : 1);
            return switch (this) {
                case MAX -> unsigned ? 0 : -most - 1;
                case MIN -> most;
                case PRODUCT -> 1;
                default -> 0;
            };
        }

        long fold(long sum, long x) {
            return switch (this) {
                case SUM, MEAN -> sum + x;
                case MAX -> Math.max(sum, x);
                case MIN -> Math.min(sum, x);
                case PRODUCT -> sum * x;
                case L1 -> sum + Math.abs(x);
                case L2, SUM_SQUARE -> sum + x * x;
                case LOG_SUM, LOG_SUM_EXP ->
                    throw new UnsupportedOnnxException("logarithms of whole numbers are not supported");
            };
        }

        long finish(long sum, int count) {
            return switch (this) {
                case MEAN -> sum / Math.max(1, count);
                case L2 -> (long) Math.sqrt((double) sum);
                default -> sum;
            };
        }
    }

    static Operator sum(Attributes attributes) {
        return of(attributes, Kind.SUM, 13);
    }

    static Operator mean(Attributes attributes) {
        return of(attributes, Kind.MEAN, 18);
    }

    static Operator max(Attributes attributes) {
        return of(attributes, Kind.MAX, 18);
    }

    static Operator min(Attributes attributes) {
        return of(attributes, Kind.MIN, 18);
    }

    static Operator product(Attributes attributes) {
        return of(attributes, Kind.PRODUCT, 18);
    }

    static Operator l1(Attributes attributes) {
        return of(attributes, Kind.L1, 18);
    }

    static Operator l2(Attributes attributes) {
        return of(attributes, Kind.L2, 18);
    }

    static Operator sumSquare(Attributes attributes) {
        return of(attributes, Kind.SUM_SQUARE, 18);
    }

    static Operator logSum(Attributes attributes) {
        return of(attributes, Kind.LOG_SUM, 18);
    }

    static Operator logSumExp(Attributes attributes) {
        return of(attributes, Kind.LOG_SUM_EXP, 18);
    }

    /** The sum over some axes, which are left out of the result. */
    static Value sum(Call call, Value x, long... axes) {
        return reduce(call, x, Kind.SUM, axes, false);
    }

    /** The mean over some axes, which stay with an extent of 1. */
    static Value mean(Call call, Value x, long... axes) {
        return reduce(call, x, Kind.MEAN, axes, true);
    }

    private static Operator of(Attributes attributes, Kind kind, int axesAreInputFrom) {
        boolean keep = attributes.flag("keepdims", true);
        if (attributes.opset() < axesAreInputFrom) {
            Optional<long[]> axes = attributes.integers("axes");
            return Operator.of(call -> reduce(call, call.value(0), kind, axes.orElse(null), keep));
        }
        boolean none = attributes.flag("noop_with_empty_axes", false);
        return Operator.of(call -> {
            long[] axes = call.has(1) ? call.integers(1) : new long[0];
            return reduce(call, call.value(0), kind, axes.length == 0 && !none ? null : axes, keep);
        });
    }

    private static Value reduce(Call call, Value x, Kind kind, long[] wanted, boolean keep) {
        int rank = x.shape().rank();
        int[] axes = wanted == null ? Extents.allAxes(rank) : Extents.axes(wanted, rank);
        boolean[] reduced = new boolean[rank];
        for (int axis : axes) {
            reduced[axis] = true;
        }
        Shape result = resultShape(x.shape(), reduced, keep);
        if (isOneBlock(x.shape(), reduced)) {
            int first = 0;
            while (first < rank && !(reduced[first] && x.shape().dim(first) != 1)) {
                first++;
            }
            int last = first;
            while (last < rank && reduced[last]) {
                last++;
            }
            return reduce(
                            call,
                            kind,
                            x,
                            x.shape().span(0, first),
                            x.shape().span(first, last),
                            x.shape().span(last, rank))
                    .reshape(result);
        }
        Value moved = Moves.permute(call, x, reducedLast(reduced));
        int outer = result.size();
        return reduce(call, kind, moved, outer, length(x.shape(), reduced), 1).reshape(result);
    }

    private static Shape resultShape(Shape shape, boolean[] reduced, boolean keep) {
        long[] extents = new long[shape.rank()];
        int count = 0;
        for (int d = 0; d < shape.rank(); d++) {
            if (!reduced[d] || keep) {
                extents[count++] = reduced[d] ? 1 : shape.dim(d);
            }
        }
        return Extents.shape(Arrays.copyOf(extents, count));
    }

    /** Whether the reduced axes are neighbours, those of extent 1 aside, so that x is {@code [outer, length, inner]}. */
    private static boolean isOneBlock(Shape shape, boolean[] reduced) {
        int blocks = 0;
        boolean inside = false;
        for (int d = 0; d < shape.rank(); d++) {
            if (shape.dim(d) == 0) {
                return false;
            }
            if (shape.dim(d) != 1 || (inside && !reduced[d])) {
                blocks += reduced[d] && !inside ? 1 : 0;
                inside = reduced[d];
            }
        }
        return blocks <= 1;
    }

    private static int[] reducedLast(boolean[] reduced) {
        int[] order = new int[reduced.length];
        int next = 0;
        for (boolean pass : new boolean[] {false, true}) {
            for (int d = 0; d < reduced.length; d++) {
                if (reduced[d] == pass) {
                    order[next++] = d;
                }
            }
        }
        return order;
    }

    private static int length(Shape shape, boolean[] reduced) {
        int length = 1;
        for (int d = 0; d < reduced.length; d++) {
            length *= reduced[d] ? shape.dim(d) : 1;
        }
        return length;
    }

    /** Reduces the middle of {@code [outer, length, inner]}. */
    private static Value reduce(Call call, Kind kind, Value x, int outer, int length, int inner) {
        if (x instanceof Floats(Tensor tensor) && length > 0 && hasKernel(kind)) {
            return new Floats(reduce(call, kind, tensor, outer, length, inner));
        }
        Value y = call.create(x.type(), Shape.of(outer, inner));
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int from = o * length * inner + i;
                store(kind, x, from, length, inner, y, o * inner + i);
            }
        }
        return y;
    }

    private static boolean hasKernel(Kind kind) {
        return switch (kind) {
            case MIN, PRODUCT, LOG_SUM, LOG_SUM_EXP -> false;
            default -> true;
        };
    }

    private static Tensor reduce(Call call, Kind kind, Tensor x, int outer, int length, int inner) {
        Tensor y = call.create(Shape.of(outer, inner));
        var kernels = call.kernels();
        if (kind == Kind.MAX) {
            kernels.reduction().max(outer, length, inner, x.array(), x.offset(), y.array(), y.offset());
            return y;
        }
        Tensor terms = x;
        if (kind == Kind.L1 || kind == Kind.L2 || kind == Kind.SUM_SQUARE) {
            terms = call.create(x.shape());
            var f = kind == Kind.L1 ? Unary.ABS : Unary.SQUARE;
            kernels.elementwise().unary(f, x.size(), x.array(), x.offset(), terms.array(), terms.offset());
        }
        kernels.reduction().sum(outer, length, inner, terms.array(), terms.offset(), y.array(), y.offset());
        if (kind == Kind.L2) {
            kernels.elementwise().unary(Unary.SQRT, y.size(), y.array(), y.offset(), y.array(), y.offset());
        }
        return kind == Kind.MEAN ? Arithmetic.affine(call, y, 1f / length, 0) : y;
    }

    private static void store(Kind kind, Value x, int from, int length, int step, Value y, int to) {
        if (x instanceof Integers(DataType type, Shape shape, long[] array)) {
            long sum = kind.wholeStart(type);
            for (int l = 0; l < length; l++) {
                sum = kind.fold(sum, array[from + l * step]);
            }
            ((Integers) y).array()[to] = Value.wrap(type, kind.finish(sum, length));
            return;
        }
        double shift = kind == Kind.LOG_SUM_EXP ? largest(x, from, length, step) : 0;
        double sum = kind.start();
        for (int l = 0; l < length; l++) {
            sum = kind.fold(sum, x.real(from + l * step) - shift);
        }
        Cells.put(y, to, kind.finish(sum, length) + shift);
    }

    /** What exponents are relative to, so that they do not overflow; 0 where nothing finite is there. */
    private static double largest(Value x, int from, int length, int step) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int l = 0; l < length; l++) {
            largest = Math.max(largest, x.real(from + l * step));
        }
        return Double.isInfinite(largest) ? 0 : largest;
    }

    static Operator argMax(Attributes attributes) {
        return arg(attributes, true);
    }

    static Operator argMin(Attributes attributes) {
        return arg(attributes, false);
    }

    /** The index (INT64) of the first extreme value along an axis, or with select_last_index of the last. */
    private static Operator arg(Attributes attributes, boolean max) {
        long wanted = attributes.integer("axis", 0);
        boolean keep = attributes.flag("keepdims", true);
        boolean last = attributes.opset() >= 12 && attributes.flag("select_last_index", false);
        return Operator.of(call -> {
            Value x = call.value(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            boolean[] reduced = new boolean[x.shape().rank()];
            reduced[axis] = true;
            int outer = Extents.before(x.shape(), axis);
            int length = x.shape().dim(axis);
            int inner = Extents.behind(x.shape(), axis);
            if (length == 0) {
                throw new OnnxException("axis %d of %s is empty".formatted(axis, x.describe()));
            }
            Value y = call.create(DataType.INT64, resultShape(x.shape(), reduced, keep));
            long[] places = ((Integers) y).array();
            if (max && !last && x instanceof Floats(Tensor tensor) && length < 1 << 24) {
                // Whole numbers below 2^24 are exact in float32.
                Tensor found = call.create(Shape.of(outer, inner));
                call.kernels()
                        .reduction()
                        .argMax(outer, length, inner, tensor.array(), tensor.offset(), found.array(), found.offset());
                for (int i = 0; i < places.length; i++) {
                    places[i] = (long) found.array()[found.offset() + i];
                }
                return y;
            }
            for (int i = 0; i < places.length; i++) {
                places[i] = place(x, i / inner * length * inner + i % inner, length, inner, max, last);
            }
            return y;
        });
    }

    private static int place(Value x, int from, int length, int step, boolean max, boolean last) {
        int best = 0;
        for (int l = 1; l < length; l++) {
            int order = x instanceof Integers whole
                    ? Long.compare(whole.array()[from + l * step], whole.array()[from + best * step])
                    : Double.compare(x.real(from + l * step), x.real(from + best * step));
            order = max ? order : -order;
            if (order > 0 || (last && order == 0)) {
                best = l;
            }
        }
        return best;
    }
}
