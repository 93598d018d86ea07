package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Pixel shuffle: channels become pixels.
 *
 * <pre>
 * y[n, c, h r + i, w r + j] = x[n, c r^2 + i r + j, h, w]
 * </pre>
 *
 * Input {@code [N, C r^2, H, W]}, output {@code [N, C, H r, W r]}. Cost: no multiply-adds, one copy. Backward: dx is the
 * opposite rearrangement of dy; keeps nothing. Source: Shi et al., Real-Time Single Image and Video Super-Resolution Using an
 * Efficient Sub-Pixel Convolutional Neural Network, CVPR 2016; the order of the channels is PyTorch's.
 *
 * @param factor r, how much larger the image gets
 */
public record PixelShuffle(int factor) implements Operation {
    public PixelShuffle {
        if (factor < 1) {
            throw new IllegalArgumentException("pixelShuffle: the factor must be at least 1, not " + factor);
        }
    }

    @Override
    public String name() {
        return "pixelShuffle";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Shape shape = x.shape();
        Checks.rank(name(), "input", shape, 4, "[N, C r^2, H, W]");
        if (shape.dim(1) % (factor * factor) != 0) {
            throw new ShapeException("pixelShuffle: %d channels do not divide by factor^2 = %d; input %s"
                    .formatted(shape.dim(1), factor * factor, shape));
        }
        Tensor y = Tensor.empty(
                x.device(),
                Shape.of(shape.dim(0), shape.dim(1) / (factor * factor), shape.dim(2) * factor, shape.dim(3) * factor));
        x.device()
                .kernels()
                .movement()
                .stridedCopy(box(shape), x.array(), x.offset(), packed(shape), y.array(), y.offset(), spread(shape));
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Shape shape = saved.shape(0);
        Tensor dx = Tensor.empty(dy.device(), shape);
        dy.device()
                .kernels()
                .movement()
                .stridedCopy(
                        box(shape), dy.array(), dy.offset(), spread(shape), dx.array(), dx.offset(), packed(shape));
        return new Tensor[] {dx};
    }

    /** The extents of (n c, h, i, w, j). */
    private int[] box(Shape x) {
        return new int[] {x.dim(0) * x.dim(1) / (factor * factor), x.dim(2), factor, x.dim(3), factor};
    }

    private int[] packed(Shape x) {
        int area = x.dim(2) * x.dim(3);
        return new int[] {factor * factor * area, x.dim(3), factor * area, 1, area};
    }

    private int[] spread(Shape x) {
        int width = x.dim(3) * factor;
        return new int[] {x.dim(2) * factor * width, factor * width, width, factor, 1};
    }
}
