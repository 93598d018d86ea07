package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Epilogue;
import io.github.dsrl4j.tensor.kernel.Parallel;

/** Shares out short stretches of the planes; the loops are in {@link EpilogueLoops}. */
final class VectorEpilogue implements Epilogue {
    /**
     * Elements that go through the whole chain before the next ones do: 8 KB of input, output and operand each stay in the
     * first-level cache from one stage to the next.
     */
    private static final int STRETCH = 2048;

    private final Parallel parallel;

    VectorEpilogue(Parallel parallel) {
        this.parallel = parallel;
    }

    @Override
    public void apply(Chain chain, int planes, int area, float[] x, int xOffset, float[] y, int yOffset) {
        int stretches = Math.ceilDiv(area, STRETCH);
        Pieces.run(parallel, planes * stretches, Math.min(area, STRETCH), (from, to) -> {
            for (int item = from; item < to; item++) {
                int plane = item / stretches;
                int start = plane * area + item % stretches * STRETCH;
                int n = Math.min(STRETCH, (plane + 1) * area - start);
                EpilogueLoops.run(chain, planes, plane, start, n, x, xOffset + start, y, yOffset + start);
            }
        });
    }
}
