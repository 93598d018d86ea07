package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

/** Puts the pixels of the phases of a strided output, which were computed apart, to their places. */
final class PhaseInterleaver {
    private PhaseInterleaver() {}

    /** Of a block of rows of all channels; {@code yOffset} is where the first channel starts. */
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
                            Phases.zip(plan.targetWidth, results, from, odd, y, to);
                        } else {
                            Phases.spread(
                                    window.columns(), plan.stepWidth, results, from, y, to + window.columnPhase());
                        }
                        to += plan.stepHeight * plan.targetWidth;
                    }
                }
            }
            offset += plan.rowBlocks.paddedRows() * leading;
        }
    }

    private static int padded(int columns) {
        return Math.ceilDiv(columns, LANES) * LANES;
    }
}
