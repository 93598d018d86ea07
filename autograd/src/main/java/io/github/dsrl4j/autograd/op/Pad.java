package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Zero padding of images.
 *
 * <pre>
 * y[n, c, top + i, left + j] = x[n, c, i, j], 0 elsewhere
 * </pre>
 *
 * Input {@code [N, C, H, W]}, output {@code [N, C, top + H + bottom, left + W + right]}. Cost: no multiply-adds, one copy.
 * Backward: dx is the part of dy inside the padding; keeps nothing.
 */
public record Pad(int top, int bottom, int left, int right) implements Operation {
    public Pad {
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new IllegalArgumentException(
                    "pad: padding must be at least 0, not top %d, bottom %d, left %d, right %d"
                            .formatted(top, bottom, left, right));
        }
    }

    @Override
    public String name() {
        return "pad";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Shape shape = x.shape();
        Checks.rank(name(), "input", shape, 4, "[N, C, H, W]");
        Tensor y = Tensor.zeros(
                x.device(),
                Shape.of(shape.dim(0), shape.dim(1), top + shape.dim(2) + bottom, left + shape.dim(3) + right));
        x.device()
                .kernels()
                .movement()
                .stridedCopy(
                        box(shape),
                        x.array(),
                        x.offset(),
                        inner(shape),
                        y.array(),
                        y.offset() + start(y.shape()),
                        inner(y.shape()));
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
                        box(shape),
                        dy.array(),
                        dy.offset() + start(dy.shape()),
                        inner(dy.shape()),
                        dx.array(),
                        dx.offset(),
                        inner(shape));
        return new Tensor[] {dx};
    }

    private static int[] box(Shape x) {
        return new int[] {x.dim(0) * x.dim(1), x.dim(2), x.dim(3)};
    }

    private static int[] inner(Shape shape) {
        return new int[] {shape.dim(2) * shape.dim(3), shape.dim(3), 1};
    }

    private int start(Shape padded) {
        return top * padded.dim(3) + left;
    }
}
