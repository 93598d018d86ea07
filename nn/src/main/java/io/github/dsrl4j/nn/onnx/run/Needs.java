package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.GraphProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import java.util.HashSet;
import java.util.Set;

/**
 * What a graph's outputs depend on. The rest need not be run, and may be of kinds that are not supported: names of classes as a constant of
 * strings, a branch that served training.
 */
record Needs(Set<String> values) {
    static Needs of(GraphProto graph) {
        var values = new HashSet<String>();
        graph.outputs().stream().map(ValueInfoProto::name).forEach(values::add);
        for (NodeProto node : graph.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(values::contains)) {
                values.addAll(node.inputs());
            }
        }
        return new Needs(values);
    }

    boolean has(String value) {
        return values.contains(value);
    }

    boolean has(NodeProto node) {
        return node.outputs().stream().anyMatch(output -> !output.isEmpty() && values.contains(output));
    }
}
