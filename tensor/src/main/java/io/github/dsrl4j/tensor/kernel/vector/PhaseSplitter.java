package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Puts the columns of a row that have equal remainder mod the number of phases together: the inverse of {@link PhaseInterleaver}. */
final class PhaseSplitter {
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(SPECIES, 1);

    private PhaseSplitter() {}

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
}
