package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Arithmetic down the columns of a few rows of an image: what pooling and resampling do along the height. */
final class RowLoops {
    private static final int FOUR = 4 * LANES;

    private RowLoops() {}

    /** {@code out[j] = sum of the rows}; no rows give 0. */
    static void sum(int rows, int width, float[] x, int xFrom, int xStride, float[] out, int outFrom) {
        int j = 0;
        for (; j <= width - FOUR; j += FOUR) {
            sumFour(rows, x, xFrom + j, xStride, out, outFrom + j);
        }
        for (; j < width; j += LANES) {
            var inside = SPECIES.indexInRange(j, width);
            var sum = FloatVector.zero(SPECIES);
            for (int i = 0; i < rows; i++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, xFrom + i * xStride + j, inside));
            }
            sum.intoArray(out, outFrom + j, inside);
        }
    }

    private static void sumFour(int rows, float[] x, int xFrom, int xStride, float[] out, int outFrom) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        for (int i = 0; i < rows; i++) {
            int at = xFrom + i * xStride;
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, at));
            s1 = s1.add(FloatVector.fromArray(SPECIES, x, at + LANES));
            s2 = s2.add(FloatVector.fromArray(SPECIES, x, at + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(SPECIES, x, at + 3 * LANES));
        }
        s0.intoArray(out, outFrom);
        s1.intoArray(out, outFrom + LANES);
        s2.intoArray(out, outFrom + 2 * LANES);
        s3.intoArray(out, outFrom + 3 * LANES);
    }

    /** {@code out[j] = sum of weight[i] row[i]}; no rows give 0. */
    static void weightedSum(
            int rows,
            int width,
            float[] weights,
            int weightsFrom,
            float[] x,
            int xFrom,
            int xStride,
            float[] out,
            int outFrom) {
        int j = 0;
        for (; j <= width - FOUR; j += FOUR) {
            weightedSumFour(rows, weights, weightsFrom, x, xFrom + j, xStride, out, outFrom + j);
        }
        for (; j < width; j += LANES) {
            var inside = SPECIES.indexInRange(j, width);
            var sum = FloatVector.zero(SPECIES);
            for (int i = 0; i < rows; i++) {
                var weight = FloatVector.broadcast(SPECIES, weights[weightsFrom + i]);
                sum = FloatVector.fromArray(SPECIES, x, xFrom + i * xStride + j, inside)
                        .fma(weight, sum);
            }
            sum.intoArray(out, outFrom + j, inside);
        }
    }

    private static void weightedSumFour(
            int rows, float[] weights, int weightsFrom, float[] x, int xFrom, int xStride, float[] out, int outFrom) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        for (int i = 0; i < rows; i++) {
            var weight = FloatVector.broadcast(SPECIES, weights[weightsFrom + i]);
            int at = xFrom + i * xStride;
            s0 = FloatVector.fromArray(SPECIES, x, at).fma(weight, s0);
            s1 = FloatVector.fromArray(SPECIES, x, at + LANES).fma(weight, s1);
            s2 = FloatVector.fromArray(SPECIES, x, at + 2 * LANES).fma(weight, s2);
            s3 = FloatVector.fromArray(SPECIES, x, at + 3 * LANES).fma(weight, s3);
        }
        s0.intoArray(out, outFrom);
        s1.intoArray(out, outFrom + LANES);
        s2.intoArray(out, outFrom + 2 * LANES);
        s3.intoArray(out, outFrom + 3 * LANES);
    }

    /** {@code out[j] = the largest of the rows}; no rows give minus infinity; NaN wins. */
    static void max(int rows, int width, float[] x, int xFrom, int xStride, float[] out, int outFrom) {
        for (int j = 0; j < width; j += LANES) {
            var inside = SPECIES.indexInRange(j, width);
            var largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
            for (int i = 0; i < rows; i++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, xFrom + i * xStride + j, inside));
            }
            largest.intoArray(out, outFrom + j, inside);
        }
    }

    /** {@code out = (1 - fraction) a + fraction b}. */
    static void mix(int width, float fraction, float[] a, int aFrom, float[] b, int bFrom, float[] out, int outFrom) {
        var second = FloatVector.broadcast(SPECIES, fraction);
        var first = FloatVector.broadcast(SPECIES, 1 - fraction);
        int j = 0;
        for (; j <= width - LANES; j += LANES) {
            FloatVector.fromArray(SPECIES, b, bFrom + j)
                    .fma(second, FloatVector.fromArray(SPECIES, a, aFrom + j).mul(first))
                    .intoArray(out, outFrom + j);
        }
        if (j < width) {
            var tail = SPECIES.indexInRange(j, width);
            FloatVector.fromArray(SPECIES, b, bFrom + j, tail)
                    .fma(
                            second,
                            FloatVector.fromArray(SPECIES, a, aFrom + j, tail).mul(first))
                    .intoArray(out, outFrom + j, tail);
        }
    }
}
