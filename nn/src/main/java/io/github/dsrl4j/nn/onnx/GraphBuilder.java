package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.GraphProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph in the making: gives values names that nothing else has, and keeps one copy of each constant. */
final class GraphBuilder {
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();
    private final Map<Object, String> constants = new HashMap<>();
    private final Map<String, Integer> used = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private String scope = "";

    /** @throws OnnxException if the name is taken */
    void reserve(String name) {
        if (!taken.add(name)) {
            throw new OnnxException(
                    "onnx: two values have the name '%s'; choose another for the input or output".formatted(name));
        }
    }

    /** Nodes that are added from now on belong to this layer. */
    void enter(String layer) {
        scope = layer;
    }

    /** Adds a node with one output, and returns the output's name. */
    String add(String operator, List<String> inputs, AttributeProto... attributes) {
        String name = unique(scope + "/" + operator);
        return addNamed(name, name, operator, inputs, attributes);
    }

    /** Adds a node the output of which has a given, reserved name. */
    String addNamed(String name, String output, String operator, List<String> inputs, AttributeProto... attributes) {
        nodes.add(new NodeProto(name, operator, "", inputs, List.of(output), List.of(attributes)));
        return output;
    }

    /** The name of a whole number as a tensor {@code []}. */
    String integer(long value) {
        return constants.computeIfAbsent(
                value, _ -> initializer(TensorProto.of(unique("/constant"), List.of(), new long[] {value})));
    }

    /** The name of whole numbers as a tensor {@code [n]}. */
    String integers(long... values) {
        return constants.computeIfAbsent(
                Arrays.stream(values).boxed().toList(),
                _ -> initializer(TensorProto.of(unique("/constant"), List.of((long) values.length), values)));
    }

    /** The name of a number as a tensor {@code []}. */
    String number(float value) {
        return constants.computeIfAbsent(
                value, _ -> initializer(TensorProto.of(unique("/constant"), List.of(), new float[] {value})));
    }

    /** The name of a constant that {@code key} stands for. */
    String numbers(Object key, List<Long> dims, float... values) {
        return constants.computeIfAbsent(key, _ -> initializer(TensorProto.of(unique("/constant"), dims, values)));
    }

    /** Adds a tensor of the model under its own, reserved name; under another one, if the name has been given to another shape. */
    String parameter(String name, List<Long> dims, float... values) {
        TensorProto present = initializers.get(name);
        if (present == null) {
            return initializer(TensorProto.of(name, dims, values));
        }
        return present.dims().equals(dims) ? name : numbers(List.of(name, dims), dims, values);
    }

    private String initializer(TensorProto tensor) {
        initializers.put(tensor.name(), tensor);
        return tensor.name();
    }

    private String unique(String wish) {
        while (true) {
            int count = used.merge(wish, 1, Integer::sum);
            String name = count == 1 ? wish : wish + "_" + (count - 1);
            if (taken.add(name)) {
                return name;
            }
        }
    }

    GraphProto build(String name, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
        return new GraphProto(name, nodes, List.copyOf(initializers.values()), inputs, outputs, List.of());
    }
}
