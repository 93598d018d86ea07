package io.github.dsrl4j.nn.onnx.proto;

import java.util.ArrayList;
import java.util.List;

/**
 * Nodes in an order in which they can run, and what they read and give.
 *
 * @param inputs what a caller passes in; up to IR version 3 also the initializers
 * @param outputs what a caller gets
 * @param values types of values in between, as far as the file tells; the field {@code value_info}
 * @param initializers the constants by their names
 */
public record GraphProto(
        String name,
        List<NodeProto> nodes,
        List<TensorProto> initializers,
        List<ValueInfoProto> inputs,
        List<ValueInfoProto> outputs,
        List<ValueInfoProto> values) {
    public GraphProto {
        nodes = List.copyOf(nodes);
        initializers = List.copyOf(initializers);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        values = List.copyOf(values);
    }

    static GraphProto read(ProtoReader reader) {
        String name = "";
        var nodes = new ArrayList<NodeProto>();
        var initializers = new ArrayList<TensorProto>();
        var inputs = new ArrayList<ValueInfoProto>();
        var outputs = new ArrayList<ValueInfoProto>();
        var values = new ArrayList<ValueInfoProto>();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> nodes.add(reader.message(NodeProto::read));
                case 2 -> name = reader.string();
                case 5 -> initializers.add(reader.message(TensorProto::read));
                case 11 -> inputs.add(reader.message(ValueInfoProto::read));
                case 12 -> outputs.add(reader.message(ValueInfoProto::read));
                case 13 -> values.add(reader.message(ValueInfoProto::read));
                case 15 ->
                    throw reader.error("graph '%s' has a sparse initializer, which is not supported".formatted(name));
                default -> reader.skip();
            }
        }
        return new GraphProto(name, nodes, initializers, inputs, outputs, values);
    }

    void write(ProtoWriter writer) {
        writer.messages(1, nodes, NodeProto::write);
        writer.string(2, name);
        writer.messages(5, initializers, TensorProto::write);
        writer.messages(11, inputs, ValueInfoProto::write);
        writer.messages(12, outputs, ValueInfoProto::write);
        writer.messages(13, values, ValueInfoProto::write);
    }
}
