package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** Averages an image of any size down to {@code height x width} cells; 1 x 1 is global average pooling. */
public final class AdaptiveAveragePool2d extends Layer {
    private final int height;
    private final int width;

    public AdaptiveAveragePool2d(int height, int width) {
        LayerChecks.positive("adaptiveAveragePool2d", "height", height);
        LayerChecks.positive("adaptiveAveragePool2d", "width", width);
        this.height = height;
        this.width = width;
    }

    @Override
    protected Variable forward(Variable x) {
        return x.adaptiveAveragePool2d(height, width);
    }
}
