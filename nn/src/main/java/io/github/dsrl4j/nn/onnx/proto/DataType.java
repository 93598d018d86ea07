package io.github.dsrl4j.nn.onnx.proto;

/** The element types of tensors, in the order of their numbers in {@code TensorProto.DataType}. */
public enum DataType {
    UNDEFINED(0),
    FLOAT(32),
    UINT8(8),
    INT8(8),
    UINT16(16),
    INT16(16),
    INT32(32),
    INT64(64),
    STRING(0),
    BOOL(8),
    FLOAT16(16),
    DOUBLE(64),
    UINT32(32),
    UINT64(64),
    COMPLEX64(64),
    COMPLEX128(128),
    BFLOAT16(16),
    FLOAT8E4M3FN(8),
    FLOAT8E4M3FNUZ(8),
    FLOAT8E5M2(8),
    FLOAT8E5M2FNUZ(8),
    UINT4(4),
    INT4(4),
    FLOAT4E2M1(4),
    FLOAT8E8M0(8),
    UINT2(2),
    INT2(2);

    private final int bits;

    DataType(int bits) {
        this.bits = bits;
    }

    /** The size of an element in bits; 0 where elements have no fixed size. */
    public int bits() {
        return bits;
    }

    /** The number in the file. */
    @SuppressWarnings("EnumOrdinal") // the constants stand in the order of the format's numbers
    public int number() {
        return ordinal();
    }

    /** Whether the elements are whole numbers; BOOL is one, with 0 and 1. */
    public boolean isInteger() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, INT32, INT64, BOOL, UINT32, UINT64, UINT4, INT4, UINT2, INT2 -> true;
            default -> false;
        };
    }

    /** Whether the elements are real numbers that are not whole. */
    public boolean isFloatingPoint() {
        return switch (this) {
            case FLOAT,
                    FLOAT16,
                    DOUBLE,
                    BFLOAT16,
                    FLOAT8E4M3FN,
                    FLOAT8E4M3FNUZ,
                    FLOAT8E5M2,
                    FLOAT8E5M2FNUZ,
                    FLOAT4E2M1,
                    FLOAT8E8M0 -> true;
            default -> false;
        };
    }

    /** @throws OnnxException if no type has the number */
    static DataType of(ProtoReader reader, long number) {
        if (number < 0 || number >= values().length) {
            throw reader.error("there is no element type " + number);
        }
        return values()[(int) number];
    }
}
