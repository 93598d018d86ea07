package io.github.dsrl4j.tensor.kernel;

import java.util.List;

/** The arithmetic of optimisers, on n consecutive parameters, in place; and on many such stretches, which a device takes at once. */
public interface Update {
    /**
     * n consecutive parameters w, their gradients, and what the optimiser remembers of them: Adam's m and v; the velocity of SGD in m,
     * null when momentum is 0, and no v.
     */
    record Stretch(int n, Place gradient, Place m, Place v, Place w) {}

    /**
     * Stochastic gradient descent: {@code d = gradient + weightDecay w}; {@code v = momentum v + d} (or {@code v = d} at the first
     * step); {@code w -= rate v}, or {@code w -= rate (d + momentum v)} with nesterov. {@code velocity} may be null when momentum is 0.
     */
    void sgd(
            int n,
            float rate,
            float momentum,
            float weightDecay,
            boolean nesterov,
            boolean first,
            float[] gradient,
            int gradientOffset,
            float[] velocity,
            int velocityOffset,
            float[] w,
            int wOffset);

    /**
     * Adam (Kingma and Ba, 2015) at step {@code t} (from 1): {@code d = gradient + weightDecay w}, or with {@code decoupled} decay
     * (AdamW) {@code w *= 1 - rate weightDecay} first; {@code m = b1 m + (1 - b1) d}; {@code v = b2 v + (1 - b2) d^2};
     * {@code w -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)}.
     */
    void adam(
            int n,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            boolean decoupled,
            int t,
            float[] gradient,
            int gradientOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset,
            float[] w,
            int wOffset);

    /** {@link #sgd} for each of several stretches, none of which overlap. */
    default void sgd(
            List<Stretch> stretches, float rate, float momentum, float weightDecay, boolean nesterov, boolean first) {
        for (Stretch stretch : stretches) {
            Place velocity = stretch.m();
            sgd(
                    stretch.n(),
                    rate,
                    momentum,
                    weightDecay,
                    nesterov,
                    first,
                    stretch.gradient().array(),
                    stretch.gradient().offset(),
                    velocity == null ? null : velocity.array(),
                    velocity == null ? 0 : velocity.offset(),
                    stretch.w().array(),
                    stretch.w().offset());
        }
    }

    /** {@link #adam} for each of several stretches, none of which overlap, all at the same step. */
    default void adam(
            List<Stretch> stretches,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float weightDecay,
            boolean decoupled,
            int t) {
        for (Stretch stretch : stretches) {
            adam(
                    stretch.n(),
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    weightDecay,
                    decoupled,
                    t,
                    stretch.gradient().array(),
                    stretch.gradient().offset(),
                    stretch.m().array(),
                    stretch.m().offset(),
                    stretch.v().array(),
                    stretch.v().offset(),
                    stretch.w().array(),
                    stretch.w().offset());
        }
    }
}
