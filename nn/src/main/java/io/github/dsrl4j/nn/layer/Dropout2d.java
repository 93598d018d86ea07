package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.tensor.Shape;
import java.util.random.RandomGenerator;

/**
 * Sets each channel of each image to 0 as a whole with probability {@code rate} in training, and multiplies the others by
 * {@code 1 / (1 - rate)} (Tompson et al., 2015). At inference it does nothing.
 *
 * <p>The choice comes from the {@link RandomSource} bound around the call, or else from the layer's own generator.
 */
public final class Dropout2d extends Layer {
    private final float rate;
    private final RandomGenerator own;

    /** @param seed of the layer's own generator */
    public Dropout2d(float rate, long seed) {
        LayerChecks.rate("dropout2d", rate);
        this.rate = rate;
        this.own = RandomSource.seeded(seed);
    }

    @Override
    protected Variable forward(Variable x) {
        if (!training() || rate == 0) {
            return x;
        }
        Shape channels = Shape.of(x.shape().dim(0), x.shape().dim(1), 1, 1);
        return x.times(Variable.of(Masks.draw(RandomSource.currentOr(own), x.device(), channels, rate)));
    }
}
