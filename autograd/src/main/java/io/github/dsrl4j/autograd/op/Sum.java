package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Sum along one dimension, or of all elements.
 *
 * <pre>
 * y[a, b] = sum over i of x[a, i, b]
 * </pre>
 *
 * Input: any shape. Output: the shape without the dimension, or {@code []} for all elements. A sum of nothing is 0. Cost: no
 * multiply-adds, one pass. Backward: dx[a, i, b] = dy[a, b]; keeps nothing.
 *
 * @param all whether all elements are summed; {@code dim} then means nothing
 * @param dim the dimension; a negative one counts from the end
 */
public record Sum(boolean all, int dim) implements Operation {
    /** The sum of all elements. */
    public Sum() {
        this(true, 0);
    }

    /** The sum along one dimension. */
    public Sum(int dim) {
        this(false, dim);
    }

    @Override
    public String name() {
        return "sum";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Axis axis = axis(x.shape());
        Shape shape = all ? Shape.of() : axis.without(x.shape());
        return Sums.along(x, axis.outer(), axis.length(), axis.inner()).reshape(shape);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Shape shape = saved.shape(0);
        Axis axis = axis(shape);
        return new Tensor[] {Sums.stretch(dy, axis.outer(), axis.length(), axis.inner(), shape)};
    }

    private Axis axis(Shape shape) {
        return all ? Axis.all(shape) : Axis.of(name(), shape, dim);
    }
}
