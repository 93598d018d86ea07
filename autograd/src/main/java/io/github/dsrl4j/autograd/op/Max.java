package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;

/**
 * Largest value along one dimension.
 *
 * <pre>
 * y[a, b] = max over i of x[a, i, b]
 * </pre>
 *
 * Input: any shape of rank 1 or more. Output: the shape without the dimension. A NaN is the largest. Cost: no multiply-adds,
 * one pass. Backward: dx is dy at the first position of the maximum, else 0; keeps x.
 *
 * @param dim the dimension; a negative one counts from the end
 */
public record Max(int dim) implements Operation {
    @Override
    public String name() {
        return "max";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Axis axis = Axis.of(name(), x.shape(), dim);
        if (axis.length() == 0) {
            throw new ShapeException("max: dimension %d of input %s is empty".formatted(dim, x.shape()));
        }
        Tensor y = Tensor.empty(x.device(), axis.without(x.shape()));
        x.device()
                .kernels()
                .reduction()
                .max(axis.outer(), axis.length(), axis.inner(), x.array(), x.offset(), y.array(), y.offset());
        saved.keep(x);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor x = saved.tensor(0);
        Shape shape = x.shape();
        Axis axis = Axis.of(name(), shape, dim);
        // A maximum along a dimension is max pooling of planes [length, inner] with a window as high as the plane.
        var g = new PoolingGeometry(
                axis.outer(), axis.length(), axis.inner(), 1, axis.inner(), axis.length(), 1, axis.length(), 1, 0, 0);
        Tensor dx = Tensor.empty(x.device(), shape);
        x.device()
                .kernels()
                .pooling()
                .maxBackward(g, x.array(), x.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
        return new Tensor[] {dx};
    }
}
