package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Rows of images on their way to the lines of a {@link DepthwisePlan} and back. */
final class DepthwiseRows {
    private DepthwiseRows() {}

    static void fill(float value, float[] y, int from, int n) {
        var v = FloatVector.broadcast(SPECIES, value);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            v.intoArray(y, from + i);
        }
        for (; i < n; i++) {
            y[from + i] = value;
        }
    }

    static void copy(int n, float[] x, int from, float[] y, int to) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, from + i).intoArray(y, to + i);
        }
        if (i < n) {
            var rest = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, from + i, rest).intoArray(y, to + i, rest);
        }
    }

    /** The sum of n elements of x and of z. */
    static void add(int n, float[] x, int from, float[] z, int zFrom, float[] y, int to) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, from + i)
                    .add(FloatVector.fromArray(SPECIES, z, zFrom + i))
                    .intoArray(y, to + i);
        }
        if (i < n) {
            var rest = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, from + i, rest)
                    .add(FloatVector.fromArray(SPECIES, z, zFrom + i, rest))
                    .intoArray(y, to + i, rest);
        }
    }
}
