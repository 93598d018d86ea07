package io.github.dsrl4j.bench;

import java.util.SplittableRandom;

/** Random inputs of a work, the same in every process. */
public final class Inputs {
    private final SplittableRandom random;

    private Inputs(long seed) {
        random = new SplittableRandom(seed);
    }

    static Inputs of(Work work) {
        return new Inputs(work.name().hashCode());
    }

    /** Values from -1 to 1. */
    float[] floats(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** Class ids. */
    float[] labels(int length, int classes) {
        float[] labels = new float[length];
        for (int i = 0; i < length; i++) {
            labels[i] = random.nextInt(classes);
        }
        return labels;
    }
}
