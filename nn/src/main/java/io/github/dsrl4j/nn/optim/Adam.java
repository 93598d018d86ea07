package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Update;
import io.github.dsrl4j.tensor.kernel.Update.Stretch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, 2015) as PyTorch defines it: with {@code d = gradient + weightDecay w} at a parameter's step t,
 * {@code m = b1 m + (1 - b1) d}, {@code v = b2 v + (1 - b2) d^2}, and
 * {@code w -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)}. Remembers {@code exp_avg}, m; {@code exp_avg_sq}, v;
 * and {@code step}, t.
 */
public sealed class Adam extends Optimizer permits AdamW {
    public static final double DEFAULT_BETA1 = 0.9;
    public static final double DEFAULT_BETA2 = 0.999;
    public static final double DEFAULT_EPSILON = 1e-8;

    private static final String MEAN = "exp_avg";
    private static final String SQUARE = "exp_avg_sq";
    private static final String STEP = "step";

    private final float beta1;
    private final float beta2;
    private final float epsilon;
    private final boolean decoupled;

    /** With betas 0.9 and 0.999 and epsilon 1e-8. */
    public Adam(List<ParameterGroup> groups, double weightDecay) {
        this(groups, DEFAULT_BETA1, DEFAULT_BETA2, DEFAULT_EPSILON, weightDecay);
    }

    /**
     * @throws IllegalArgumentException if a beta is not in [0, 1), epsilon is not positive, weight decay is negative, or a parameter
     *     is listed twice
     */
    public Adam(List<ParameterGroup> groups, double beta1, double beta2, double epsilon, double weightDecay) {
        this("adam", groups, beta1, beta2, epsilon, weightDecay, false);
    }

    Adam(
            String name,
            List<ParameterGroup> groups,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean decoupled) {
        super(name, groups, weightDecay);
        checkFraction(name, "beta1", beta1);
        checkFraction(name, "beta2", beta2);
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException(name + ": epsilon must be positive, not " + epsilon);
        }
        this.beta1 = (float) beta1;
        this.beta2 = (float) beta2;
        this.epsilon = (float) epsilon;
        this.decoupled = decoupled;
    }

    @Override
    final int prepare(String parameterName, Tensor value) {
        if (slot(parameterName, STEP) == null) {
            slots(value.shape()).forEach((slot, shape) -> newSlot(parameterName, slot, value, shape));
        }
        Tensor step = slot(parameterName, STEP);
        int t = (int) step.item() + 1;
        step.copyFrom(new float[] {t});
        return t;
    }

    @Override
    final Stretch stretch(String parameterName, Tensor value, Tensor gradient) {
        return new Stretch(
                value.size(),
                gradient.place(),
                changed(parameterName, MEAN),
                changed(parameterName, SQUARE),
                value.place());
    }

    @Override
    final void update(Update kernel, List<Stretch> stretches, float rate, float weightDecay, int t) {
        kernel.adam(stretches, rate, beta1, beta2, epsilon, weightDecay, decoupled, t);
    }

    /** The number of a parameter's steps is read at each step; so it stays at hand. */
    @Override
    final Device deviceOf(String slot, Tensor parameter) {
        return slot.equals(STEP) ? Device.cpu() : parameter.device();
    }

    @Override
    final Map<String, Shape> slots(Shape parameter) {
        var slots = new LinkedHashMap<String, Shape>();
        slots.put(MEAN, parameter);
        slots.put(SQUARE, parameter);
        slots.put(STEP, Shape.of());
        return slots;
    }
}
