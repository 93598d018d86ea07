package io.github.dsrl4j.nn.onnx.proto;

import io.github.dsrl4j.nn.onnx.proto.Dimension.Fixed;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Symbolic;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Name and type of an input, an output, or a value within a graph.
 *
 * @param kind what the value is
 * @param elementType of a tensor, else UNDEFINED
 * @param shape of a tensor the rank of which is known
 */
public record ValueInfoProto(String name, Kind kind, DataType elementType, Optional<List<Dimension>> shape) {
    /** What a value can be. */
    public enum Kind {
        /** The file does not say. */
        UNKNOWN,
        TENSOR,
        SPARSE_TENSOR,
        SEQUENCE,
        MAP,
        OPTIONAL,
        OPAQUE
    }

    public ValueInfoProto {
        shape = shape.map(List::copyOf);
    }

    /** A tensor of known rank. */
    public static ValueInfoProto tensor(String name, DataType elementType, List<Dimension> shape) {
        return new ValueInfoProto(name, Kind.TENSOR, elementType, Optional.of(shape));
    }

    static ValueInfoProto read(ProtoReader reader) {
        String name = "";
        var type = new ValueInfoProto("", Kind.UNKNOWN, DataType.UNDEFINED, Optional.empty());
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> name = reader.string();
                case 2 -> type = reader.message(ValueInfoProto::readType);
                default -> reader.skip();
            }
        }
        return new ValueInfoProto(name, type.kind, type.elementType, type.shape);
    }

    private static ValueInfoProto readType(ProtoReader reader) {
        var kind = Kind.UNKNOWN;
        while (reader.next()) {
            if (reader.field() == 1) {
                return readRest(reader, reader.message(ValueInfoProto::readTensor));
            }
            kind = switch (reader.field()) {
                case 4 -> Kind.SEQUENCE;
                case 5 -> Kind.MAP;
                case 7 -> Kind.OPAQUE;
                case 8 -> Kind.SPARSE_TENSOR;
                case 9 -> Kind.OPTIONAL;
                default -> kind;
            };
            reader.skip();
        }
        return new ValueInfoProto("", kind, DataType.UNDEFINED, Optional.empty());
    }

    private static ValueInfoProto readRest(ProtoReader reader, ValueInfoProto type) {
        while (reader.next()) {
            reader.skip();
        }
        return type;
    }

    private static ValueInfoProto readTensor(ProtoReader reader) {
        var elementType = DataType.UNDEFINED;
        Optional<List<Dimension>> shape = Optional.empty();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> elementType = DataType.of(reader, reader.varint());
                case 2 -> shape = Optional.of(reader.message(ValueInfoProto::readShape));
                default -> reader.skip();
            }
        }
        return new ValueInfoProto("", Kind.TENSOR, elementType, shape);
    }

    private static List<Dimension> readShape(ProtoReader reader) {
        var shape = new ArrayList<Dimension>();
        while (reader.next()) {
            if (reader.field() == 1) {
                shape.add(reader.message(ValueInfoProto::readDimension));
            } else {
                reader.skip();
            }
        }
        return shape;
    }

    private static Dimension readDimension(ProtoReader reader) {
        Dimension dimension = new Unknown();
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> dimension = new Fixed(reader.varint());
                case 2 -> dimension = new Symbolic(reader.string());
                default -> reader.skip();
            }
        }
        return dimension;
    }

    void write(ProtoWriter writer) {
        writer.string(1, name);
        switch (kind) {
            case TENSOR -> writer.message(2, type -> type.message(1, this::writeTensor));
            case UNKNOWN -> {}
            default -> throw new OnnxException("value '%s' is a %s: only tensors can be written".formatted(name, kind));
        }
    }

    private void writeTensor(ProtoWriter tensor) {
        tensor.varint(1, elementType.number());
        shape.ifPresent(dimensions ->
                tensor.message(2, shape -> shape.messages(1, dimensions, ValueInfoProto::writeDimension)));
    }

    private static void writeDimension(Dimension dimension, ProtoWriter writer) {
        switch (dimension) {
            case Fixed(long size) -> writer.always(1, size);
            case Symbolic(String name) -> writer.element(2, name);
            case Unknown() -> {}
        }
    }

    /** Such as {@code input: FLOAT[N, 3, 224, ?]}. */
    @Override
    public String toString() {
        return kind == Kind.TENSOR
                ? "%s: %s%s"
                        .formatted(name, elementType, shape.map(List::toString).orElse("[...]"))
                : name + ": " + kind;
    }
}
