package io.github.dsrl4j.nn.onnx.proto;

import io.github.dsrl4j.nn.checkpoint.SmallFloats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor in a file, row-major. Whichever of its fields the file keeps the elements in, {@code data} holds them as {@code raw_data}
 * would: little-endian, types below a byte packed from the lowest bits up. Two tensors are equal only if {@code data} is the same memory.
 *
 * @param dims the extents; none for a scalar
 * @param data read-only; empty for strings
 * @param strings the elements of a tensor of type STRING, else none
 */
public record TensorProto(String name, DataType type, List<Long> dims, MemorySegment data, List<String> strings) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** @throws OnnxException if the elements are not as many as the extents ask for */
    public TensorProto {
        dims = List.copyOf(dims);
        strings = List.copyOf(strings);
        data = data.asReadOnly();
        long size = size(name, dims);
        boolean fits = type == DataType.STRING
                ? strings.size() == size
                : type.bits() > 0 && size <= Integer.MAX_VALUE && data.byteSize() == (size * type.bits() + 7) / 8;
        if (!fits) {
            throw new OnnxException("tensor '%s' of type %s and shape %s has %s"
                    .formatted(
                            name,
                            type,
                            dims,
                            type == DataType.STRING
                                    ? strings.size() + " strings"
                                    : data.byteSize() + " bytes of elements"));
        }
    }

    /** A tensor of type FLOAT; the array is copied. */
    public static TensorProto of(String name, List<Long> dims, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new TensorProto(name, DataType.FLOAT, dims, MemorySegment.ofBuffer(data), List.of());
    }

    /** A tensor of type INT64; the array is copied. */
    public static TensorProto of(String name, List<Long> dims, long... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        return new TensorProto(name, DataType.INT64, dims, MemorySegment.ofBuffer(data), List.of());
    }

    /**
     * Reads a file that holds one tensor, such as {@code input_0.pb} of a backend test case.
     *
     * @throws OnnxException if it cannot be read
     */
    public static TensorProto read(Path file) {
        return read(ModelProto.reader(file));
    }

    /** The number of elements. */
    public int size() {
        return (int) size(name, dims);
    }

    /** The same elements under another name. */
    public TensorProto named(String other) {
        return new TensorProto(other, type, dims, data, strings);
    }

    /**
     * The elements as float32; 64-bit numbers and integers beyond 2^24 are rounded to the nearest, BOOL is 0 or 1.
     *
     * @throws OnnxException if the type has no float32 form
     */
    public float[] toFloats() {
        var values = new float[size()];
        if (type == DataType.FLOAT) {
            MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case DOUBLE -> (float) data.get(DOUBLE, (long) i * Double.BYTES);
                case FLOAT16 -> SmallFloats.fromFloat16(data.get(SHORT, (long) i * Short.BYTES));
                case BFLOAT16 -> SmallFloats.fromBfloat16(data.get(SHORT, (long) i * Short.BYTES));
                case FLOAT8E4M3FN -> SmallFloats.fromFloat8E4M3(data.get(ValueLayout.JAVA_BYTE, i));
                case FLOAT8E5M2 -> SmallFloats.fromFloat8E5M2(data.get(ValueLayout.JAVA_BYTE, i));
                case FLOAT8E8M0 -> SmallFloats.fromFloat8E8M0(data.get(ValueLayout.JAVA_BYTE, i));
                case UINT64 -> unsignedToFloat(integer(i));
                default -> integer(i);
            };
        }
        return values;
    }

    /**
     * The elements of a type of whole numbers, BOOL as 0 or 1, UINT64 as its bits.
     *
     * @throws OnnxException if the type is another
     */
    public long[] toLongs() {
        var values = new long[size()];
        Arrays.setAll(values, this::integer);
        return values;
    }

    private long integer(int i) {
        return switch (type) {
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
            case UINT8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
            case INT8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case UINT16 -> data.get(SHORT, (long) i * Short.BYTES) & 0xFFFF;
            case INT16 -> data.get(SHORT, (long) i * Short.BYTES);
            case INT32 -> data.get(INT, (long) i * Integer.BYTES);
            case UINT32 -> data.get(INT, (long) i * Integer.BYTES) & 0xFFFFFFFFL;
            case INT64, UINT64 -> data.get(LONG, (long) i * Long.BYTES);
            case UINT4, UINT2 -> packed(i) >>> (Byte.SIZE - type.bits());
            case INT4, INT2 -> (byte) packed(i) >> (Byte.SIZE - type.bits());
            default ->
                throw new OnnxException("tensor '%s' is of type %s, which is not supported here".formatted(name, type));
        };
    }

    /** A number of less than a byte, moved to the upper end of one. */
    private int packed(int i) {
        long bit = (long) i * type.bits();
        int value = data.get(ValueLayout.JAVA_BYTE, bit / Byte.SIZE) & 0xFF;
        return value << (Byte.SIZE - type.bits() - (int) (bit % Byte.SIZE)) & 0xFF;
    }

    private static float unsignedToFloat(long value) {
        // Halved to fit a signed long; the bit that falls off is kept in the last place, so that rounding sees it.
        return value >= 0 ? value : 2f * ((value >>> 1) | (value & 1));
    }

    private static long size(String name, List<Long> dims) {
        long size = 1;
        for (long extent : dims) {
            if (extent < 0) {
                throw new OnnxException(
                        "tensor '%s' has the negative extent %d in its shape %s".formatted(name, extent, dims));
            }
            long high = Math.multiplyHigh(size, extent);
            size *= extent;
            if (high != 0 || size < 0) {
                throw new OnnxException("tensor '%s' of shape %s has too many elements".formatted(name, dims));
            }
        }
        return size;
    }

    /** How many bytes elements of a type and shape take. */
    static long bytes(String name, DataType type, List<Long> dims) {
        if (type.bits() == 0) {
            throw new OnnxException("elements of type %s cannot lie there".formatted(type));
        }
        long size = size(name, dims);
        if (size > Integer.MAX_VALUE) {
            throw new OnnxException("shape %s has too many elements".formatted(dims));
        }
        return (size * type.bits() + 7) / 8;
    }

    static TensorProto read(ProtoReader reader) {
        return TensorFields.read(reader);
    }

    void write(ProtoWriter writer) {
        writer.varints(1, dims);
        writer.varint(2, type.number());
        strings.forEach(value -> writer.element(6, value));
        writer.string(8, name);
        if (type != DataType.STRING) {
            writer.bytes(9, data);
        }
    }
}
