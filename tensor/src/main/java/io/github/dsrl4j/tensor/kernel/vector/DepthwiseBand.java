package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

/**
 * Works on planes of a {@link DepthwisePlan}, band by band, in a thread's own memory: fills the lines, runs the loops over them, and
 * stores what they computed.
 */
final class DepthwiseBand {
    /** Vectors that a lane of a weight's gradient adds up in float before its sum goes to double. */
    private static final int MOST_VECTORS = 512;

    private final DepthwisePlan plan;
    private final float[] memory;
    private final float[] weights;
    private final float[] lanes;
    private int vectors;

    /**
     * @param memory working memory of {@link #memoryLength} floats
     * @param weights working memory for the taps' weights
     * @param lanes working memory for a vector for each tap
     */
    DepthwiseBand(DepthwisePlan plan, float[] memory, float[] weights, float[] lanes) {
        this.plan = plan;
        this.memory = memory;
        this.weights = weights;
        this.lanes = lanes;
    }

    /** Floats of working memory that bands take. */
    static int memoryLength(DepthwisePlan plan) {
        return Math.max(
                plan.phases * plan.sourceLength() + plan.sumsLength(),
                plan.branches.length * plan.gradientLength() + 2 * plan.phases * plan.phaseLength());
    }

    /** Puts a channel's weights in the order of the taps. */
    void take(int channel, float[][] from, int[] offsets) {
        for (int b = 0; b < plan.branches.length; b++) {
            var branch = plan.branches[b];
            int first = offsets[b] + channel * branch.taps();
            for (int t = 0; t < branch.taps(); t++) {
                weights[branch.firstTap() + t] = from[b][first + branch.order()[t]];
            }
        }
    }

    /**
     * The outputs of all branches, each with the sum of those before it. The plane of branch b is at {@code yAt + b yStep}.
     *
     * @param initial what all sums start with
     */
    void forward(float[] x, int xAt, float initial, float[] y, int yAt, int yStep) {
        var g = plan.geometry;
        for (int phase = 0; phase < plan.phases; phase++) {
            DepthwiseRows.fill(0, memory, phase * plan.sourceLength(), plan.lead);
        }
        for (int row = 0; row < g.outHeight(); row += plan.forwardRows) {
            int rows = Math.min(plan.forwardRows, g.outHeight() - row);
            int filled = 0;
            for (int step = 0; step < rows; step += plan.forwardStep) {
                int count = Math.min(plan.forwardStep, rows - step);
                int end = step + count + plan.halo;
                int to = plan.lead + filled * plan.pitch;
                fillPhases(x, xAt, row + plan.firstRow + filled, end - filled, to, plan.sourceLength());
                filled = end;
                forwardStep(step * plan.pitch, count, initial, y, yAt + (row + step) * g.outWidth(), yStep);
            }
        }
    }

    /** Of some rows, those from {@code line} on in the lines of x. */
    private void forwardStep(int line, int rows, float initial, float[] y, int yAt, int yStep) {
        int width = plan.geometry.outWidth();
        int sums = plan.phases * plan.sourceLength();
        int length = rows * plan.pitch;
        DepthwiseRows.fill(initial, memory, sums, length);
        for (int b = 0; b < plan.branches.length; b++) {
            var branch = plan.branches[b];
            DepthwiseLoops.add(
                    branch.taps(), weights, branch.firstTap(), memory, line, branch.sources(), 0, length, memory, sums);
            for (int r = 0; r < rows; r++) {
                DepthwiseRows.copy(width, memory, sums + r * plan.pitch, y, yAt + b * yStep + r * width);
            }
        }
    }

    /** Rows of all phases, from row {@code first} on, 0 outside the image; that of the first phase goes to {@code at}. */
    private void fillPhases(float[] x, int xAt, int first, int rows, int at, int lineLength) {
        var g = plan.geometry;
        int width = g.inWidth();
        for (int r = 0; r < rows; r++) {
            for (int rowPhase = 0; rowPhase < g.strideHeight(); rowPhase++) {
                int row = (first + r) * g.strideHeight() + rowPhase;
                boolean inside = row >= 0 && row < g.inHeight();
                int phase = rowPhase * g.strideWidth();
                int to = at + phase * lineLength + r * plan.pitch;
                if (inside && g.strideWidth() == 1) {
                    DepthwiseRows.copy(width, x, xAt + row * width, memory, to);
                } else if (inside) {
                    Phases.split(x, xAt + row * width, 0, width, g.strideWidth(), memory, to, lineLength);
                }
                for (int column = 0; column < g.strideWidth(); column++, phase++, to += lineLength) {
                    int count = inside ? plan.phaseColumns(phase) : 0;
                    DepthwiseRows.fill(0, memory, to + count, plan.pitch - count);
                }
            }
        }
    }

    /** Begins the gradients of a channel's weights. */
    void clearSums(double[] sums, int at) {
        DepthwiseRows.fill(0, lanes, 0, plan.taps * LANES);
        for (int t = 0; t < plan.taps; t++) {
            sums[at + t] = 0;
        }
        vectors = 0;
    }

    /** Adds up what the lanes hold of the gradients of a channel's weights, which then are complete. */
    void addLanes(double[] sums, int at) {
        for (int t = 0; t < plan.taps; t++) {
            sums[at + t] += Sums.ofLanes(lanes, t * LANES);
        }
        DepthwiseRows.fill(0, lanes, 0, plan.taps * LANES);
        vectors = 0;
    }

    /**
     * The gradients of a plane of x and of the channel's weights, which are added to. The gradient of branch b's output, to which that of
     * all further ones is added, is at {@code dyAt + b dyStep}.
     *
     * @param x null if the weights' gradients are not asked for
     * @param initial what all dx start with
     * @param dx null if it is not asked for
     */
    void backward(
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int dyStep,
            float initial,
            float[] dx,
            int dxAt,
            double[] sums,
            int sumsAt) {
        int lines = plan.branches.length * plan.gradientLength();
        for (int line = 0; line < lines; line += plan.gradientLength()) {
            DepthwiseRows.fill(0, memory, line, plan.gradientLead);
        }
        for (int row = 0; row < plan.phaseRows; row += plan.backwardRows) {
            int rows = Math.min(plan.backwardRows, plan.phaseRows - row);
            // The last row that a tap of the first row sees comes first.
            int firstGradient = row - plan.firstRow - plan.halo;
            int filled = 0;
            for (int step = 0; step < rows; step += plan.backwardStep) {
                int count = Math.min(plan.backwardStep, rows - step);
                int end = step + count + plan.halo;
                for (; filled < end; filled++) {
                    fillGradients(dy, dyAt, dyStep, firstGradient + filled, plan.gradientLead + filled * plan.pitch);
                }
                // Behind it may be what is not a number, which multiplied by 0 would be none either.
                for (int line = 0; line < lines; line += plan.gradientLength()) {
                    int behind = line + plan.gradientLead + filled * plan.pitch;
                    DepthwiseRows.fill(0, memory, behind, plan.gradientTail);
                }
                backwardStep(row + step, step * plan.pitch, count, x, xAt, initial, dx, dxAt);
                if (vectors > MOST_VECTORS) {
                    addLanes(sums, sumsAt);
                }
            }
        }
    }

    /** One row of the gradients of all branches, each with the sum of those behind it; 0 outside the image. */
    private void fillGradients(float[] dy, int dyAt, int dyStep, int row, int to) {
        int width = plan.geometry.outWidth();
        boolean inside = row >= 0 && row < plan.geometry.outHeight();
        int count = inside ? width : 0;
        int last = plan.branches.length - 1;
        for (int b = last; b >= 0; b--) {
            int at = to + b * plan.gradientLength();
            int from = dyAt + b * dyStep + row * width;
            if (b == last) {
                DepthwiseRows.copy(count, dy, from, memory, at);
            } else {
                DepthwiseRows.add(count, dy, from, memory, at + plan.gradientLength(), memory, at);
            }
            DepthwiseRows.fill(0, memory, at + count, plan.pitch - count);
        }
    }

    /** Of some rows, those from row {@code row} on of the phases and from {@code line} on in the lines of dy. */
    private void backwardStep(int row, int line, int rows, float[] x, int xAt, float initial, float[] dx, int dxAt) {
        int length = rows * plan.pitch;
        int atX = plan.branches.length * plan.gradientLength();
        int atDx = atX + plan.phases * plan.phaseLength();
        if (x != null) {
            fillPhases(x, xAt, row, rows, atX, plan.phaseLength());
            vectors += length / LANES + 1;
        }
        for (int phase = 0; phase < plan.phases; phase++) {
            int shift = phase * plan.phaseLength();
            DepthwiseRows.fill(0, memory, atX + shift + length, LANES);
            DepthwiseRows.fill(initial, memory, atDx + shift, length);
            for (int b = 0; b < plan.branches.length; b++) {
                int at = b * plan.gradientLength() + line;
                differentiate(plan.branches[b], phase, length, at, x != null, atX + shift, dx != null, atDx + shift);
            }
        }
        if (dx != null) {
            storePhases(row, rows, atDx, dx, dxAt);
        }
    }

    private void differentiate(
            DepthwisePlan.Branch branch,
            int phase,
            int length,
            int atDy,
            boolean ofWeights,
            int atX,
            boolean ofData,
            int atDx) {
        int first = branch.phaseStarts()[phase];
        int taps = branch.phaseStarts()[phase + 1] - first;
        int w = branch.firstTap() + first;
        int[] gradients = branch.gradients();
        if (ofWeights && ofData) {
            DepthwiseLoops.addAndMultiply(
                    taps, weights, w, memory, atX, memory, atDy, gradients, first, length, memory, atDx, lanes,
                    w * LANES);
        } else if (ofData) {
            DepthwiseLoops.add(taps, weights, w, memory, atDy, gradients, first, length, memory, atDx);
        } else {
            DepthwiseLoops.multiply(taps, memory, atX, memory, atDy, gradients, first, length, lanes, w * LANES);
        }
    }

    private void storePhases(int first, int rows, int at, float[] dx, int dxAt) {
        var g = plan.geometry;
        int width = g.inWidth();
        int lineLength = plan.phaseLength();
        for (int r = 0; r < rows; r++) {
            for (int rowPhase = 0; rowPhase < g.strideHeight(); rowPhase++) {
                int row = (first + r) * g.strideHeight() + rowPhase;
                if (row >= g.inHeight()) {
                    break;
                }
                int phase = rowPhase * g.strideWidth();
                int from = at + phase * lineLength + r * plan.pitch;
                int to = dxAt + row * width;
                if (g.strideWidth() == 1) {
                    DepthwiseRows.copy(width, memory, from, dx, to);
                } else {
                    Phases.merge(memory, from, g.strideWidth(), lineLength, dx, to, width);
                }
            }
        }
    }
}
