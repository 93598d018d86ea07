package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.GraphProto;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The inputs of a graph.
 *
 * @param required what a caller must pass in
 * @param optional what has a constant as default; up to version 3 of the format, these are all constants
 * @param passedOver names of inputs of kinds that are not supported, on which no output depends
 * @param constants the names of all constants
 */
record Signature(
        List<ValueInfoProto> required, List<ValueInfoProto> optional, Set<String> passedOver, Set<String> constants) {
    static Signature of(GraphProto graph, Needs needs) {
        Set<String> constants =
                graph.initializers().stream().map(TensorProto::name).collect(Collectors.toSet());
        var required = new ArrayList<ValueInfoProto>();
        var optional = new ArrayList<ValueInfoProto>();
        var passedOver = new HashSet<String>();
        for (ValueInfoProto input : graph.inputs()) {
            String problem = problem(input);
            if (problem != null && needs.has(input.name())) {
                throw new UnsupportedOnnxException("input '%s' is %s, which is not supported"
                        .formatted(Attributes.abbreviated(input.name()), problem));
            }
            if (problem != null) {
                passedOver.add(input.name());
            } else if (constants.contains(input.name())) {
                optional.add(input);
            } else {
                required.add(input);
            }
        }
        return new Signature(List.copyOf(required), List.copyOf(optional), Set.copyOf(passedOver), constants);
    }

    private static String problem(ValueInfoProto input) {
        if (input.kind() != Kind.TENSOR && input.kind() != Kind.UNKNOWN) {
            return "a " + input.kind();
        }
        DataType type = input.elementType();
        return type == DataType.UNDEFINED || Value.isSupported(type) ? null : "of type " + type;
    }

    /** Whether a constant has the name, too. */
    boolean hasDefault(String name) {
        return constants.contains(name);
    }
}
