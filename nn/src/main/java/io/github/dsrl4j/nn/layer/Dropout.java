package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import java.util.random.RandomGenerator;

/**
 * Sets each element to 0 with probability {@code rate} in training, and multiplies the others by {@code 1 / (1 - rate)}, so that
 * the expectation stays (Srivastava et al., 2014). At inference it does nothing.
 *
 * <p>The choice comes from the {@link RandomSource} bound around the call, or else from the layer's own generator.
 */
public final class Dropout extends Layer {
    private final float rate;
    private final RandomGenerator own;

    /** @param seed of the layer's own generator */
    public Dropout(float rate, long seed) {
        LayerChecks.rate("dropout", rate);
        this.rate = rate;
        this.own = RandomSource.seeded(seed);
    }

    @Override
    protected Variable forward(Variable x) {
        if (!training() || rate == 0) {
            return x;
        }
        return x.times(Variable.of(Masks.draw(RandomSource.currentOr(own), x.device(), x.shape(), rate)));
    }
}
