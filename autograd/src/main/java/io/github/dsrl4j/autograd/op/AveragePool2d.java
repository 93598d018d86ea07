package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;

/**
 * Average pooling.
 *
 * <pre>
 * y[n, c, i, j] = 1/a sum over k, l of x[n, c, i s + k - p, j s + l - p]
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, floor((H + 2p - K) / s) + 1, ...]}. The divisor a is the area of the window,
 * padding included ({@code countIncludePad}), or the number of its pixels that lie in the image. Cost: no multiply-adds, one
 * pass of {@code KH KW} additions a pixel. Backward: dx is the sum of dy / a over the windows that a pixel lies in; keeps
 * nothing.
 */
public record AveragePool2d(PoolingOptions options, boolean countIncludePad) implements Operation {
    @Override
    public String name() {
        return "averagePool2d";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        PoolingGeometry g = options.geometry(name(), x.shape());
        Tensor y = Tensor.empty(x.device(), options.output(g, x.shape()));
        x.device().kernels().pooling().averageForward(g, countIncludePad, x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Pooling kernel = dy.device().kernels().pooling();
        Tensor sum = kernel.addsGradients() ? saved.gradientSum(0) : null;
        Tensor dx = sum == null ? Tensor.empty(dy.device(), saved.shape(0)) : sum;
        kernel.averageBackward(
                options.geometry(name(), saved.shape(0)),
                countIncludePad,
                sum != null,
                dy.array(),
                dy.offset(),
                dx.array(),
                dx.offset());
        return new Tensor[] {dx};
    }
}
