package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.GraphProto;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.OperatorSetId;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto.Kind;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A graph that has been checked and can run: every node has an operator, every value is given once and before it is used. Names have
 * become numbers of slots. Has no state and may be used by many threads at once.
 */
public final class Program {
    private static final int NONE = -1;

    /** A node: the slots it reads and fills, {@value #NONE} where there is none, and the slots nobody needs after it. */
    private record Step(String label, Operator operator, int[] inputs, int[] outputs, int[] done) {}

    private final List<ValueInfoProto> inputs;
    private final List<ValueInfoProto> outputs;
    private final Map<String, Integer> slots;
    private final Value[] constants;
    private final List<Step> steps;

    private Program(
            List<ValueInfoProto> inputs,
            List<ValueInfoProto> outputs,
            Map<String, Integer> slots,
            Value[] constants,
            List<Step> steps) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.slots = slots;
        this.constants = constants;
        this.steps = steps;
    }

    /**
     * Checks a model and makes its operators.
     *
     * @throws UnsupportedOnnxException if it asks for an operator, an attribute or an element type that is not supported, naming
     *     the node
     * @throws OnnxException if it is not valid
     */
    public static Program of(ModelProto model) {
        int opset = opset(model);
        GraphProto graph = model.graph();
        var slots = new LinkedHashMap<String, Integer>();
        List<Value> constants = new ArrayList<>();
        Set<String> read = read(graph);
        for (TensorProto initializer : graph.initializers()) {
            define(slots, initializer.name(), "constant");
            // One that nobody reads may be of any type: some tools keep the names of classes so.
            constants.add(
                    read.contains(initializer.name())
                            ? labelled("constant '" + name(initializer.name()) + "'", () -> Value.of(initializer))
                            : null);
        }
        // Up to version 3 of the format, constants are listed among the inputs too.
        List<ValueInfoProto> inputs = new ArrayList<>();
        for (ValueInfoProto input : graph.inputs()) {
            if (input.kind() != Kind.TENSOR && input.kind() != Kind.UNKNOWN) {
                throw new UnsupportedOnnxException(
                        "input '%s' is a %s, which is not supported".formatted(name(input.name()), input.kind()));
            }
            if (!slots.containsKey(input.name())) {
                define(slots, input.name(), "input");
                inputs.add(input);
            }
        }
        List<Step> steps = steps(graph, opset, slots);
        for (ValueInfoProto output : graph.outputs()) {
            if (!slots.containsKey(output.name())) {
                throw new OnnxException("output '%s' is given by no node".formatted(name(output.name())));
            }
        }
        Value[] values = constants.toArray(new Value[slots.size()]);
        var program =
                new Program(List.copyOf(inputs), graph.outputs(), Collections.unmodifiableMap(slots), values, steps);
        program.markLastUses();
        return program;
    }

    /** The names of all values that a node reads or the model returns. */
    private static Set<String> read(GraphProto graph) {
        var names = new HashSet<String>();
        graph.nodes().forEach(node -> names.addAll(node.inputs()));
        graph.outputs().forEach(output -> names.add(output.name()));
        return names;
    }

    private static int opset(ModelProto model) {
        long opset = model.operatorSets().stream()
                .filter(set -> isOnnx(set.domain()))
                .mapToLong(OperatorSetId::version)
                .max()
                .orElseThrow(() -> model.operatorSets().isEmpty()
                        ? new OnnxException("the model does not say which version of ONNX's operators it uses")
                        : new UnsupportedOnnxException("the model uses none of ONNX's own operators"));
        if (opset < 1 || opset > Operators.NEWEST) {
            throw new UnsupportedOnnxException(
                    "operator set %d is not supported; 7 to %d are, and much of what is older"
                            .formatted(opset, Operators.NEWEST));
        }
        return (int) opset;
    }

    private static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static void define(Map<String, Integer> slots, String name, String what) {
        if (slots.putIfAbsent(name, slots.size()) != null) {
            throw new OnnxException("%s '%s' has the name of another value".formatted(what, name(name)));
        }
    }

    private static List<Step> steps(GraphProto graph, int opset, Map<String, Integer> slots) {
        var steps = new ArrayList<Step>();
        for (NodeProto node : graph.nodes()) {
            String label = label(node, steps.size());
            int[] inputs = new int[node.inputs().size()];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = source(graph, slots, label, node.inputs().get(i));
            }
            Operator operator = labelled(label, () -> {
                if (!isOnnx(node.domain())) {
                    throw new UnsupportedOnnxException(
                            "operators of the domain '%s' are not supported".formatted(name(node.domain())));
                }
                return Operators.make(node, opset);
            });
            int[] outputs = new int[node.outputs().size()];
            for (int i = 0; i < outputs.length; i++) {
                String output = node.outputs().get(i);
                outputs[i] = NONE;
                if (!output.isEmpty()) {
                    define(slots, output, label + ": output");
                    outputs[i] = slots.size() - 1;
                }
            }
            steps.add(new Step(label, operator, inputs, outputs, new int[0]));
        }
        return steps;
    }

    private static int source(GraphProto graph, Map<String, Integer> slots, String label, String input) {
        if (input.isEmpty()) {
            return NONE;
        }
        Integer slot = slots.get(input);
        if (slot == null) {
            boolean later =
                    graph.nodes().stream().anyMatch(node -> node.outputs().contains(input));
            throw new OnnxException("%s: input '%s' is given by %s"
                    .formatted(
                            label,
                            name(input),
                            later
                                    ? "a later node: the nodes are not in an order in which they can run"
                                    : "no input, constant or node"));
        }
        return slot;
    }

    private static String label(NodeProto node, int index) {
        return node.name().isEmpty()
                ? "node %d (%s)".formatted(index, name(node.operator()))
                : "node '%s' (%s)".formatted(name(node.name()), name(node.operator()));
    }

    private static String name(String text) {
        return Attributes.abbreviated(text);
    }

    /** Says for each step which values no later one needs, so that their memory can go. */
    private void markLastUses() {
        int[] last = new int[slots.size()];
        Arrays.fill(last, NONE);
        for (int i = 0; i < steps.size(); i++) {
            for (int[] used : List.of(steps.get(i).inputs, steps.get(i).outputs)) {
                for (int slot : used) {
                    if (slot != NONE) {
                        last[slot] = i;
                    }
                }
            }
        }
        outputs.forEach(output -> last[slots.get(output.name())] = NONE);
        var done = new ArrayList<List<Integer>>();
        steps.forEach(step -> done.add(new ArrayList<>()));
        for (int slot = 0; slot < last.length; slot++) {
            if (last[slot] != NONE && constants[slot] == null) {
                done.get(last[slot]).add(slot);
            }
        }
        for (int i = 0; i < done.size(); i++) {
            Step step = steps.get(i);
            int[] array = done.get(i).stream().mapToInt(Integer::intValue).toArray();
            steps.set(i, new Step(step.label, step.operator, step.inputs, step.outputs, array));
        }
    }

    /** What a caller must pass in. */
    public List<ValueInfoProto> inputs() {
        return inputs;
    }

    /** What a caller gets. */
    public List<ValueInfoProto> outputs() {
        return outputs;
    }

    /**
     * Runs the graph.
     *
     * @throws OnnxException if an input is missing, unknown or not what the model declares, if a node cannot work on what
     *     it is given, or if the run would take more than {@code limits} allow; the message names the node
     */
    public Map<String, Value> run(Map<String, Value> given, Kernels kernels, Limits limits) {
        Inputs.check(inputs, given);
        Value[] values = constants.clone();
        given.forEach((name, value) -> values[slots.get(name)] = value);
        var memory = new Memory(limits.bytes());
        for (Step step : steps) {
            labelled(step.label, () -> {
                run(step, values, new Call(kernels, memory, limits, pick(step, values)), memory);
                return null;
            });
        }
        var results = new LinkedHashMap<String, Value>();
        outputs.forEach(output -> results.put(output.name(), values[slots.get(output.name())]));
        return Collections.unmodifiableMap(results);
    }

    private static List<Value> pick(Step step, Value[] values) {
        return Arrays.stream(step.inputs)
                .mapToObj(slot -> slot == NONE ? null : values[slot])
                .toList();
    }

    private static void run(Step step, Value[] values, Call call, Memory memory) {
        List<Value> results = step.operator.run(call);
        memory.settle();
        for (int i = 0; i < step.outputs.length; i++) {
            if (step.outputs[i] == NONE) {
                continue;
            }
            if (i >= results.size()) {
                throw new UnsupportedOnnxException("output %d is not supported".formatted(i));
            }
            values[step.outputs[i]] = results.get(i);
            memory.hold(results.get(i));
        }
        for (int slot : step.done) {
            memory.release(values[slot]);
            values[slot] = null;
        }
    }

    /** Does something that may fail, and puts before the message where it was. */
    private static <T> T labelled(String label, Supplier<T> action) {
        try {
            return action.get();
        } catch (UnsupportedOnnxException e) {
            throw new UnsupportedOnnxException(label + ": " + e.getMessage());
        } catch (OnnxException | ShapeException e) {
            throw new OnnxException(label + ": " + e.getMessage(), e);
        }
    }
}
