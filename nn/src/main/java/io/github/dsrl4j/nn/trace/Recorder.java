package io.github.dsrl4j.nn.trace;

import io.github.dsrl4j.autograd.Observer;
import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.ModuleObserver;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** Builds a graph while a model runs. Tensors are told apart by identity. */
final class Recorder implements Observer, ModuleObserver {
    /** Weak, so that a large model's intermediate results need not all be alive at once; a tensor has no equality but identity. */
    private final Map<Tensor, Value> values = new WeakHashMap<>();

    private final IdentityHashMap<Module, String> layerNames = new IdentityHashMap<>();
    private final Deque<Layer> running = new ArrayDeque<>();
    private final List<Value.Input> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    Recorder(Module model) {
        model.state().forEach((name, tensor) -> values.putIfAbsent(tensor, new Value.Constant(name, tensor)));
        model.visit(
                "",
                (prefix, module) -> layerNames.putIfAbsent(
                        module, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1)));
    }

    void addInput(Tensor tensor) {
        var input = new Value.Input(inputs.size(), tensor.shape());
        inputs.add(input);
        values.put(tensor, input);
    }

    @Override
    public void enter(Layer layer) {
        running.push(layer);
    }

    @Override
    public void exit(Layer layer, Variable output) {
        running.pop();
    }

    @Override
    public void forward(Operation operation, Tensor[] read, Tensor output, long nanoseconds) {
        var node = new Node(
                operation,
                inputs(operation, read),
                state(operation),
                new Value.Result(nodes.size(), output.shape()),
                layer());
        nodes.add(node);
        values.put(output, node.output());
    }

    private List<Value> inputs(Operation operation, Tensor... read) {
        var found = new ArrayList<Value>();
        for (int i = 0; i < read.length; i++) {
            found.add(known(read[i], "input %d of %s%s".formatted(i, operation.name(), where())));
        }
        return found;
    }

    private List<Value.Constant> state(Operation operation) {
        return operation instanceof BatchNorm norm
                ? List.of(
                        constant(norm.runningMean(), "the running mean of batchNorm" + where()),
                        constant(norm.runningVariance(), "the running variance of batchNorm" + where()))
                : List.of();
    }

    private Value.Constant constant(Tensor tensor, String what) {
        if (known(tensor, what) instanceof Value.Constant constant) {
            return constant;
        }
        throw new IllegalStateException("trace: %s, of shape %s, is computed by the model, but must be a buffer of it"
                .formatted(what, tensor.shape()));
    }

    private Value known(Tensor tensor, String what) {
        Value value = values.get(tensor);
        if (value == null) {
            throw new IllegalStateException(
                    ("trace: %s, of shape %s, comes from nowhere: it is no input, no parameter or buffer of the model, and no result of "
                                    + "an operation on variables; register it as a buffer, or compute it with operations")
                            .formatted(what, tensor.shape()));
        }
        return value;
    }

    private String where() {
        return layer().isEmpty() ? "" : " in layer " + layer();
    }

    private String layer() {
        return running.isEmpty() ? "" : layerNames.getOrDefault(running.peek(), "");
    }

    /** The graph of what ran, without the operations that no output depends on. */
    Graph graph(List<Variable> returned) {
        var outputs = new ArrayList<Value>();
        for (int i = 0; i < returned.size(); i++) {
            outputs.add(known(returned.get(i).value(), "output " + i));
        }
        Set<Value> needed = new HashSet<>(outputs);
        var kept = new ArrayDeque<Node>();
        for (Node node : nodes.reversed()) {
            if (needed.contains(node.output())) {
                needed.addAll(node.inputs());
                kept.addFirst(node);
            }
        }
        return new Graph(inputs, List.copyOf(kept), outputs);
    }
}
