package io.github.dsrl4j.nn.optim;

import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019): {@code w *= 1 - rate weightDecay} before the step of
 * {@link Adam} on the plain gradient.
 */
public final class AdamW extends Adam {
    /** With betas 0.9 and 0.999 and epsilon 1e-8. */
    public AdamW(List<ParameterGroup> groups, double weightDecay) {
        this(groups, DEFAULT_BETA1, DEFAULT_BETA2, DEFAULT_EPSILON, weightDecay);
    }

    /**
     * @throws IllegalArgumentException if a beta is not in [0, 1), epsilon is not positive, weight decay is negative, or a parameter
     *     is listed twice
     */
    public AdamW(List<ParameterGroup> groups, double beta1, double beta2, double epsilon, double weightDecay) {
        super("adamw", groups, beta1, beta2, epsilon, weightDecay, true);
    }
}
