package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;

/**
 * Product of two tensors that broadcast, element by element.
 *
 * <pre>
 * c = a b
 * </pre>
 *
 * Inputs: a and b, aligned at the innermost dimension, where an extent of 1 stretches. Output: the broadcast shape. Cost: no
 * multiply-adds, one pass. Backward: da = dc b and db = dc a, each summed over the dimensions along which it was stretched;
 * keeps each operand that the other's gradient needs.
 */
public record Multiply() implements Operation {
    @Override
    public String name() {
        return "times";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor c = Broadcast.apply(name(), Binary.MULTIPLY, inputs[0], inputs[1]);
        saved.keep(saved.needed(1) ? inputs[0] : null, saved.needed(0) ? inputs[1] : null);
        return c;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dc) {
        // An operand that was not stretched comes last, as its gradient may take the place of dc.
        boolean leftLast = saved.shape(0).equals(dc.shape());
        Tensor da = saved.needed(0) && !leftLast ? gradient(dc, saved.tensor(1), saved.shape(0)) : null;
        Tensor db = saved.needed(1) ? gradient(dc, saved.tensor(0), saved.shape(1)) : null;
        if (saved.needed(0) && leftLast) {
            da = Broadcast.apply(Binary.MULTIPLY, dc, saved.tensor(1), Gradient.inPlaceOf(dc));
        }
        return new Tensor[] {da, db};
    }

    /** Of an operand of this shape; at once where it was stretched along the last dimensions alone, and the other not at all. */
    private Tensor gradient(Tensor dc, Tensor other, Shape shape) {
        int rows = shape.size();
        if (other.shape().equals(dc.shape()) && dc.size() > rows && isLeading(shape, dc.shape())) {
            Tensor sums = Tensor.empty(dc.device(), shape);
            dc.device()
                    .kernels()
                    .reduction()
                    .rowProducts(
                            rows,
                            dc.size() / rows,
                            dc.array(),
                            dc.offset(),
                            other.array(),
                            other.offset(),
                            sums.array(),
                            sums.offset());
            return sums;
        }
        Tensor product = Broadcast.apply(name(), Binary.MULTIPLY, dc, other);
        return Broadcast.reduce(product, shape);
    }

    /** Whether the shape is that of the result with some of the last extents replaced by 1. */
    private static boolean isLeading(Shape shape, Shape result) {
        if (shape.rank() != result.rank() || shape.size() == 0) {
            return false;
        }
        int d = 0;
        while (d < shape.rank() && shape.dim(d) == result.dim(d)) {
            d++;
        }
        return shape.span(d, shape.rank()) == 1;
    }
}
