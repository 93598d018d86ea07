package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** {@code [N, C r^2, H, W]} to {@code [N, C, H r, W r]}: sub-pixel convolution's last step (Shi et al., 2016). */
public final class PixelShuffle extends Layer {
    private final int factor;

    public PixelShuffle(int factor) {
        LayerChecks.positive("pixelShuffle", "factor", factor);
        this.factor = factor;
    }

    @Override
    protected Variable forward(Variable x) {
        return x.pixelShuffle(factor);
    }
}
