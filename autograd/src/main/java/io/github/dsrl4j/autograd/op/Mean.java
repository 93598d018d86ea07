package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Mean along one dimension, or of all elements.
 *
 * <pre>
 * y[a, b] = 1/n sum over i of x[a, i, b], i = 0 ... n - 1
 * </pre>
 *
 * Input: any shape. Output: the shape without the dimension, or {@code []} for all elements. The mean of nothing is an error.
 * Cost: no multiply-adds, one pass. Backward: dx[a, i, b] = dy[a, b] / n; keeps nothing.
 *
 * @param all whether the mean is of all elements; {@code dim} then means nothing
 * @param dim the dimension; a negative one counts from the end
 */
public record Mean(boolean all, int dim) implements Operation {
    /** The mean of all elements. */
    public Mean() {
        this(true, 0);
    }

    /** The mean along one dimension. */
    public Mean(int dim) {
        this(false, dim);
    }

    @Override
    public String name() {
        return "mean";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Axis axis = axis(x.shape());
        Shape shape = all ? Shape.of() : axis.without(x.shape());
        Tensor y = Sums.along(x, axis.outer(), axis.length(), axis.inner()).reshape(shape);
        y.device()
                .kernels()
                .elementwise()
                .affine(y.size(), 1f / axis.length(), 0, y.array(), y.offset(), y.array(), y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Shape shape = saved.shape(0);
        Axis axis = axis(shape);
        Tensor share = Sums.scaled(dy, 1f / axis.length());
        Tensor dx = Sums.stretch(share, axis.outer(), axis.length(), axis.inner(), shape);
        Sums.giveBack(share);
        return new Tensor[] {dx};
    }

    private Axis axis(Shape shape) {
        Axis axis = all ? Axis.all(shape) : Axis.of(name(), shape, dim);
        if (axis.length() == 0) {
            throw new ShapeException("mean: there is nothing to take the mean of in input %s".formatted(shape)
                    + (all ? "" : " along dimension " + dim));
        }
        return axis;
    }
}
