package io.github.dsrl4j.nn.onnx.proto;

import io.github.dsrl4j.nn.onnx.proto.AttributeValue.FloatValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Floats;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.GraphValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Graphs;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.IntValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Ints;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Other;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.StringValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Strings;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.TensorValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An option of a node. */
public record AttributeProto(String name, AttributeValue value) {
    public static AttributeProto of(String name, long value) {
        return new AttributeProto(name, new IntValue(value));
    }

    public static AttributeProto of(String name, float value) {
        return new AttributeProto(name, new FloatValue(value));
    }

    public static AttributeProto of(String name, String value) {
        return new AttributeProto(name, new StringValue(value));
    }

    public static AttributeProto of(String name, TensorProto value) {
        return new AttributeProto(name, new TensorValue(value));
    }

    /** A list of integers. */
    public static AttributeProto ints(String name, long... values) {
        return new AttributeProto(name, new Ints(Arrays.stream(values).boxed().toList()));
    }

    static AttributeProto read(ProtoReader reader) {
        return new Fields().read(reader);
    }

    void write(ProtoWriter writer) {
        writer.string(1, name);
        switch (value) {
            case FloatValue(float number) -> writer.float32(2, number);
            case IntValue(long number) -> writer.always(3, number);
            case StringValue(String text) -> writer.element(4, text);
            case TensorValue(TensorProto tensor) -> writer.message(5, tensor::write);
            case GraphValue(GraphProto graph) -> writer.message(6, graph::write);
            case Floats(var numbers) -> writer.floats(7, numbers);
            case Ints(var numbers) -> writer.varints(8, numbers);
            case Strings(var texts) -> texts.forEach(text -> writer.element(9, text));
            case Tensors(var tensors) -> writer.messages(10, tensors, TensorProto::write);
            case Graphs(var graphs) -> writer.messages(11, graphs, GraphProto::write);
            case Other(int type) ->
                throw new OnnxException("attribute '%s' of type %d cannot be written".formatted(name, type));
        }
        writer.varint(20, value.type());
    }

    /** The fields while they are read: the type says which of them counts, and may stand behind it. */
    private static final class Fields {
        private String name = "";
        private int type;
        private float number;
        private long integer;
        private String text = "";
        private TensorProto tensor;
        private GraphProto graph;
        private final List<Float> numbers = new ArrayList<>();
        private final List<Long> integers = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        private final List<TensorProto> tensors = new ArrayList<>();
        private final List<GraphProto> graphs = new ArrayList<>();
        private int lastType;

        AttributeProto read(ProtoReader reader) {
            while (reader.next()) {
                readField(reader);
            }
            // Files of the first versions do not tell the type.
            int known = type == 0 ? lastType : type;
            return new AttributeProto(name, value(reader, known));
        }

        private void readField(ProtoReader reader) {
            int field = reader.field();
            switch (field) {
                case 1 -> name = reader.string();
                case 2 -> number = reader.float32();
                case 3 -> integer = reader.varint();
                case 4 -> text = reader.string();
                case 5 -> tensor = reader.message(TensorProto::read);
                case 6 -> graph = reader.message(GraphProto::read);
                case 7 -> reader.fixed32s(bits -> numbers.add(Float.intBitsToFloat((int) bits)));
                case 8 -> reader.varints(integers::add);
                case 9 -> texts.add(reader.string());
                case 10 -> tensors.add(reader.message(TensorProto::read));
                case 11 -> graphs.add(reader.message(GraphProto::read));
                case 20 -> type = (int) reader.varint();
                case 21 ->
                    throw reader.error(
                            "attribute '%s' refers to one of a function, which is not supported".formatted(name));
                default -> reader.skip();
            }
            if (field >= 2 && field <= 11) {
                lastType = field - 1;
            }
        }

        private AttributeValue value(ProtoReader reader, int known) {
            return switch (known) {
                case 0 -> throw reader.error("attribute '%s' has neither type nor value".formatted(name));
                case 1 -> new FloatValue(number);
                case 2 -> new IntValue(integer);
                case 3 -> new StringValue(text);
                case 4 -> new TensorValue(present(reader, tensor));
                case 5 -> new GraphValue(present(reader, graph));
                case 6 -> new Floats(numbers);
                case 7 -> new Ints(integers);
                case 8 -> new Strings(texts);
                case 9 -> new Tensors(tensors);
                case 10 -> new Graphs(graphs);
                default -> new Other(known);
            };
        }

        private <T> T present(ProtoReader reader, T value) {
            if (value == null) {
                throw reader.error("attribute '%s' has no value".formatted(name));
            }
            return value;
        }
    }
}
