package io.github.dsrl4j.nn.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call of an operator.
 *
 * @param name for messages; may be empty
 * @param operator such as {@code Conv}; the field {@code op_type}
 * @param domain of the operator; empty for ONNX's own
 * @param inputs names of values; an empty one stands for an optional input that is not given
 * @param outputs names of values; an empty one stands for an output that nobody wants
 */
public record NodeProto(
        String name,
        String operator,
        String domain,
        List<String> inputs,
        List<String> outputs,
        List<AttributeProto> attributes) {
    public NodeProto {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
    }

    /** The value of the attribute of a name. */
    public Optional<AttributeValue> attribute(String attribute) {
        return attributes.stream()
                .filter(candidate -> candidate.name().equals(attribute))
                .map(AttributeProto::value)
                .findFirst();
    }

    static NodeProto read(ProtoReader reader) {
        String name = "";
        String operator = "";
        String domain = "";
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        var attributes = new ArrayList<AttributeProto>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> inputs.add(reader.string());
                case 2 -> outputs.add(reader.string());
                case 3 -> name = reader.string();
                case 4 -> operator = reader.string();
                case 5 -> attributes.add(reader.message(AttributeProto::read));
                case 7 -> domain = reader.string();
                default -> reader.skip();
            }
        }
        return new NodeProto(name, operator, domain, inputs, outputs, attributes);
    }

    void write(ProtoWriter writer) {
        inputs.forEach(input -> writer.element(1, input));
        outputs.forEach(output -> writer.element(2, output));
        writer.string(3, name);
        writer.string(4, operator);
        writer.messages(5, attributes, AttributeProto::write);
        writer.string(7, domain);
    }
}
