package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Rows of pixels whose columns of equal remainder mod a number of phases are put together, and back to their places. */
final class Phases {
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(SPECIES, 1);

    private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(SPECIES, 1);

    private Phases() {}

    /** {@code y[to + (c mod phases) phaseWidth + c / phases] = x[from + c]} for c from {@code begin} to {@code end - 1}. */
    static void split(float[] x, int from, int begin, int end, int phases, float[] y, int to, int phaseWidth) {
        int step = phases * LANES;
        int first = Math.ceilDiv(begin, phases) * phases;
        int last = end / phases * phases - step;
        if ((phases != 2 && phases != 4) || last < first) {
            splitOneByOne(x, from, begin, end, phases, y, to, phaseWidth);
            return;
        }
        splitOneByOne(x, from, begin, first, phases, y, to, phaseWidth);
        for (int c = first; c < last + step; c += step) {
            // The last step overlaps the one before.
            int at = Math.min(c, last);
            if (phases == 2) {
                splitTwo(x, from + at, y, to + at / 2, phaseWidth);
            } else {
                splitFour(x, from + at, y, to + at / 4, phaseWidth);
            }
        }
        splitOneByOne(x, from, last + step, end, phases, y, to, phaseWidth);
    }

    private static void splitOneByOne(
            float[] x, int from, int begin, int end, int phases, float[] y, int to, int phaseWidth) {
        for (int c = begin; c < end; c++) {
            y[to + c % phases * phaseWidth + c / phases] = x[from + c];
        }
    }

    private static void splitTwo(float[] x, int from, float[] y, int to, int phaseWidth) {
        var a = FloatVector.fromArray(SPECIES, x, from);
        var b = FloatVector.fromArray(SPECIES, x, from + LANES);
        a.rearrange(EVEN, b).intoArray(y, to);
        a.rearrange(ODD, b).intoArray(y, to + phaseWidth);
    }

    private static void splitFour(float[] x, int from, float[] y, int to, int phaseWidth) {
        var a = FloatVector.fromArray(SPECIES, x, from);
        var b = FloatVector.fromArray(SPECIES, x, from + LANES);
        var c = FloatVector.fromArray(SPECIES, x, from + 2 * LANES);
        var d = FloatVector.fromArray(SPECIES, x, from + 3 * LANES);
        var evenLow = a.rearrange(EVEN, b);
        var evenHigh = c.rearrange(EVEN, d);
        var oddLow = a.rearrange(ODD, b);
        var oddHigh = c.rearrange(ODD, d);
        evenLow.rearrange(EVEN, evenHigh).intoArray(y, to);
        oddLow.rearrange(EVEN, oddHigh).intoArray(y, to + phaseWidth);
        evenLow.rearrange(ODD, evenHigh).intoArray(y, to + 2 * phaseWidth);
        oddLow.rearrange(ODD, oddHigh).intoArray(y, to + 3 * phaseWidth);
    }

    /** The reverse of {@link #split}, of {@code width} columns: {@code y[to + c] = x[from + (c mod phases) phaseWidth + c / phases]}. */
    static void merge(float[] x, int from, int phases, int phaseWidth, float[] y, int to, int width) {
        if (phases == 2) {
            zip(width, x, from, from + phaseWidth, y, to);
            return;
        }
        int done = phases == 4 ? mergeFour(x, from, phaseWidth, y, to, width) : 0;
        for (int phase = 0; phase < Math.min(phases, width - done); phase++) {
            int columns = Math.ceilDiv(width - done - phase, phases);
            spread(columns, phases, x, from + phase * phaseWidth + done / phases, y, to + done + phase);
        }
    }

    /** Of four phases, as many as fill whole vectors; returns their number of pixels. */
    private static int mergeFour(float[] x, int from, int phaseWidth, float[] y, int to, int width) {
        int j = 0;
        for (; j + 4 * LANES <= width; j += 4 * LANES) {
            int at = from + j / 4;
            var a = FloatVector.fromArray(SPECIES, x, at);
            var b = FloatVector.fromArray(SPECIES, x, at + phaseWidth);
            var c = FloatVector.fromArray(SPECIES, x, at + 2 * phaseWidth);
            var d = FloatVector.fromArray(SPECIES, x, at + 3 * phaseWidth);
            var evenLow = a.rearrange(ZIP_LOW, c);
            var evenHigh = a.rearrange(ZIP_HIGH, c);
            var oddLow = b.rearrange(ZIP_LOW, d);
            var oddHigh = b.rearrange(ZIP_HIGH, d);
            evenLow.rearrange(ZIP_LOW, oddLow).intoArray(y, to + j);
            evenLow.rearrange(ZIP_HIGH, oddLow).intoArray(y, to + j + LANES);
            evenHigh.rearrange(ZIP_LOW, oddHigh).intoArray(y, to + j + 2 * LANES);
            evenHigh.rearrange(ZIP_HIGH, oddHigh).intoArray(y, to + j + 3 * LANES);
        }
        return j;
    }

    /** A row of {@code width} pixels from its even and its odd ones, which are read in whole vectors. */
    static void zip(int width, float[] x, int even, int odd, float[] y, int to) {
        int j = 0;
        for (; j + 2 * LANES <= width; j += 2 * LANES) {
            var a = FloatVector.fromArray(SPECIES, x, even + j / 2);
            var b = FloatVector.fromArray(SPECIES, x, odd + j / 2);
            a.rearrange(ZIP_LOW, b).intoArray(y, to + j);
            a.rearrange(ZIP_HIGH, b).intoArray(y, to + j + LANES);
        }
        for (; j < width; j++) {
            y[to + j] = x[(j % 2 == 0 ? even : odd) + j / 2];
        }
    }

    /** Every {@code step}-th pixel of a row from those of one phase. */
    static void spread(int columns, int step, float[] x, int from, float[] y, int to) {
        for (int j = 0; j < columns; j++) {
            y[to + j * step] = x[from + j];
        }
    }
}
