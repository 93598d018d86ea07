package io.github.dsrl4j.nn.optim;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Place;
import io.github.dsrl4j.tensor.kernel.Update;
import io.github.dsrl4j.tensor.kernel.Update.Stretch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves parameters against their gradients. A parameter without a gradient is left alone, as is its state. What an optimiser
 * remembers of a parameter (momentum, moments, the number of its steps) is made at the parameter's first step, outlives
 * {@link StepMemory} steps, and is part of {@link #state}, so that a run can be resumed bit for bit.
 */
public abstract sealed class Optimizer permits Sgd, Adam {
    /** The name in {@link #state} of the number of steps taken. */
    private static final String STEPS = "steps";

    private final String name;
    private final List<ParameterGroup> groups;
    private final double weightDecay;

    /** What is remembered of each parameter, by its name and then the slot's. */
    private final Map<String, Map<String, Tensor>> state = new LinkedHashMap<>();

    private long steps;

    Optimizer(String name, List<ParameterGroup> groups, double weightDecay) {
        this.name = name;
        this.groups = List.copyOf(groups);
        this.weightDecay = checkDecay(name, weightDecay);
        var names = new LinkedHashMap<String, Variable>();
        var seen = Collections.newSetFromMap(new IdentityHashMap<Variable, Boolean>());
        for (ParameterGroup group : groups) {
            group.parameters().forEach((parameterName, parameter) -> {
                if (names.put(parameterName, parameter) != null || !seen.add(parameter)) {
                    throw new IllegalArgumentException(name + ": parameter '" + parameterName
                            + "' is listed twice; it would be updated twice a step");
                }
            });
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException(name + ": there are no parameters to optimise");
        }
    }

    static double checkDecay(String who, double decay) {
        if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(who + ": weight decay must be finite and not negative, not " + decay);
        }
        return decay;
    }

    static void checkFraction(String who, String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "%s: %s must be at least 0 and less than 1, not %s".formatted(who, what, value));
        }
    }

    /**
     * Updates all parameters that have a gradient.
     *
     * @param rate the learning rate now; each group multiplies it by its factor
     */
    public final void step(double rate) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + ": the learning rate must be finite and not negative, not " + rate);
        }
        for (ParameterGroup group : groups) {
            float groupRate = (float) (rate * group.rateFactor());
            float decay = (float) group.weightDecay().orElse(weightDecay);
            var updates = new LinkedHashMap<Key, List<Stretch>>();
            group.parameters().forEach((parameterName, parameter) -> {
                if (parameter.hasGradient()) {
                    Tensor value = parameter.value();
                    int t = prepare(parameterName, value);
                    updates.computeIfAbsent(new Key(value.device(), t), key -> new ArrayList<>())
                            .add(stretch(parameterName, value, parameter.gradient()));
                    value.markModified();
                }
            });
            updates.forEach(
                    (key, stretches) -> update(key.device.kernels().update(), stretches, groupRate, decay, key.t));
        }
        steps++;
    }

    /** What the parameters that are updated at once have in common. */
    private record Key(Device device, int t) {}

    /**
     * Makes what is to be remembered of a parameter, if it is not there yet, and counts its steps.
     *
     * @return the number of this step of the parameter, from 1, as far as the update depends on it
     */
    abstract int prepare(String parameterName, Tensor value);

    /** Where a parameter, its gradient, and what is remembered of it lie. */
    abstract Stretch stretch(String parameterName, Tensor value, Tensor gradient);

    /** Updates parameters, and what is remembered of them, that are at the same step. */
    abstract void update(Update kernel, List<Stretch> stretches, float rate, float weightDecay, int t);

    /** The place of a slot, whose contents the update changes. */
    final Place changed(String parameterName, String slot) {
        Tensor tensor = slot(parameterName, slot);
        tensor.markModified();
        return tensor.place();
    }

    /** The names, after the parameter's and a dot, and the shapes of what is remembered of a parameter of this shape. */
    abstract Map<String, Shape> slots(Shape parameter);

    /** Where a slot of a parameter lives: where the parameter does, if not said otherwise. */
    Device deviceOf(String slot, Tensor parameter) {
        return parameter.device();
    }

    /** How many steps have been taken. */
    public final long steps() {
        return steps;
    }

    /** Forgets the gradients of all parameters. */
    public final void clearGradients() {
        groups.forEach(group -> group.parameters().values().forEach(Variable::clearGradient));
    }

    /** The groups, in the order in which they are updated. */
    public final List<ParameterGroup> groups() {
        return groups;
    }

    final Tensor slot(String parameterName, String slot) {
        Map<String, Tensor> slots = state.get(parameterName);
        return slots == null ? null : slots.get(slot);
    }

    final Tensor newSlot(String parameterName, String slot, Tensor like, Shape shape) {
        Tensor tensor = StepMemory.outside(() -> Tensor.zeros(deviceOf(slot, like), shape));
        state.computeIfAbsent(parameterName, parameter -> new LinkedHashMap<>()).put(slot, tensor);
        return tensor;
    }

    /**
     * What has to be stored to go on exactly: {@code steps}, and for each parameter that was updated the optimiser's memory of it
     * under {@code <full name>.<slot>}. The tensors are the optimiser's own (but {@code steps}), not copies.
     */
    public final Map<String, Tensor> state() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put(STEPS, StepMemory.outside(() -> Tensor.scalar(exact(steps))));
        state.forEach(
                (parameterName, slots) -> slots.forEach((slot, tensor) -> all.put(key(parameterName, slot), tensor)));
        return all;
    }

    private static String key(String parameterName, String slot) {
        return parameterName + "." + slot;
    }

    private float exact(long count) {
        if (count > 1 << 24) {
            throw new IllegalStateException(name + ": " + count + " steps cannot be stored exactly as a float");
        }
        return count;
    }

    /**
     * Takes over a {@link #state}, copied; what was remembered before is forgotten. Everything is checked first.
     *
     * @throws IllegalArgumentException if an entry is missing, unknown, or of another shape than this optimiser's
     */
    public final void loadState(Map<String, Tensor> source) {
        Tensor count = source.get(STEPS);
        if (count == null || count.size() != 1) {
            throw new IllegalArgumentException(
                    name + ": the state holds no '" + STEPS + "'; was it stored by an optimiser?");
        }
        var loaded = new LinkedHashMap<String, Map<String, Tensor>>();
        var known = new HashSet<String>();
        for (ParameterGroup group : groups) {
            group.parameters().forEach((parameterName, parameter) -> {
                Map<String, Tensor> slots = memoryOf(parameterName, parameter.value(), source);
                slots.keySet().forEach(slot -> known.add(key(parameterName, slot)));
                if (!slots.isEmpty()) {
                    loaded.put(parameterName, slots);
                }
            });
        }
        for (String key : source.keySet()) {
            if (!key.equals(STEPS) && !known.contains(key)) {
                throw new IllegalArgumentException(name + ": the state holds '" + key
                        + "', which belongs to no parameter or to another optimiser");
            }
        }
        steps = (long) count.item();
        state.clear();
        state.putAll(loaded);
    }

    /** Copies of one parameter's entries: all of them, or none if it was never updated. */
    private Map<String, Tensor> memoryOf(String parameterName, Tensor parameter, Map<String, Tensor> source) {
        var slots = slots(parameter.shape());
        var copies = new LinkedHashMap<String, Tensor>();
        slots.forEach((slot, shape) -> {
            String key = key(parameterName, slot);
            Tensor tensor = source.get(key);
            if (tensor != null && !tensor.shape().equals(shape)) {
                throw new IllegalArgumentException(
                        "%s: '%s' has shape %s in the state, %s here".formatted(name, key, tensor.shape(), shape));
            }
            if (tensor != null) {
                copies.put(
                        slot,
                        StepMemory.outside(
                                () -> tensor.to(deviceOf(slot, parameter)).copy()));
            }
        });
        if (!copies.isEmpty() && copies.size() < slots.size()) {
            throw new IllegalArgumentException("%s: of '%s' the state holds %s; %s are needed"
                    .formatted(name, parameterName, copies.keySet(), slots.keySet()));
        }
        return copies;
    }
}
