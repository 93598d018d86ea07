package io.github.dsrl4j.tensor.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, and the register tiles that follow from it. */
final class Lanes {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats in a vector. */
    static final int LANES = SPECIES.length();

    /**
     * Whether the machine has 32 vector registers. 512-bit vectors always come with 32, narrower ones are taken to come with
     * 16; a tile that needs more registers than there are spills an accumulator in its inner loop and runs at half speed.
     */
    static final boolean MANY_REGISTERS = LANES >= 16;

    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    /**
     * Whether a vector may be loaded from scattered places: x86 processors have an instruction for it from 256 bits on. Where there
     * is none, the Vector API's substitute is far slower than a plain loop.
     */
    static final boolean GATHERS = LANES >= 8;

    private Lanes() {}

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LANES);
    }

    /**
     * The sum of all lanes, halves first. {@code reduceLanes} leaves the order open, and indeed adds in another order when it is
     * interpreted than when it is compiled; the same bits in every run need an order of our own.
     */
    static float sum(FloatVector v) {
        for (int half = LANES / 2; half > 8; half /= 2) {
            v = v.add(v.rearrange(rotation(half)));
        }
        if (LANES >= 16) {
            v = v.add(v.rearrange(BY_8));
        }
        if (LANES >= 8) {
            v = v.add(v.rearrange(BY_4));
        }
        if (LANES >= 4) {
            v = v.add(v.rearrange(BY_2));
        }
        return v.add(v.rearrange(BY_1)).lane(0);
    }

    /** The lanes {@code from} to {@code to - 1}. */
    static VectorMask<Float> mask(int from, int to) {
        return VectorMask.fromLong(SPECIES, (1L << to) - (1L << from));
    }
}
