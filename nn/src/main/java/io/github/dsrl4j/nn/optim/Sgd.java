package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Place;
import io.github.dsrl4j.tensor.kernel.Update;
import io.github.dsrl4j.tensor.kernel.Update.Stretch;
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

    /** 1 at the first step, and 2 at all later ones, which are alike. */
    @Override
    int prepare(String parameterName, Tensor value) {
        if (momentum == 0 || slot(parameterName, VELOCITY) != null) {
            return 2;
        }
        newSlot(parameterName, VELOCITY, value, value.shape());
        return 1;
    }

    @Override
    Stretch stretch(String parameterName, Tensor value, Tensor gradient) {
        Place velocity = momentum == 0 ? null : changed(parameterName, VELOCITY);
        return new Stretch(value.size(), gradient.place(), velocity, null, value.place());
    }

    @Override
    void update(Update kernel, List<Stretch> stretches, float rate, float weightDecay, int t) {
        kernel.sgd(stretches, rate, momentum, weightDecay, nesterov, t == 1);
    }

    @Override
    Map<String, Shape> slots(Shape parameter) {
        return momentum == 0 ? Map.of() : Map.of(VELOCITY, parameter);
    }
}
