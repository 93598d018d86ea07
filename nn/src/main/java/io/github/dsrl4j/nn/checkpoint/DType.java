package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The element types of the checkpoint formats, little-endian as they lie in a file, named as safetensors names them.
 */
public enum DType {
    BOOL(8),
    U8(8),
    I8(8),
    I16(16),
    U16(16),
    I32(32),
    U32(32),
    I64(64),
    U64(64),
    /** Four bits an element; raw access only. */
    F4(4),
    /** Six bits an element; raw access only. */
    F6_E2M3(6),
    /** Six bits an element; raw access only. */
    F6_E3M2(6),
    F8_E4M3(8),
    F8_E5M2(8),
    F8_E8M0(8),
    F16(16),
    BF16(16),
    F32(32),
    F64(64),
    /** A complex number of two float32; raw access only. */
    C64(64);

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /** The size of one element in bits. */
    public int bits() {
        return bits;
    }

    /** Whether the elements are real numbers of at least a byte each, so that they can be read as float32. */
    public boolean isConvertible() {
        return switch (this) {
            case F4, F6_E2M3, F6_E3M2, C64 -> false;
            default -> true;
        };
    }

    /** Whether the elements are real floating-point numbers of at least a byte each. */
    public boolean isFloatingPoint() {
        return switch (this) {
            case F8_E4M3, F8_E5M2, F8_E8M0, F16, BF16, F32, F64 -> true;
            default -> false;
        };
    }

    /**
     * The element at a byte offset as a double, exactly; of a {@linkplain #isFloatingPoint() floating-point type} only.
     */
    double toDouble(MemorySegment source, long offset) {
        return this == F64 ? source.get(DOUBLE, offset) : toFloat(source, offset);
    }

    /**
     * The element at a byte offset as float32. F64 and the integers of 32 bits and more are rounded to the nearest
     * float32; any BOOL byte but 0 is 1.
     *
     * @throws UnsupportedOperationException if the type is not {@linkplain #isConvertible() convertible}
     */
    float toFloat(MemorySegment source, long offset) {
        return switch (this) {
            case BOOL -> source.get(ValueLayout.JAVA_BYTE, offset) == 0 ? 0 : 1;
            case U8 -> source.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
            case I8 -> source.get(ValueLayout.JAVA_BYTE, offset);
            case I16 -> source.get(SHORT, offset);
            case U16 -> source.get(SHORT, offset) & 0xFFFF;
            case I32 -> source.get(INT, offset);
            case U32 -> source.get(INT, offset) & 0xFFFFFFFFL;
            case I64 -> source.get(LONG, offset);
            case U64 -> unsignedToFloat(source.get(LONG, offset));
            case F8_E4M3 -> SmallFloats.fromFloat8E4M3(source.get(ValueLayout.JAVA_BYTE, offset));
            case F8_E5M2 -> SmallFloats.fromFloat8E5M2(source.get(ValueLayout.JAVA_BYTE, offset));
            case F8_E8M0 -> SmallFloats.fromFloat8E8M0(source.get(ValueLayout.JAVA_BYTE, offset));
            case F16 -> SmallFloats.fromFloat16(source.get(SHORT, offset));
            case BF16 -> SmallFloats.fromBfloat16(source.get(SHORT, offset));
            case F32 -> source.get(FLOAT, offset);
            case F64 -> (float) source.get(DOUBLE, offset);
            case F4, F6_E2M3, F6_E3M2, C64 -> throw new UnsupportedOperationException(this + " has no float32 form");
        };
    }

    /** Converts {@code count} neighbouring elements, the first of which lies at byte {@code offset}, to float32. */
    void toFloats(MemorySegment source, long offset, float[] target, int targetOffset, int count) {
        if (this == F32) {
            MemorySegment.copy(source, FLOAT, offset, target, targetOffset, count);
            return;
        }
        int bytes = bits / 8;
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = toFloat(source, offset + (long) i * bytes);
        }
    }

    private static float unsignedToFloat(long value) {
        if (value >= 0) {
            return value;
        }
        // Halved to fit a signed long; the bit that falls off is kept in the last place, so that rounding sees it.
        return 2f * ((value >>> 1) | (value & 1));
    }
}
