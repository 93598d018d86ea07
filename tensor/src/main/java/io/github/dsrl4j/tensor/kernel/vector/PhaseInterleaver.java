package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Puts the pixels of the phases of an output, which were computed apart, to their places. */
final class PhaseInterleaver {
    private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(SPECIES, 1);

    private PhaseInterleaver() {}

    /** Of a block of rows of all channels of a strided output; {@code yOffset} is where the first channel starts. */
    static void run(GatherPlan plan, int block, float[] results, float[] y, int yOffset) {
        int offset = 0;
        for (int p = 0; p < plan.phases.size(); p++) {
            var phase = plan.phases.get(p);
            var window = phase.window;
            int leading = GatherConvolution.collectedLeading(block == plan.blocks - 1 ? phase.last : phase.whole);
            boolean pair = plan.stepWidth == 2 && plan.targetWidth > 1;
            if (!pair || window.columnPhase() == 0) {
                int next = offset + plan.rowBlocks.paddedRows() * leading;
                int row = block * plan.blockRows;
                int rows = Math.min(plan.blockRows, window.rows() - row);
                for (int m = 0; m < plan.targetChannels; m++) {
                    int to = yOffset
                            + m * plan.targetArea()
                            + (row * plan.stepHeight + window.rowPhase()) * plan.targetWidth;
                    for (int r = 0; r < rows; r++) {
                        int from = offset + m * leading + r * padded(window.columns());
                        if (pair) {
                            var other = plan.phases.get(p + 1);
                            int otherLeading = GatherConvolution.collectedLeading(
                                    block == plan.blocks - 1 ? other.last : other.whole);
                            int odd = next + m * otherLeading + r * padded(other.window.columns());
                            zip(plan.targetWidth, results, from, odd, y, to);
                        } else {
                            spread(window.columns(), plan.stepWidth, results, from, y, to + window.columnPhase());
                        }
                        to += plan.stepHeight * plan.targetWidth;
                    }
                }
            }
            offset += plan.rowBlocks.paddedRows() * leading;
        }
    }

    /**
     * Puts a row of {@code width} pixels to its place, of which those of equal remainder mod {@code phases} lie together; the phases
     * are {@code phaseWidth} apart, a multiple of the vector's width.
     */
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

    private static int padded(int columns) {
        return Math.ceilDiv(columns, LANES) * LANES;
    }

    /** A row of {@code width} pixels from its even and its odd ones, which are read in whole vectors. */
    private static void zip(int width, float[] x, int even, int odd, float[] y, int to) {
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

    private static void spread(int columns, int step, float[] x, int from, float[] y, int to) {
        for (int j = 0; j < columns; j++) {
            y[to + j * step] = x[from + j];
        }
    }
}
