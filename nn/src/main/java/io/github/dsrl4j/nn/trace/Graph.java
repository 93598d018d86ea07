package io.github.dsrl4j.nn.trace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A forward pass as data, for fixed shapes.
 *
 * @param inputs what a caller passes in
 * @param nodes the operations in an order in which they can run: each after those whose results it reads. Every one of them
 *     contributes to an output
 * @param outputs what the model returned; mostly results, but a model may return an input or a constant
 */
public record Graph(List<Value.Input> inputs, List<Node> nodes, List<Value> outputs) {
    public Graph {
        inputs = List.copyOf(inputs);
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
    }

    /** The parameters and buffers that are read, by full name, in the order of first use. */
    public Map<String, Value.Constant> constants() {
        var constants = new LinkedHashMap<String, Value.Constant>();
        Stream.concat(
                        nodes.stream().flatMap(node -> Stream.concat(node.inputs().stream(), node.state().stream())),
                        outputs.stream())
                .filter(Value.Constant.class::isInstance)
                .map(Value.Constant.class::cast)
                .forEach(constant -> constants.putIfAbsent(constant.name(), constant));
        return constants;
    }

    /** The nodes that read each result; a node that reads a result twice is listed twice, a result that nobody reads is missing. */
    public Map<Value.Result, List<Node>> readers() {
        return nodes.stream()
                .flatMap(node -> node.inputs().stream()
                        .filter(Value.Result.class::isInstance)
                        .map(input -> Map.entry((Value.Result) input, node)))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    /** One line a node: {@code result:3 [1, 32, 8, 8] = prelu(result:2, act.weight)}. */
    public String toText() {
        return nodes.stream()
                        .map(node -> "%s %s = %s(%s)\n"
                                .formatted(
                                        node.output().name(),
                                        node.output().shape(),
                                        node.operation().name(),
                                        names(Stream.concat(node.inputs().stream(), node.state().stream()))))
                        .collect(Collectors.joining())
                + "returns " + names(outputs.stream()) + "\n";
    }

    private static String names(Stream<? extends Value> values) {
        return values.map(Value::name).collect(Collectors.joining(", "));
    }
}
