package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.List;
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
        int rows = plan.geometry.groups() * plan.rowChannels;
        Pieces.run(parallel, rows, (long) plan.sumsLeading() * plan.chunks, (from, end) -> {
            float[] row = scratch.get().floats(Scratch.Use.TILE, plan.sumsLeading());
            for (int r = from; r < end; r++) {
                addChunks(plan, r / plan.rowChannels, r % plan.rowChannels, sums, row, dweight, dweightOffset);
            }
        });
    }

    /** The sums of one row over all chunks, put to the places of the weights. */
    private static void addChunks(
            OuterPlan plan, int group, int r, float[] sums, float[] row, float[] dweight, int offset) {
        int leading = plan.sumsLeading();
        int from = (group * plan.paddedRows + r) * leading;
        for (int i = 0; i < leading; i += LANES) {
            var sum = FloatVector.fromArray(SPECIES, sums, from + i);
            for (int chunk = 1; chunk < plan.chunks; chunk++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, sums, chunk * plan.sumsLength() + from + i));
            }
            sum.intoArray(row, i);
        }
        int to = offset + group * plan.rowChannels * plan.laneChannels * plan.taps + r * plan.weightRowStep();
        for (int t = 0; t < plan.taps; t++) {
            for (int lane = 0; lane < plan.laneChannels; lane++) {
                dweight[to + lane * plan.weightLaneStep() + t] = row[t * plan.panels * plan.width + lane];
            }
        }
    }

    /** The sums over one chunk of pixels, for a block of lanes. */
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
                var stretches = plan.stretches(block % plan.imageRowBlocks);
                int source = xOffset + (image * g.groups() + group) * g.inChannelsPerGroup() * g.inArea();
                int target = dyOffset
                        + (image * g.groups() + group) * g.outChannelsPerGroup() * g.outArea()
                        + row * plan.columns;
                float[] panels;
                float[] lines;
                if (plan.swapped) {
                    panels = transposePixels(dy, target, g.outArea(), pixels);
                    lines = copyRows(x, source + row * plan.columns, g.inArea(), stretches);
                } else {
                    panels = plan.isDirect()
                            ? transposePixels(x, source + row * plan.columns, g.inArea(), pixels)
                            : transposeWindows(x, source, row, rows);
                    lines = copyRows(dy, target, g.outArea(), stretches);
                }
                multiply(stretches, lines, panels, block > begin);
            }
        }

        private float[] panels() {
            return scratch.floats(Scratch.Use.SLAB, (endPanel - firstPanel) * plan.slabPixels * plan.width);
        }

        /** The lanes of the pixels of a block, one panel behind the other. */
        private float[] transposePixels(float[] x, int from, int area, int pixels) {
            float[] panels = panels();
            for (int c = firstPanel * plan.width; c < endPanel * plan.width; c += LANES) {
                int channels = Math.clamp(plan.laneChannels - (long) c, 0, LANES);
                scratch.transposer.runAll(
                        x, from + c * area, area, channels, pixels, panels, panelOffset(c), plan.width);
            }
            return panels;
        }

        private int panelOffset(int channel) {
            return (channel / plan.width - firstPanel) * plan.slabPixels * plan.width + channel % plan.width;
        }

        /** The lanes of all pixels of x under the windows of a block, one panel behind the other. */
        private float[] transposeWindows(float[] x, int source, int row, int rows) {
            var g = plan.geometry;
            float[] panels = panels();
            int first = row * g.strideHeight() - g.paddingHeight();
            for (int c = firstPanel * plan.width; c < endPanel * plan.width; c += LANES) {
                int channels = Math.clamp(plan.laneChannels - (long) c, 0, LANES);
                int plane = source + c * g.inArea();
                plan.slab.fill(
                        scratch.transposer, x, plane, channels, first, plan.slabRows(rows), panels, panelOffset(c));
            }
            return panels;
        }

        /** The rows of the pixels of a block: stretch after stretch, and in a stretch row after row. */
        private float[] copyRows(float[] x, int from, int area, List<OuterPlan.Stretch> stretches) {
            float[] lines = scratch.floats(Scratch.Use.LINES, stretches.size() * plan.paddedRows * OuterKernels.LINE);
            for (int r = 0; r < plan.rowChannels; r++) {
                int to = r * OuterKernels.LINE;
                for (var stretch : stretches) {
                    System.arraycopy(x, from + r * area + stretch.pixel(), lines, to, stretch.pixels());
                    to += plan.paddedRows * OuterKernels.LINE;
                }
            }
            return lines;
        }

        private void multiply(List<OuterPlan.Stretch> stretches, float[] lines, float[] panels, boolean addAll) {
            boolean add = addAll;
            int a = 0;
            for (var stretch : stretches) {
                for (int panel = firstPanel; panel < endPanel; panel++) {
                    int b = (panel - firstPanel) * plan.slabPixels * plan.width + stretch.inPanel();
                    for (int t = 0; t < plan.taps; t++) {
                        int to = sumsOffset + (t * plan.panels + panel) * plan.width;
                        tiles(stretch, lines, a, panels, b + plan.tapSteps[t], to, add);
                    }
                }
                a += plan.paddedRows * OuterKernels.LINE;
                add = true;
            }
        }

        /** All rows by one panel under one tap. */
        private void tiles(
                OuterPlan.Stretch stretch, float[] lines, int a, float[] panels, int b, int to, boolean add) {
            var target = scratch.target;
            int leading = plan.sumsLeading();
            for (int row = 0; row < plan.paddedRows; row += OuterKernels.rows(plan.tileVectors)) {
                target.to(sums, to + row * leading, leading, COLUMNS, 0, add);
                OuterKernels.run(
                        plan.tileVectors,
                        stretch.rows(),
                        stretch.length(),
                        lines,
                        a + row * OuterKernels.LINE,
                        panels,
                        b,
                        plan.rowStep,
                        plan.pixelStep,
                        target);
            }
        }
    }
}
