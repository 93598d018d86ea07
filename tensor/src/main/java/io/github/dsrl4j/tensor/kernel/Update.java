package io.github.dsrl4j.tensor.kernel;

/** The arithmetic of optimisers, on n consecutive parameters, in place. */
public interface Update {
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
}
