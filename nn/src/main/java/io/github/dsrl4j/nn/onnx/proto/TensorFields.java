package io.github.dsrl4j.nn.onnx.proto;

import io.github.dsrl4j.nn.onnx.proto.ExternalData.Place;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The fields of a tensor while it is read: the elements may lie in one of six, and their type may stand behind them. */
final class TensorFields {
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int INT64_DATA = 7;
    private static final int DOUBLE_DATA = 10;
    private static final int UINT64_DATA = 11;

    private String name = "";
    private DataType type = DataType.UNDEFINED;
    private final List<Long> dims = new ArrayList<>();
    private final List<String> strings = new ArrayList<>();
    private MemorySegment raw;
    private int typedField;
    private long[] typed = {};
    private int count;
    private boolean external;
    private String location = "";
    private String offset = "0";
    private String length = "-1";

    private TensorFields() {}

    static TensorProto read(ProtoReader reader) {
        var fields = new TensorFields();
        while (reader.next()) {
            fields.readField(reader);
        }
        return fields.build(reader);
    }

    private void readField(ProtoReader reader) {
        switch (reader.field()) {
            case 1 -> reader.varints(dims::add);
            case 2 -> type = DataType.of(reader, reader.varint());
            case 3 -> throw reader.error("the tensor is one segment of several, which is not supported");
            case FLOAT_DATA -> reader.fixed32s(value -> add(reader, value));
            case INT32_DATA, INT64_DATA, UINT64_DATA -> reader.varints(value -> add(reader, value));
            case 6 -> strings.add(reader.string());
            case 8 -> name = reader.string();
            case 9 -> raw = reader.bytes();
            case DOUBLE_DATA -> reader.fixed64s(value -> add(reader, value));
            case 13 -> reader.message(this::readExternal);
            case 14 -> external = reader.varint() != 0;
            default -> reader.skip();
        }
    }

    private void add(ProtoReader reader, long value) {
        if (count > 0 && typedField != reader.field()) {
            throw reader.error("the elements of tensor '%s' lie in two fields, %d as well".formatted(name, typedField));
        }
        typedField = reader.field();
        if (count == typed.length) {
            typed = Arrays.copyOf(typed, Math.max(16, count + (count >> 1)));
        }
        typed[count++] = value;
    }

    private Void readExternal(ProtoReader entry) {
        external = true;
        String key = "";
        String value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> key = entry.string();
                case 2 -> value = entry.string();
                default -> entry.skip();
            }
        }
        switch (key) {
            case "location" -> location = value;
            case "offset" -> offset = value;
            case "length" -> length = value;
            default -> {
                // A checksum is for whoever moves the file.
            }
        }
        return null;
    }

    private TensorProto build(ProtoReader reader) {
        if (type == DataType.UNDEFINED) {
            throw reader.error("tensor '%s' has no element type".formatted(name));
        }
        if (raw != null && count > 0) {
            throw reader.error("the elements of tensor '%s' lie in two fields, raw_data as well".formatted(name));
        }
        MemorySegment data = external ? externalData(reader) : raw == null ? typedData(reader) : raw;
        try {
            return new TensorProto(name, type, dims, data, strings);
        } catch (OnnxException e) {
            // Says the file and the place, too.
            throw reader.error(e.getMessage());
        }
    }

    private MemorySegment externalData(ProtoReader reader) {
        try {
            long bytes = TensorProto.bytes(name, type, dims);
            return reader.external().read(new Place(location, number(offset), number(length)), bytes);
        } catch (OnnxException e) {
            throw reader.error("tensor '%s' keeps its elements in another file, '%s': %s"
                    .formatted(name, location, e.getMessage()));
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new OnnxException("its place there is '%s', which is no number".formatted(text), e);
        }
    }

    private MemorySegment typedData(ProtoReader reader) {
        if (count == 0) {
            return MemorySegment.NULL;
        }
        if (typedField != fieldFor(type)) {
            throw reader.error("the elements of tensor '%s' lie in field %d, which is not for type %s"
                    .formatted(name, typedField, type));
        }
        // The halves of a complex number are elements of their own; numbers of less than a byte come packed.
        int width = switch (type) {
            case COMPLEX64 -> Float.BYTES;
            case COMPLEX128 -> Double.BYTES;
            default -> Math.max(type.bits(), Byte.SIZE) / Byte.SIZE;
        };
        if ((long) count * width > Integer.MAX_VALUE) {
            throw reader.error("tensor '%s' has %d elements, too many".formatted(name, count));
        }
        ByteBuffer data = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (width) {
                case 1 -> data.put((byte) typed[i]);
                case 2 -> data.putShort((short) typed[i]);
                case 4 -> data.putInt((int) typed[i]);
                default -> data.putLong(typed[i]);
            }
        }
        return MemorySegment.ofBuffer(data.flip());
    }

    private static int fieldFor(DataType type) {
        return switch (type) {
            case FLOAT, COMPLEX64 -> FLOAT_DATA;
            case DOUBLE, COMPLEX128 -> DOUBLE_DATA;
            case INT64 -> INT64_DATA;
            case UINT32, UINT64 -> UINT64_DATA;
            default -> INT32_DATA;
        };
    }
}
