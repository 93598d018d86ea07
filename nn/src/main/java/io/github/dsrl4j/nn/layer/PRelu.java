package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/** Rectifier with a learnt slope a channel for negative inputs, parameter {@code weight} (He et al., 2015). */
public final class PRelu extends Layer {
    public static final float DEFAULT_SLOPE = 0.25f;

    private final Variable weight;

    public PRelu(int channels) {
        this(channels, DEFAULT_SLOPE);
    }

    /**
     * @param channels the number of channels, or 1 for one slope for all
     * @param slope the initial slope
     */
    public PRelu(int channels, float slope) {
        LayerChecks.positive("prelu", "channels", channels);
        this.weight = parameter("weight", Tensor.full(Shape.of(channels), slope));
    }

    @Override
    protected Variable forward(Variable x) {
        return x.prelu(weight);
    }

    public Variable weight() {
        return weight;
    }
}
