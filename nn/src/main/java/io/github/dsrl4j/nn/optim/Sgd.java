package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum as PyTorch defines it: with {@code d = gradient + weightDecay w},
 * {@code v = momentum v + d} ({@code v = d} at a parameter's first step) and {@code w -= rate v}, or with nesterov
 * {@code w -= rate (d + momentum v)}. Remembers {@code momentum_buffer}, v, unless momentum is 0.
 */
public final class Sgd extends Optimizer {
    private static final String VELOCITY = "momentum_buffer";

    private final float momentum;
    private final boolean nesterov;

    /** Without nesterov. */
    public Sgd(List<ParameterGroup> groups, double momentum, double weightDecay) {
        this(groups, momentum, weightDecay, false);
    }

    /**
     * @throws IllegalArgumentException if momentum is not in [0, 1), weight decay is negative, nesterov comes without momentum, or
     *     a parameter is listed twice
     */
    public Sgd(List<ParameterGroup> groups, double momentum, double weightDecay, boolean nesterov) {
        super("sgd", groups, weightDecay);
        checkFraction("sgd", "momentum", momentum);
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("sgd: nesterov needs a momentum greater than 0");
        }
        this.momentum = (float) momentum;
        this.nesterov = nesterov;
    }

    @Override
    void update(String parameterName, Tensor value, Tensor gradient, float rate, float weightDecay) {
        Tensor velocity = null;
        boolean first = false;
        if (momentum != 0) {
            velocity = slot(parameterName, VELOCITY);
            first = velocity == null;
            if (first) {
                velocity = newSlot(parameterName, VELOCITY, value, value.shape());
            }
        }
        value.device()
                .kernels()
                .update()
                .sgd(
                        value.size(),
                        rate,
                        momentum,
                        weightDecay,
                        nesterov,
                        first,
                        gradient.array(),
                        gradient.offset(),
                        velocity == null ? null : velocity.array(),
                        velocity == null ? 0 : velocity.offset(),
                        value.array(),
                        value.offset());
        if (velocity != null) {
            velocity.markModified();
        }
    }

    @Override
    Map<String, Shape> slots(Shape parameter) {
        return momentum == 0 ? Map.of() : Map.of(VELOCITY, parameter);
    }
}
