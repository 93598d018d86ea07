package io.github.dsrl4j.nn.checkpoint;

/** Conversions between float32 and the floating-point formats of 16 and 8 bits that checkpoints use. */
public final class SmallFloats {
    private SmallFloats() {}

    /** IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) as float32; exact. */
    public static float fromFloat16(short bits) {
        return Float.float16ToFloat(bits);
    }

    /** The nearest binary16, ties to even; beyond 65504 (and half a step) infinity. */
    public static short toFloat16(float value) {
        return Float.floatToFloat16(value);
    }

    /** bfloat16 (the upper half of a float32: 1 sign, 8 exponent, 7 fraction bits) as float32; exact. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could carry the fraction of a NaN over into infinity: keep its upper half and make it quiet.
            return (short) ((bits >>> 16) | 0x40);
        }
        int roundingBias = 0x7FFF + ((bits >>> 16) & 1);
        return (short) ((bits + roundingBias) >>> 16);
    }

    /**
     * Float8 E4M3 in the finite variant (bias 7, no infinities, NaN where all other bits are set) as float32; exact.
     */
    public static float fromFloat8E4M3(byte bits) {
        int magnitude = bits & 0x7F;
        if (magnitude == 0x7F) {
            return Float.NaN;
        }
        int exponent = magnitude >> 3;
        int fraction = magnitude & 7;
        float value =
                exponent == 0 ? Math.scalb((float) fraction, -9) : Math.scalb((float) (8 + fraction), exponent - 10);
        return bits < 0 ? -value : value;
    }

    /** Float8 E5M2 (the upper half of a binary16) as float32; exact. */
    public static float fromFloat8E5M2(byte bits) {
        return Float.float16ToFloat((short) (bits << 8));
    }

    /** Float8 E8M0, a scale 2^(bits - 127) without sign or fraction, NaN where all bits are set, as float32; exact. */
    public static float fromFloat8E8M0(byte bits) {
        int exponent = bits & 0xFF;
        return exponent == 0xFF ? Float.NaN : Math.scalb(1f, exponent - 127);
    }
}
