package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Resampling;

/**
 * Bilinear resizing (without a low-pass filter when it makes smaller).
 *
 * <pre>
 * y[n, c, i, j] = x[n, c] interpolated at (u(i), v(j))
 * u(i) = i (H - 1) / (h - 1) with alignCorners, else max(0, (i + 1/2) H / h - 1/2)
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, h, w]}. Cost: no multiply-adds, one pass of 4 pixels a pixel. Backward: the
 * adjoint, each dy goes to the pixels it came from with the same weights; keeps nothing.
 */
public record ResizeBilinear(int height, int width, boolean alignCorners) implements Operation {
    @Override
    public String name() {
        return "resizeBilinear";
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
                .bilinearForward(geometry(x.shape()), alignCorners, x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor dx = Tensor.empty(dy.device(), saved.shape(0));
        dy.device()
                .kernels()
                .resampling()
                .bilinearBackward(
                        geometry(saved.shape(0)), alignCorners, dy.array(), dy.offset(), dx.array(), dx.offset());
        return new Tensor[] {dx};
    }

    private Resampling.Geometry geometry(Shape x) {
        return new Resampling.Geometry(x.dim(0) * x.dim(1), x.dim(2), x.dim(3), height, width);
    }
}
