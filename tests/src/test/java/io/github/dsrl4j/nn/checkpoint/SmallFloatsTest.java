package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallFloatsTest {
    @Test
    void everyFloat16AndBfloat16ComesBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float half = SmallFloats.fromFloat16((short) bits);
            float brain = SmallFloats.fromBfloat16((short) bits);
            if (Float.isNaN(half)) {
                assertTrue(Float.isNaN(SmallFloats.fromFloat16(SmallFloats.toFloat16(half))));
            } else {
                assertEquals((short) bits, SmallFloats.toFloat16(half));
            }
            if (Float.isNaN(brain)) {
                assertTrue(Float.isNaN(SmallFloats.fromBfloat16(SmallFloats.toBfloat16(brain))));
            } else {
                assertEquals((short) bits, SmallFloats.toBfloat16(brain));
            }
        }
    }

    /** Halfway cases go to the even neighbour; bfloat16 has steps of 2^-7 above 1. */
    @ParameterizedTest
    @CsvSource({
        "0x1.00p0, 3f80",
        "0x1.01p0, 3f80",
        "0x1.010002p0, 3f81",
        "0x1.02p0, 3f81",
        "0x1.03p0, 3f82",
        "-0x1.03p0, bf82",
        "0x1.fffffep127, 7f80",
        "NaN, 7fc0",
        "Infinity, 7f80",
        "-0.0, 8000"
    })
    void roundsToTheNearestBfloat16(String value, String hex) {
        assertEquals(hex, "%04x".formatted(SmallFloats.toBfloat16(Float.parseFloat(value))));
    }

    @Test
    void aNaNWhoseFractionLiesInTheLowerHalfStaysNaN() {
        float nan = Float.intBitsToFloat(0x7f800001);
        assertTrue(Float.isNaN(SmallFloats.fromBfloat16(SmallFloats.toBfloat16(nan))));
    }

    /**
     * E4M3 is 1.fraction times 2^(exponent - 7), and below the smallest exponent fraction times 2^-9 (OCP 8-bit floats,
     * 2023).
     */
    @Test
    void float8E4M3FollowsItsFormula() {
        for (int bits = 0; bits < 127; bits++) {
            int exponent = bits >> 3;
            double fraction = (bits & 7) / 8.0;
            double expected = exponent == 0 ? fraction * Math.pow(2, -6) : (1 + fraction) * Math.pow(2, exponent - 7);
            assertEquals((float) expected, SmallFloats.fromFloat8E4M3((byte) bits));
            assertEquals((float) -expected, SmallFloats.fromFloat8E4M3((byte) (bits | 0x80)));
        }
        assertTrue(Float.isNaN(SmallFloats.fromFloat8E4M3((byte) 0x7f)));
        assertTrue(Float.isNaN(SmallFloats.fromFloat8E4M3((byte) 0xff)));
    }
}
