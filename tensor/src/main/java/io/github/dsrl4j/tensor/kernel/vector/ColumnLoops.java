package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.GATHERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Arithmetic along a row: windows of {@code kernel} elements; window j begins at {@code begins[j]}. */
final class ColumnLoops {
    private ColumnLoops() {}

    /** {@code y[j] = sum of window j / (rowCount counts[j])}. */
    static void mean(
            int width, int kernel, int[] begins, float rowCount, float[] counts, float[] x, float[] y, int yFrom) {
        int bound = GATHERS ? SPECIES.loopBound(width) : 0;
        for (int j = 0; j < bound; j += LANES) {
            var sum = FloatVector.fromArray(SPECIES, x, 0, begins, j);
            for (int k = 1; k < kernel; k++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, k, begins, j));
            }
            sum.div(FloatVector.fromArray(SPECIES, counts, j).mul(rowCount)).intoArray(y, yFrom + j);
        }
        for (int j = bound; j < width; j++) {
            float sum = 0;
            for (int k = 0; k < kernel; k++) {
                sum += x[begins[j] + k];
            }
            y[yFrom + j] = sum / (counts[j] * rowCount);
        }
    }

    /** {@code y[j] = the largest of window j}; NaN wins. */
    static void max(int width, int kernel, int[] begins, float[] x, float[] y, int yFrom) {
        int bound = GATHERS ? SPECIES.loopBound(width) : 0;
        for (int j = 0; j < bound; j += LANES) {
            var largest = FloatVector.fromArray(SPECIES, x, 0, begins, j);
            for (int k = 1; k < kernel; k++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, k, begins, j));
            }
            largest.intoArray(y, yFrom + j);
        }
        for (int j = bound; j < width; j++) {
            float largest = x[begins[j]];
            for (int k = 1; k < kernel; k++) {
                largest = Math.max(largest, x[begins[j] + k]);
            }
            y[yFrom + j] = largest;
        }
    }
}
