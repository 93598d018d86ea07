package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposes squares of numbers, as many a side as a vector has lanes, by rounds of the perfect shuffle: each round zips row i with
 * row i + half, which rotates the bits of an element's index (row, column) by one; after as many rounds as a column number has
 * bits, rows and columns have changed places. Two rounds are done at a time, since four rows of the input give four of the
 * output. Used by one thread.
 */
final class Transposer {
    private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(SPECIES, 1);
    private static final int HALF = LANES / 2;
    private static final int QUARTER = LANES / 4;

    /** Columns that are transposed in one go: so many that the rows, which are often a power of two apart, are read in long runs. */
    static final int MOST_COLUMNS = 4 * LANES;

    /** From a row of {@link #lines} to the next: not a power of two, lest the rows fight for one set of the cache. */
    private static final int LINE = MOST_COLUMNS + LANES;

    private final float[] lines = new float[LANES * LINE];
    private final float[] square = new float[LANES * LANES];
    private final float[] shuffled = new float[LANES * LANES];

    /**
     * {@code y[yOffset + p yStep + r] = x[xOffset + r xStep + p]} for p below {@code count}, at most {@link #MOST_COLUMNS}, and r below
     * {@code rows}, at most a vector's width. Each p stores a whole vector, which ends with zeros.
     */
    void run(float[] x, int xOffset, int xStep, int rows, int count, float[] y, int yOffset, int yStep) {
        load(x, xOffset, xStep, rows, count);
        for (int p = 0; p < count; p += LANES) {
            if (count - p >= LANES) {
                square(p, y, yOffset + p * yStep, yStep);
                continue;
            }
            square(p, square, 0, LANES);
            for (int i = 0; i < count - p; i++) {
                FloatVector.fromArray(SPECIES, square, i * LANES).intoArray(y, yOffset + (p + i) * yStep);
            }
        }
    }

    /** {@link #run} for any {@code count}. */
    void runAll(float[] x, int xOffset, int xStep, int rows, int count, float[] y, int yOffset, int yStep) {
        for (int p = 0; p < count; p += MOST_COLUMNS) {
            run(x, xOffset + p, xStep, rows, Math.min(MOST_COLUMNS, count - p), y, yOffset + p * yStep, yStep);
        }
    }

    private void load(float[] x, int xOffset, int xStep, int rows, int count) {
        int whole = count / LANES * LANES;
        var rest = Lanes.mask(0, count - whole);
        for (int r = 0; r < rows; r++) {
            int from = xOffset + r * xStep;
            int to = r * LINE;
            for (int p = 0; p < whole; p += LANES) {
                FloatVector.fromArray(SPECIES, x, from + p).intoArray(lines, to + p);
            }
            if (whole < count) {
                FloatVector.fromArray(SPECIES, x, from + whole, rest).intoArray(lines, to + whole);
            }
        }
        var zero = FloatVector.zero(SPECIES);
        for (int r = rows; r < LANES; r++) {
            for (int p = 0; p < count; p += LANES) {
                zero.intoArray(lines, r * LINE + p);
            }
        }
    }

    /** Transposes the square of {@link #lines} that starts at this column. */
    private void square(int column, float[] y, int yOffset, int yStep) {
        float[] from = lines;
        int offset = column;
        int step = LINE;
        float[] to = shuffled;
        float[] next = square;
        int bits = LANES;
        while (bits > 4) {
            if (Integer.numberOfTrailingZeros(bits) % 2 == 1) {
                round(from, offset, step, to);
                bits /= 2;
            } else {
                twoRounds(from, offset, step, to, 0, LANES);
                bits /= 4;
            }
            from = to;
            to = next;
            next = from;
            offset = 0;
            step = LANES;
        }
        twoRounds(from, offset, step, y, yOffset, yStep);
    }

    private static void round(float[] x, int xOffset, int xStep, float[] y) {
        for (int i = 0; i < HALF; i++) {
            var a = FloatVector.fromArray(SPECIES, x, xOffset + i * xStep);
            var b = FloatVector.fromArray(SPECIES, x, xOffset + (i + HALF) * xStep);
            a.rearrange(ZIP_LOW, b).intoArray(y, 2 * i * LANES);
            a.rearrange(ZIP_HIGH, b).intoArray(y, (2 * i + 1) * LANES);
        }
    }

    private static void twoRounds(float[] x, int xOffset, int xStep, float[] y, int yOffset, int yStep) {
        for (int i = 0; i < QUARTER; i++) {
            int from = xOffset + i * xStep;
            var a = FloatVector.fromArray(SPECIES, x, from);
            var b = FloatVector.fromArray(SPECIES, x, from + QUARTER * xStep);
            var c = FloatVector.fromArray(SPECIES, x, from + 2 * QUARTER * xStep);
            var d = FloatVector.fromArray(SPECIES, x, from + 3 * QUARTER * xStep);
            var acLow = a.rearrange(ZIP_LOW, c);
            var acHigh = a.rearrange(ZIP_HIGH, c);
            var bdLow = b.rearrange(ZIP_LOW, d);
            var bdHigh = b.rearrange(ZIP_HIGH, d);
            int to = yOffset + 4 * i * yStep;
            acLow.rearrange(ZIP_LOW, bdLow).intoArray(y, to);
            acLow.rearrange(ZIP_HIGH, bdLow).intoArray(y, to + yStep);
            acHigh.rearrange(ZIP_LOW, bdHigh).intoArray(y, to + 2 * yStep);
            acHigh.rearrange(ZIP_HIGH, bdHigh).intoArray(y, to + 3 * yStep);
        }
    }
}
