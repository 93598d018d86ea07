package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Dimensions in another order, copied.
 *
 * <pre>
 * extent of y along d = extent of x along order[d]; y[i_order[0], i_order[1], ...] = x[i_0, i_1, ...]
 * </pre>
 *
 * Input: any shape of rank 1 to 8. Output: its extents in the given order. Cost: no multiply-adds, one copy. Backward: dx is dy
 * in the opposite order; keeps nothing.
 *
 * @param order which dimension of the input each dimension of the output is; negative ones count from the end
 */
public record Permute(List<Integer> order) implements Operation {
    private static final int MOST_DIMENSIONS = 8;

    public Permute {
        order = List.copyOf(order);
    }

    /** The dimensions in this order. */
    public Permute(int... order) {
        this(IntStream.of(order).boxed().toList());
    }

    @Override
    public String name() {
        return "permute";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        return permuted(inputs[0], dimensions(inputs[0].shape()));
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        int[] dims = dimensions(saved.shape(0));
        int[] inverse = new int[dims.length];
        for (int d = 0; d < dims.length; d++) {
            inverse[dims[d]] = d;
        }
        return new Tensor[] {permuted(dy, inverse)};
    }

    private static Tensor permuted(Tensor x, int[] dims) {
        int[] xStrides = x.shape().strides();
        int[] box = new int[dims.length];
        int[] strides = new int[dims.length];
        for (int d = 0; d < dims.length; d++) {
            box[d] = x.shape().dim(dims[d]);
            strides[d] = xStrides[dims[d]];
        }
        Tensor y = Tensor.empty(x.device(), Shape.of(box));
        x.device()
                .kernels()
                .movement()
                .stridedCopy(
                        box,
                        x.array(),
                        x.offset(),
                        strides,
                        y.array(),
                        y.offset(),
                        y.shape().strides());
        return y;
    }

    private int[] dimensions(Shape x) {
        int rank = x.rank();
        int[] dims = order.stream().mapToInt(d -> d < 0 ? d + rank : d).toArray();
        int[] sorted = dims.clone();
        Arrays.sort(sorted);
        if (rank == 0
                || rank > MOST_DIMENSIONS
                || !Arrays.equals(sorted, IntStream.range(0, rank).toArray())) {
            throw new ShapeException("permute: %s must name each dimension of input %s once (1 to %d dimensions)"
                    .formatted(order, x, MOST_DIMENSIONS));
        }
        return dims;
    }
}
