package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Reduction;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Reductions. Where the terms of a result lie side by side ({@code inner == 1}) a row is summed in chunks of a fixed size, which
 * threads share, and the chunks are added in order. Else neighbouring results are the lanes of a vector.
 */
final class VectorReduction implements Reduction {
    private static final int CHUNK = 1 << 14;

    /** Rows that are added in float before they go to double. */
    private static final int FLOAT_ROWS = 32;

    private final Parallel parallel;
    private final ThreadBuffer lanes = new ThreadBuffer();
    private final ThreadBuffer chunkSums = new ThreadBuffer();

    VectorReduction(Parallel parallel) {
        this.parallel = parallel;
    }

    /** The sum of a chunk of consecutive elements. */
    @FunctionalInterface
    private interface ChunkSum {
        double of(int from, int n, float[] lanes);
    }

    /** What becomes of the columns {@code column} to {@code column + count - 1} of the matrix that begins at {@code first}. */
    @FunctionalInterface
    private interface Columns {
        void run(int first, int column, int count, int result);
    }

    @Override
    public void sum(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        if (inner == 1) {
            rowSums(outer, length, (from, n, buffer) -> Sums.sum(x, xOffset + from, n, buffer), y, yOffset);
            return;
        }
        columns(outer, length, inner, (first, column, count, result) -> {
            double[] sums = lanes.doubles(count);
            Arrays.fill(sums, 0, count, 0);
            float[] buffer = lanes.floats(count);
            for (int row = 0; row < length; row += FLOAT_ROWS) {
                int rows = Math.min(FLOAT_ROWS, length - row);
                sumColumns(rows, inner, x, xOffset + first + row * inner + column, count, buffer);
                for (int i = 0; i < count; i++) {
                    sums[i] += buffer[i];
                }
            }
            for (int i = 0; i < count; i++) {
                y[yOffset + result + i] = (float) sums[i];
            }
        });
    }

    @Override
    public void rowProducts(
            int rows, int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        rowSums(
                rows,
                length,
                (from, count, buffer) -> Sums.products(a, aOffset + from, b, bOffset + from, count, buffer),
                y,
                yOffset);
    }

    @Override
    public void squaredDifference(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        rowSums(
                1,
                n,
                (from, count, buffer) -> Sums.squaredDifference(a, aOffset + from, b, bOffset + from, count, buffer),
                y,
                yOffset);
    }

    @Override
    public void squaredNorm(int n, float[] x, int xOffset, float[] y, int yOffset) {
        rowSums(1, n, (from, count, buffer) -> Sums.squares(x, xOffset + from, count, 0, buffer), y, yOffset);
    }

    private void rowSums(int rows, int length, ChunkSum chunkSum, float[] y, int yOffset) {
        int chunks = Math.max(1, Math.ceilDiv(length, CHUNK));
        double[] sums = chunkSums.doubles(rows * chunks);
        Pieces.run(parallel, rows * chunks, Math.min(length, CHUNK), (from, to) -> {
            float[] buffer = lanes.floats(LANES);
            for (int item = from; item < to; item++) {
                int start = item % chunks * CHUNK;
                int n = Math.min(CHUNK, length - start);
                sums[item] = chunkSum.of(item / chunks * length + start, n, buffer);
            }
        });
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                sum += sums[row * chunks + chunk];
            }
            y[yOffset + row] = (float) sum;
        }
    }

    private static void sumColumns(int rows, int inner, float[] x, int from, int count, float[] out) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var sum = FloatVector.zero(SPECIES);
            for (int row = 0; row < rows; row++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, from + row * inner + i, inside));
            }
            sum.intoArray(out, i, inside);
        }
    }

    @Override
    public void max(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        if (inner == 1) {
            Pieces.run(parallel, outer, length, (from, to) -> {
                float[] buffer = lanes.floats(LANES);
                for (int row = from; row < to; row++) {
                    y[yOffset + row] = largest(length, x, xOffset + row * length, buffer);
                }
            });
            return;
        }
        columns(
                outer,
                length,
                inner,
                (first, column, count, result) ->
                        maxColumns(length, inner, x, xOffset + first + column, count, y, yOffset + result));
    }

    private static float largest(int n, float[] x, int from, float[] lanes) {
        int bound = SPECIES.loopBound(n);
        var largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < bound; i += LANES) {
            largest = largest.max(FloatVector.fromArray(SPECIES, x, from + i));
        }
        largest.intoArray(lanes, 0);
        float max = Float.NEGATIVE_INFINITY;
        for (int lane = 0; lane < LANES; lane++) {
            max = Math.max(max, lanes[lane]);
        }
        for (int i = bound; i < n; i++) {
            max = Math.max(max, x[from + i]);
        }
        return max;
    }

    private static void maxColumns(int length, int inner, float[] x, int from, int count, float[] y, int yFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
            for (int row = 0; row < length; row++) {
                largest = largest.max(FloatVector.fromArray(SPECIES, x, from + row * inner + i, inside));
            }
            largest.intoArray(y, yFrom + i, inside);
        }
    }

    @Override
    public void argMax(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        if (inner == 1) {
            Pieces.run(parallel, outer, length, (from, to) -> {
                for (int row = from; row < to; row++) {
                    y[yOffset + row] = indexOfLargest(length, x, xOffset + row * length);
                }
            });
            return;
        }
        columns(
                outer,
                length,
                inner,
                (first, column, count, result) ->
                        argMaxColumns(length, inner, x, xOffset + first + column, count, y, yOffset + result));
    }

    private static int indexOfLargest(int n, float[] x, int from) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (x[from + i] > x[from + best]) {
                best = i;
            }
        }
        return best;
    }

    private static void argMaxColumns(int length, int inner, float[] x, int from, int count, float[] y, int yFrom) {
        for (int i = 0; i < count; i += LANES) {
            var inside = SPECIES.indexInRange(i, count);
            var largest = FloatVector.fromArray(SPECIES, x, from + i, inside);
            var index = FloatVector.zero(SPECIES);
            for (int row = 1; row < length; row++) {
                var candidate = FloatVector.fromArray(SPECIES, x, from + row * inner + i, inside);
                var larger = candidate.compare(VectorOperators.GT, largest);
                largest = largest.blend(candidate, larger);
                index = index.blend(row, larger);
            }
            index.intoArray(y, yFrom + i, inside);
        }
    }

    /** Cuts the {@code inner} columns of each of {@code outer} matrices into strips that share cache lines with no other. */
    private void columns(int outer, int length, int inner, Columns work) {
        int strip = 256;
        int strips = Math.ceilDiv(inner, strip);
        Pieces.run(parallel, outer * strips, (long) length * Math.min(strip, inner), (from, to) -> {
            for (int item = from; item < to; item++) {
                int o = item / strips;
                int column = item % strips * strip;
                work.run(o * length * inner, column, Math.min(strip, inner - column), o * inner + column);
            }
        });
    }
}
