package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;
import static io.github.dsrl4j.tensor.kernel.vector.OuterPlan.DEPTH;
import static io.github.dsrl4j.tensor.kernel.vector.OuterPlan.WIDTH;

import io.github.dsrl4j.tensor.kernel.Parallel;
import jdk.incubator.vector.FloatVector;

/** Runs an {@link OuterPlan}. */
final class OuterGradient {
    private static final int[] COLUMNS = {0, LANES};

    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch;

    OuterGradient(Parallel parallel, ThreadLocal<Scratch> scratch) {
        this.parallel = parallel;
        this.scratch = scratch;
    }

    void run(OuterPlan plan, float[] x, int xOffset, float[] dy, int dyOffset, float[] dweight, int dweightOffset) {
        float[] sums = scratch.get().floats(Scratch.Use.PARTIAL_SUMS, plan.chunks * plan.sumsLength());
        parallel.forEach(plan.items, item -> {
            int chunk = item % plan.chunks;
            int panelBlock = item / plan.chunks % plan.panelBlocks;
            int group = item / plan.chunks / plan.panelBlocks;
            new Item(plan, scratch.get(), group, panelBlock, sums, chunk * plan.sumsLength())
                    .run(chunk, x, xOffset, dy, dyOffset);
        });
        int outputs = plan.geometry.outChannels();
        Pieces.run(parallel, outputs, (long) plan.sumsLeading() * plan.chunks, (from, end) -> {
            float[] row = scratch.get().floats(Scratch.Use.TILE, plan.sumsLeading());
            for (int o = from; o < end; o++) {
                addChunks(plan, o, sums, row, dweight, dweightOffset);
            }
        });
    }

    /** The sums of one output channel over all chunks, in the order of the weights. */
    private static void addChunks(OuterPlan plan, int output, float[] sums, float[] row, float[] dweight, int offset) {
        var g = plan.geometry;
        int outputs = g.outChannelsPerGroup();
        int leading = plan.sumsLeading();
        int from = (output / outputs * plan.paddedRows + output % outputs) * leading;
        for (int i = 0; i < leading; i += LANES) {
            var sum = FloatVector.fromArray(SPECIES, sums, from + i);
            for (int chunk = 1; chunk < plan.chunks; chunk++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, sums, chunk * plan.sumsLength() + from + i));
            }
            sum.intoArray(row, i);
        }
        int channels = g.inChannelsPerGroup();
        int to = offset + output * channels * plan.taps;
        for (int t = 0; t < plan.taps; t++) {
            for (int c = 0; c < channels; c++) {
                dweight[to + c * plan.taps + t] = row[t * plan.panels * WIDTH + c];
            }
        }
    }

    /** The sums over one chunk of pixels, for a block of input channels. */
    private static final class Item {
        private final OuterPlan plan;
        private final Scratch scratch;
        private final int group;
        private final int firstPanel;
        private final int endPanel;
        private final float[] sums;
        private final int sumsOffset;

        Item(OuterPlan plan, Scratch scratch, int group, int panelBlock, float[] sums, int chunkOffset) {
            this.plan = plan;
            this.scratch = scratch;
            this.group = group;
            this.firstPanel = panelBlock * plan.panelBlock;
            this.endPanel = Math.min(plan.panels, firstPanel + plan.panelBlock);
            this.sums = sums;
            this.sumsOffset = chunkOffset + group * plan.paddedRows * plan.sumsLeading();
        }

        void run(int chunk, float[] x, int xOffset, float[] dy, int dyOffset) {
            var g = plan.geometry;
            long blocks = (long) g.batch() * plan.imageRowBlocks;
            int begin = (int) (blocks * chunk / plan.chunks);
            int end = (int) (blocks * (chunk + 1) / plan.chunks);
            for (int block = begin; block < end; block++) {
                int image = block / plan.imageRowBlocks;
                int row = block % plan.imageRowBlocks * plan.rowBlock;
                int rows = Math.min(plan.rowBlock, plan.rows - row);
                int pixels = plan.pixels(row, rows);
                int source = xOffset + (image * g.groups() + group) * g.inChannelsPerGroup() * g.inArea();
                int target = dyOffset
                        + (image * g.groups() + group) * g.outChannelsPerGroup() * g.outArea()
                        + row * plan.columns;
                float[] panels = transposeSource(x, source, row, rows, pixels);
                float[] transposed = transposeTarget(dy, target, pixels);
                multiply(pixels, transposed, panels, block > begin);
            }
        }

        /** x of the block with the channels of each pixel together, one panel of channels behind the other. */
        private float[] transposeSource(float[] x, int source, int row, int rows, int pixels) {
            var g = plan.geometry;
            int panelFloats = plan.slabPixels * WIDTH;
            float[] panels = scratch.floats(Scratch.Use.SLAB, (endPanel - firstPanel) * panelFloats);
            for (int c = firstPanel * WIDTH; c < endPanel * WIDTH; c += LANES) {
                int channels = Math.clamp(g.inChannelsPerGroup() - (long) c, 0, LANES);
                int plane = source + c * g.inArea();
                int to = (c / WIDTH - firstPanel) * panelFloats + c % WIDTH;
                if (plan.isDirect()) {
                    transpose(x, plane + row * plan.columns, g.inArea(), channels, pixels, panels, to, WIDTH);
                    continue;
                }
                int first = row * g.strideHeight() - g.paddingHeight();
                int begin = Math.min(g.paddingWidth(), plan.slabColumns);
                int end = Math.clamp(g.inWidth() + (long) g.paddingWidth(), begin, plan.slabColumns);
                for (int r = 0; r < plan.slabRows(rows); r++) {
                    int line = to + r * plan.slabColumns * WIDTH;
                    if (first + r < 0 || first + r >= g.inHeight()) {
                        clear(panels, line, 0, plan.slabColumns);
                        continue;
                    }
                    clear(panels, line, 0, begin);
                    transpose(
                            x,
                            plane + (first + r) * g.inWidth(),
                            g.inArea(),
                            channels,
                            end - begin,
                            panels,
                            line + begin * WIDTH,
                            WIDTH);
                    clear(panels, line, end, plan.slabColumns);
                }
            }
            return panels;
        }

        private void transpose(float[] x, int from, int xStep, int channels, int pixels, float[] y, int to, int yStep) {
            for (int p = 0; p < pixels; p += Transposer.MOST_COLUMNS) {
                int count = Math.min(Transposer.MOST_COLUMNS, pixels - p);
                scratch.transposer.run(x, from + p, xStep, channels, count, y, to + p * yStep, yStep);
            }
        }

        private static void clear(float[] y, int to, int begin, int end) {
            var zero = FloatVector.zero(SPECIES);
            for (int p = begin; p < end; p++) {
                zero.intoArray(y, to + p * WIDTH);
            }
        }

        /** dy of the block with the channels of each pixel together, one vector of channels behind the other. */
        private float[] transposeTarget(float[] dy, int target, int pixels) {
            var g = plan.geometry;
            float[] transposed = scratch.floats(Scratch.Use.LINES, plan.targetVectors * pixels * LANES);
            for (int v = 0; v < plan.targetVectors; v++) {
                int channels = Math.min(LANES, g.outChannelsPerGroup() - v * LANES);
                transpose(
                        dy,
                        target + v * LANES * g.outArea(),
                        g.outArea(),
                        channels,
                        pixels,
                        transposed,
                        v * pixels * LANES,
                        LANES);
            }
            return transposed;
        }

        private void multiply(int pixels, float[] transposed, float[] panels, boolean addAll) {
            var target = scratch.target;
            int leading = plan.sumsLeading();
            for (int d = 0; d * DEPTH < pixels; d++) {
                int depth = Math.min(DEPTH, pixels - d * DEPTH);
                boolean add = addAll || d > 0;
                for (int panel = firstPanel; panel < endPanel; panel++) {
                    int from = (panel - firstPanel) * plan.slabPixels * WIDTH;
                    for (int t = 0; t < plan.taps; t++) {
                        int to = sumsOffset + (t * plan.panels + panel) * WIDTH;
                        for (int row = 0; row < plan.paddedRows; row += OuterKernels.ROWS) {
                            int a = (row / LANES * pixels + d * DEPTH) * LANES + row % LANES;
                            target.to(sums, to + row * leading, leading, COLUMNS, 0, add);
                            OuterKernels.run(
                                    depth, transposed, a, panels, from + plan.tapSteps[t], plan.steps[d], target);
                        }
                    }
                }
            }
        }
    }
}
