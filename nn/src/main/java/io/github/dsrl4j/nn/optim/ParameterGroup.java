package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.autograd.Variable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiPredicate;

/**
 * Parameters that are learnt in the same way: at the current rate times {@code rateFactor}, and with a weight decay of their own
 * or else the optimiser's.
 *
 * <pre>{@code
 * var all = ParameterGroup.of(model.parameters());
 * var groups = List.of(
 *         all.only((name, p) -> name.startsWith("base_net")),
 *         all.only((name, p) -> !name.startsWith("base_net")).rateFactor(10));
 * }</pre>
 *
 * @param parameters by full name, in the order in which they are updated
 */
public record ParameterGroup(Map<String, Variable> parameters, double rateFactor, OptionalDouble weightDecay) {
    public ParameterGroup {
        if (!(rateFactor >= 0 && rateFactor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "parameter group: the rate factor must be finite and not negative, not " + rateFactor);
        }
        weightDecay.ifPresent(decay -> Optimizer.checkDecay("parameter group", decay));
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** These parameters at the plain rate, with the optimiser's weight decay. */
    public static ParameterGroup of(Map<String, Variable> parameters) {
        return new ParameterGroup(parameters, 1, OptionalDouble.empty());
    }

    /** The same group with another factor on the learning rate. */
    public ParameterGroup rateFactor(double factor) {
        return new ParameterGroup(parameters, factor, weightDecay);
    }

    /** The same group with a weight decay of its own. */
    public ParameterGroup weightDecay(double decay) {
        return new ParameterGroup(parameters, rateFactor, OptionalDouble.of(decay));
    }

    /** The group of those parameters whose name and value fit. */
    public ParameterGroup only(BiPredicate<String, Variable> filter) {
        var kept = new LinkedHashMap<String, Variable>();
        parameters.forEach((name, parameter) -> {
            if (filter.test(name, parameter)) {
                kept.put(name, parameter);
            }
        });
        return new ParameterGroup(kept, rateFactor, weightDecay);
    }
}
