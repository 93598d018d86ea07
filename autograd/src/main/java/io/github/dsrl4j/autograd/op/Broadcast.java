package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import java.util.Arrays;

/** Arithmetic on two tensors that broadcast, and the way back: the sum over the dimensions that were stretched. */
final class Broadcast {
    private Broadcast() {}

    /** {@code f(a, b)}; shapes are aligned at the innermost dimension and an extent of 1 stretches. */
    static Tensor apply(String operation, Binary f, Tensor a, Tensor b) {
        Shape shape = Shape.broadcast(operation, a.shape(), b.shape());
        return apply(f, a, b, Tensor.empty(a.device(), shape));
    }

    /** As the other, into c, which has the right shape and may be a or b. */
    static Tensor apply(Binary f, Tensor a, Tensor b, Tensor c) {
        var kernel = a.device().kernels().elementwise();
        Shape shape = c.shape();
        if (a.size() == c.size() && b.size() == c.size()) {
            kernel.binary(f, c.size(), a.array(), a.offset(), b.array(), b.offset(), c.array(), c.offset());
            return c;
        }
        Layout layout = Layout.of(shape, a.shape(), b.shape());
        kernel.binaryBroadcast(
                f,
                layout.dims,
                a.array(),
                a.offset(),
                layout.aStrides,
                b.array(),
                b.offset(),
                layout.bStrides,
                c.array(),
                c.offset());
        return c;
    }

    /** The gradient of an operand of this shape from that of the broadcast result: itself where nothing was stretched. */
    static Tensor sumTo(Tensor gradient, Shape shape) {
        if (gradient.size() == shape.size()) {
            return gradient.reshape(shape);
        }
        Tensor sum = gradient;
        int rank = gradient.shape().rank();
        int end = rank;
        // From the innermost run of stretched dimensions outwards; what lies inside it is summed already.
        while (end > 0) {
            if (!stretched(gradient.shape(), shape, end - 1)) {
                end--;
                continue;
            }
            int start = end;
            while (start > 0 && stretched(gradient.shape(), shape, start - 1)) {
                start--;
            }
            int outer = gradient.shape().span(0, start);
            int length = gradient.shape().span(start, end);
            int inner = 1;
            for (int d = end; d < rank; d++) {
                inner *= stretched(gradient.shape(), shape, d)
                        ? 1
                        : gradient.shape().dim(d);
            }
            Tensor next = Sums.along(sum, outer, length, inner);
            if (sum != gradient) {
                Sums.giveBack(sum);
            }
            sum = next;
            end = start;
        }
        return sum.reshape(shape);
    }

    /** As {@link #sumTo}, of a temporary whose memory is given back where the result is not on it. */
    static Tensor reduce(Tensor temporary, Shape shape) {
        Tensor sum = sumTo(temporary, shape);
        if (sum.storage() != temporary.storage()) {
            Sums.giveBack(temporary);
        }
        return sum;
    }

    private static boolean stretched(Shape result, Shape operand, int d) {
        int own = d - (result.rank() - operand.rank());
        return own < 0 || operand.dim(own) != result.dim(d);
    }

    /** The box to walk, with neighbouring dimensions that both operands walk alike made one. */
    private record Layout(int[] dims, int[] aStrides, int[] bStrides) {
        static Layout of(Shape result, Shape a, Shape b) {
            int[] aStrides = strides(result, a);
            int[] bStrides = strides(result, b);
            int[] dims = new int[result.rank()];
            int count = 0;
            for (int d = 0; d < result.rank(); d++) {
                int extent = result.dim(d);
                if (extent == 1) {
                    continue;
                }
                boolean joins = count > 0
                        && aStrides[count - 1] == aStrides[d] * extent
                        && bStrides[count - 1] == bStrides[d] * extent;
                int at = joins ? count - 1 : count++;
                dims[at] = joins ? dims[at] * extent : extent;
                aStrides[at] = aStrides[d];
                bStrides[at] = bStrides[d];
            }
            if (count == 0) {
                return new Layout(new int[] {1}, new int[] {0}, new int[] {0});
            }
            return new Layout(
                    Arrays.copyOf(dims, count), Arrays.copyOf(aStrides, count), Arrays.copyOf(bStrides, count));
        }

        /** The strides of an operand along the dimensions of the result, 0 where it is stretched. */
        private static int[] strides(Shape result, Shape operand) {
            int[] own = operand.strides();
            int[] strides = new int[result.rank()];
            int missing = result.rank() - operand.rank();
            for (int d = missing; d < strides.length; d++) {
                strides[d] = operand.dim(d - missing) == 1 ? 0 : own[d - missing];
            }
            return strides;
        }
    }
}
