package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** Bilinear resampling, to a fixed size or by a whole factor. */
public final class Resize extends Layer {
    private final int factor;
    private final int height;
    private final int width;
    private final boolean alignCorners;

    private Resize(int factor, int height, int width, boolean alignCorners) {
        this.factor = factor;
        this.height = height;
        this.width = width;
        this.alignCorners = alignCorners;
    }

    /** Enlarges both sides by {@code factor}. */
    public static Resize by(int factor, boolean alignCorners) {
        LayerChecks.positive("resize", "factor", factor);
        return new Resize(factor, 0, 0, alignCorners);
    }

    /** Brings every input to {@code height x width}. */
    public static Resize to(int height, int width, boolean alignCorners) {
        LayerChecks.positive("resize", "height", height);
        LayerChecks.positive("resize", "width", width);
        return new Resize(0, height, width, alignCorners);
    }

    @Override
    protected Variable forward(Variable x) {
        return factor == 0
                ? x.resizeBilinear(height, width, alignCorners)
                : x.resizeBilinear(x.shape().dim(2) * factor, x.shape().dim(3) * factor, alignCorners);
    }
}
