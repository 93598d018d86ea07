package io.github.dsrl4j.nn;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A part of a network: parameters that are learnt, buffers that are not (running statistics), and further modules, all under
 * names. The full names, joined by dots, are those of the published PyTorch models, so that weights carry over. A subclass
 * registers its parts in the constructor, in the order in which they shall be listed.
 */
public abstract class Module {
    private final Map<String, Variable> ownParameters = new LinkedHashMap<>();
    private final Map<String, Tensor> ownBuffers = new LinkedHashMap<>();
    private final Set<String> ownCounters = new HashSet<>();
    private final Map<String, Module> children = new LinkedHashMap<>();
    private boolean training = true;

    /** A module in training mode, without parts yet. */
    protected Module() {}

    /** Registers a learnt parameter and returns it. */
    protected final Variable parameter(String name, Tensor initial) {
        Variable variable = Variable.parameter(initial);
        putNew(ownParameters, name, variable);
        return variable;
    }

    /** Registers a tensor that belongs to the state but is not learnt, and returns it. */
    protected final Tensor buffer(String name, Tensor initial) {
        putNew(ownBuffers, name, initial);
        return initial;
    }

    /** Registers a number that belongs to the state and is counted on the host: it stays there when the module is moved. */
    protected final Tensor counter(String name) {
        Tensor counter = buffer(name, Tensor.scalar(0));
        ownCounters.add(name);
        return counter;
    }

    /**
     * Registers a module below this one and returns it. The name may hold dots: {@code "0.bn"}. With an empty name the module's
     * parts are listed as if they were this module's own.
     */
    protected final <M extends Module> M child(String name, M module) {
        putNew(children, name, module);
        return module;
    }

    private static <V> void putNew(Map<String, V> map, String name, V value) {
        if (map.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("module: the name '" + name + "' is registered twice");
        }
    }

    /** The modules directly below this one, by name. */
    public final Map<String, Module> children() {
        return new LinkedHashMap<>(children);
    }

    /** All parameters, of this module first and then of those below, by full name. */
    public final Map<String, Variable> parameters() {
        var all = new LinkedHashMap<String, Variable>();
        visit("", (prefix, module) -> module.ownParameters.forEach((name, value) -> all.put(prefix + name, value)));
        return all;
    }

    /** All buffers by full name. */
    public final Map<String, Tensor> buffers() {
        var all = new LinkedHashMap<String, Tensor>();
        visit("", (prefix, module) -> module.ownBuffers.forEach((name, value) -> all.put(prefix + name, value)));
        return all;
    }

    /** Parameters and buffers by full name: what a checkpoint holds. The tensors are the module's own, not copies. */
    public final Map<String, Tensor> state() {
        var all = new LinkedHashMap<String, Tensor>();
        visit("", (prefix, module) -> {
            module.ownParameters.forEach((name, value) -> all.put(prefix + name, value.value()));
            module.ownBuffers.forEach((name, value) -> all.put(prefix + name, value));
        });
        return all;
    }

    /** The state without counters, which stay on the host: what {@link #moveTo} moves, and what operations work on. */
    public final Map<String, Tensor> movableState() {
        var all = state();
        visit("", (prefix, module) -> module.ownCounters.forEach(name -> all.remove(prefix + name)));
        return all;
    }

    /** The number of learnt values. */
    public final long parameterCount() {
        return parameters().values().stream()
                .mapToLong(variable -> variable.value().size())
                .sum();
    }

    /** Calls {@code visitor} for this module and all below, each with its full name and a dot (empty for this one). */
    public final void visit(String prefix, BiConsumer<String, Module> visitor) {
        visitor.accept(prefix, this);
        children.forEach((name, module) -> module.visit(name.isEmpty() ? prefix : prefix + name + ".", visitor));
    }

    /**
     * Moves all parameters and buffers but counters, of this module and of those below, to {@code device}; gradients are forgotten.
     * Whoever holds one of them, such as an optimiser, finds it there.
     */
    public final void moveTo(Device device) {
        clearGradients();
        movableState().values().forEach(tensor -> tensor.moveTo(device));
    }

    /** Where the first parameter or buffer lives; the processor if there is none. */
    public final Device device() {
        return movableState().values().stream().findFirst().map(Tensor::device).orElseGet(Device::cpu);
    }

    /** Switches this module and all below to training: batch statistics, dropout. */
    public final void train() {
        visit("", (prefix, module) -> module.training = true);
    }

    /** Switches this module and all below to inference: running statistics, no dropout. */
    public final void eval() {
        visit("", (prefix, module) -> module.training = false);
    }

    /** Runs {@code action} in inference mode; afterwards this module and each below is in the mode it was in before. */
    public final <T, X extends Throwable> T evaluating(ScopedValue.CallableOp<T, X> action) throws X {
        var wereTraining = new ArrayList<Module>();
        visit("", (prefix, module) -> {
            if (module.training) {
                wereTraining.add(module);
            }
        });
        eval();
        try {
            return action.call();
        } finally {
            wereTraining.forEach(module -> module.training = true);
        }
    }

    /** Whether this module behaves as in training. */
    public final boolean training() {
        return training;
    }

    /** Forgets the gradients of all parameters. */
    public final void clearGradients() {
        ownParameters.values().forEach(Variable::clearGradient);
        children.values().forEach(Module::clearGradients);
    }
}
