package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Resampling;

/**
 * Resizing to the nearest pixel.
 *
 * <pre>
 * y[n, c, i, j] = x[n, c, floor(i H / h), floor(j W / w)]
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, h, w]}. Cost: no multiply-adds, one pass. Backward: each dy is added to the
 * pixel it came from; keeps nothing.
 */
public record ResizeNearest(int height, int width) implements Operation {
    @Override
    public String name() {
        return "resizeNearest";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Checks.image(name(), x.shape());
        Checks.outputSize(name(), height, width);
        Tensor y = Tensor.empty(x.device(), Shape.of(x.shape().dim(0), x.shape().dim(1), height, width));
        x.device()
                .kernels()
                .resampling()
                .nearestForward(geometry(x.shape()), x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor dx = Tensor.empty(dy.device(), saved.shape(0));
        dy.device()
                .kernels()
                .resampling()
                .nearestBackward(geometry(saved.shape(0)), dy.array(), dy.offset(), dx.array(), dx.offset());
        return new Tensor[] {dx};
    }

    private Resampling.Geometry geometry(Shape x) {
        return new Resampling.Geometry(x.dim(0) * x.dim(1), x.dim(2), x.dim(3), height, width);
    }
}
