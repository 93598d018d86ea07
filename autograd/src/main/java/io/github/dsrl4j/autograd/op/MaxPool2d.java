package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;

/**
 * Max pooling.
 *
 * <pre>
 * y[n, c, i, j] = max over k, l of x[n, c, i s + k - p, j s + l - p], pixels of the image only
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, floor((H + 2p - K) / s) + 1, ...]}. A NaN in a window wins. Cost: no
 * multiply-adds, one pass of {@code KH KW} comparisons a pixel. Backward: each dy goes to the first pixel of its window that
 * holds the maximum; keeps x.
 */
public record MaxPool2d(PoolingOptions options) implements Operation {
    @Override
    public String name() {
        return "maxPool2d";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        PoolingGeometry g = options.geometry(name(), x.shape());
        Tensor y = Tensor.empty(x.device(), options.output(g, x.shape()));
        x.device().kernels().pooling().maxForward(g, x.array(), x.offset(), y.array(), y.offset());
        saved.keep(x);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor x = saved.tensor(0);
        Tensor dx = Tensor.empty(x.device(), x.shape());
        x.device()
                .kernels()
                .pooling()
                .maxBackward(
                        options.geometry(name(), x.shape()),
                        x.array(),
                        x.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset());
        return new Tensor[] {dx};
    }
}
