package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Softmax.Geometry;

/**
 * Softmax along one dimension.
 *
 * <pre>
 * y[c] = exp(x[c]) / sum over k of exp(x[k])
 * </pre>
 *
 * Input and output: any shape of rank 1 or more. The largest element is subtracted first, so that nothing overflows. Cost: no
 * multiply-adds, a few passes. Backward: dx = y (dy - sum(dy y)); keeps y.
 *
 * @param dim the dimension of the classes; a negative one counts from the end
 */
public record Softmax(int dim) implements Operation {
    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Axis axis = Axis.of(name(), x.shape(), dim);
        Tensor y = Tensor.empty(x.device(), x.shape());
        x.device()
                .kernels()
                .softmax()
                .forward(
                        new Geometry(axis.outer(), axis.length(), axis.inner()),
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset());
        saved.keep(y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor y = saved.tensor(0);
        Axis axis = Axis.of(name(), y.shape(), dim);
        Tensor dx = Tensor.empty(y.device(), y.shape());
        y.device()
                .kernels()
                .softmax()
                .backward(
                        new Geometry(axis.outer(), axis.length(), axis.inner()),
                        y.array(),
                        y.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset());
        return new Tensor[] {dx};
    }
}
