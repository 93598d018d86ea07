package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * A stretch of an array as kernels see it: it begins at an odd offset, and canaries stand before and after it, whose loss
 * betrays a kernel that writes where it must not.
 */
final class Slab {
    /** A NaN of its own kind, so that an element that was never written can be told from any computed NaN. */
    private static final int POISON = 0x7fc0dead;

    private static final int CANARY = 0x7fc0beef;
    private static final int MARGIN = 19;
    private static final int[] OFFSETS = {1, 3, 5, 7, 13, 17};

    private final float[] array;
    private final int offset;
    private final int length;

    private Slab(float[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    private static Slab empty(int length) {
        int offset = OFFSETS[length % OFFSETS.length];
        float[] array = new float[offset + length + MARGIN];
        Arrays.fill(array, Float.intBitsToFloat(CANARY));
        return new Slab(array, offset, length);
    }

    /** Elements from their index. */
    static Slab of(int length, IntToDoubleFunction element) {
        Slab slab = empty(length);
        for (int i = 0; i < length; i++) {
            slab.array[slab.offset + i] = (float) element.applyAsDouble(i);
        }
        return slab;
    }

    static Slab of(float... values) {
        return of(values.length, i -> values[i]);
    }

    /** Samples of the standard normal distribution. */
    static Slab normal(RandomGenerator random, int length) {
        return of(length, i -> random.nextGaussian());
    }

    /** Whole numbers from {@code low} to {@code high - 1}, so that many are equal. */
    static Slab integers(RandomGenerator random, int length, int low, int high) {
        return of(length, i -> random.nextInt(low, high));
    }

    /** An output whose every element has to be written. */
    static Slab poisoned(int length) {
        Slab slab = empty(length);
        Arrays.fill(slab.array, slab.offset, slab.offset + length, Float.intBitsToFloat(POISON));
        return slab;
    }

    Slab copy() {
        return new Slab(array.clone(), offset, length);
    }

    /** The same offset and length with the absolute values. */
    Slab absolute() {
        return of(length, i -> Math.abs(get(i)));
    }

    /** Where a slab begins; null for null. */
    static Place place(Slab slab) {
        return slab == null ? null : new Place(slab.array, slab.offset);
    }

    float[] array() {
        return array;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    float get(int i) {
        return array[offset + i];
    }

    void set(int i, float value) {
        array[offset + i] = value;
    }

    float[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    boolean isPoisoned(int i) {
        return Float.floatToRawIntBits(get(i)) == POISON;
    }

    void assertCanariesAlive(String what) {
        for (int i = 0; i < array.length; i++) {
            boolean outside = i < offset || i >= offset + length;
            if (outside && Float.floatToRawIntBits(array[i]) != CANARY) {
                fail(what + ": wrote " + array[i] + " at " + (i - offset) + ", outside its output of " + length
                        + " elements");
            }
        }
    }

    void assertSameBits(Slab expected, String what) {
        for (int i = 0; i < array.length; i++) {
            if (Float.floatToRawIntBits(array[i]) != Float.floatToRawIntBits(expected.array[i])) {
                fail("%s: element %d of %d is %s, not %s"
                        .formatted(what, i - offset, length, array[i], expected.array[i]));
            }
        }
    }
}
