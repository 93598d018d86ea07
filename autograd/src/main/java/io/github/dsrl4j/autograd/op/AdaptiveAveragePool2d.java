package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Pooling;

/**
 * Average pooling to a given size.
 *
 * <pre>
 * y[n, c, i, j] = mean of x[n, c, floor(i H / h) ... ceil((i + 1) H / h) - 1, likewise for columns]
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, h, w]}. Cost: no multiply-adds, one pass. Backward: dx is the sum of dy
 * divided by the window's area over the windows that a pixel lies in; keeps nothing.
 */
public record AdaptiveAveragePool2d(int height, int width) implements Operation {
    @Override
    public String name() {
        return "adaptiveAveragePool2d";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Shape shape = x.shape();
        Checks.image(name(), shape);
        Checks.outputSize(name(), height, width);
        Tensor y = Tensor.empty(x.device(), Shape.of(shape.dim(0), shape.dim(1), height, width));
        x.device()
                .kernels()
                .pooling()
                .adaptiveAverageForward(
                        shape.dim(0) * shape.dim(1),
                        shape.dim(2),
                        shape.dim(3),
                        height,
                        width,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Shape shape = saved.shape(0);
        Pooling kernel = dy.device().kernels().pooling();
        Tensor sum = kernel.addsGradients() ? saved.gradientSum(0) : null;
        Tensor dx = sum == null ? Tensor.empty(dy.device(), shape) : sum;
        kernel.adaptiveAverageBackward(
                shape.dim(0) * shape.dim(1),
                shape.dim(2),
                shape.dim(3),
                height,
                width,
                sum != null,
                dy.array(),
                dy.offset(),
                dx.array(),
                dx.offset());
        return new Tensor[] {dx};
    }
}
