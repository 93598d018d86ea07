package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Runs a {@link WeightPlan}. */
final class WeightGradient {
    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch;

    WeightGradient(Parallel parallel, ThreadLocal<Scratch> scratch) {
        this.parallel = parallel;
        this.scratch = scratch;
    }

    void run(WeightPlan plan, float[] x, int xOffset, float[] dy, int dyOffset, float[] dweight, int dweightOffset) {
        var g = plan.geometry;
        int weights = g.outChannels() * g.inChannelsPerGroup() * plan.taps;
        boolean partial = plan.chunks > 1;
        float[] sums = partial ? scratch.get().floats(Scratch.Use.PARTIAL_SUMS, plan.chunks * weights) : dweight;
        parallel.forEach(plan.pieces, piece -> {
            var own = scratch.get();
            int end = (int) ((long) plan.items * (piece + 1) / plan.pieces);
            for (int item = (int) ((long) plan.items * piece / plan.pieces); item < end; item++) {
                int chunk = item % plan.chunks;
                int block = item / plan.chunks % plan.channelBlocks;
                int group = item / plan.chunks / plan.channelBlocks;
                addUp(
                        plan,
                        group,
                        block,
                        chunk,
                        own,
                        x,
                        xOffset,
                        dy,
                        dyOffset,
                        sums,
                        partial ? chunk * weights : dweightOffset);
            }
        });
        if (partial) {
            addChunks(plan.chunks, weights, sums, dweight, dweightOffset);
        }
    }

    private static void addChunks(int chunks, int n, float[] sums, float[] dweight, int offset) {
        System.arraycopy(sums, 0, dweight, offset, n);
        for (int chunk = 1; chunk < chunks; chunk++) {
            for (int i = 0; i < n; i++) {
                dweight[offset + i] += sums[chunk * n + i];
            }
        }
    }

    /** The sum of one chunk for one block of weights. */
    private static void addUp(
            WeightPlan plan,
            int group,
            int channelBlock,
            int chunk,
            Scratch scratch,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] sums,
            int sumsOffset) {
        var g = plan.geometry;
        int channels = g.inChannelsPerGroup();
        int outputs = g.outChannelsPerGroup();
        int channel = channelBlock * plan.channelBlock;
        int columns = Math.min(plan.channelBlock, channels - channel) * plan.taps;
        int leading = channels * plan.taps;
        int to = sumsOffset + group * outputs * leading + channel * plan.taps;
        for (int o = 0; o < outputs; o++) {
            Arrays.fill(sums, to + o * leading, to + o * leading + columns, 0);
        }
        float[] lanes = scratch.floats(Scratch.Use.TILE, DotKernels.sumsLength());
        long blocks = (long) plan.imageBlocks * plan.rowBlocks;
        int end = (int) (blocks * (chunk + 1) / plan.chunks);
        for (int block = (int) (blocks * chunk / plan.chunks); block < end; block++) {
            int rowBlock = block % plan.rowBlocks;
            int imageBlock = block / plan.rowBlocks;
            int image = imageBlock * plan.imageBlock;
            int row = rowBlock * plan.rowBlock;
            int target = dyOffset
                    + (image * g.outChannels() + group * outputs) * g.outArea()
                    + row * (plan.direct ? LANES : g.outWidth());
            int plane = xOffset + (image * g.inChannels() + group * channels + channel) * g.inArea();
            int images = plan.blockImages(imageBlock);
            int rows = plan.blockRows(rowBlock);
            var positions = plan.positions(imageBlock, rowBlock);
            if (plan.direct) {
                DotKernels.accumulate(
                        dy,
                        target,
                        plan.targets,
                        outputs,
                        x,
                        plane + row * LANES,
                        plan.sources,
                        columns,
                        positions,
                        sums,
                        to,
                        leading,
                        lanes);
                if (rowBlock == plan.rowBlocks - 1 && plan.tailLanes > 0) {
                    int first = (g.outArea() - plan.tailLanes);
                    int imageTarget = dyOffset + (image * g.outChannels() + group * outputs) * g.outArea() + first;
                    float[] a = scratch.floats(Scratch.Use.LINES, outputs * plan.imageBlock * LANES);
                    float[] b = scratch.floats(Scratch.Use.SLAB, columns * plan.imageBlock * LANES);
                    copyTails(plan, images, outputs, dy, imageTarget, g.outArea(), g.outChannels(), a);
                    copyTails(plan, images, columns, x, plane + first, g.inArea(), g.inChannels(), b);
                    DotKernels.accumulate(
                            a,
                            0,
                            plan.tailRows,
                            outputs,
                            b,
                            0,
                            plan.tailRows,
                            columns,
                            plan.tails[imageBlock == plan.imageBlocks - 1 ? 1 : 0],
                            sums,
                            to,
                            leading,
                            lanes);
                }
                continue;
            }
            float[] slab = scratch.floats(Scratch.Use.SLAB, plan.imageBlock * plan.slabImageStride() + LANES);
            for (int n = 0; n < images; n++) {
                plan.slab.fill(
                        x,
                        plane + n * g.inChannels() * g.inArea(),
                        columns / plan.taps,
                        row * g.strideHeight() + plan.firstRow,
                        plan.slabRows(rows),
                        slab,
                        n * plan.slabImageStride());
            }
            float[] a = dy;
            if (plan.copiesTarget()) {
                a = scratch.floats(Scratch.Use.LINES, outputs * plan.imageBlock * plan.rowBlock * plan.paddedWidth);
                copyRows(plan, images, rows, outputs, dy, target, a);
                target = 0;
            }
            DotKernels.accumulate(
                    a,
                    target,
                    plan.targets,
                    outputs,
                    slab,
                    0,
                    plan.sources,
                    columns,
                    positions,
                    sums,
                    to,
                    leading,
                    lanes);
        }
    }

    /** The last pixels of each plane, one vector for each image, filled up with zeros. */
    private static void copyTails(
            WeightPlan plan, int images, int planes, float[] x, int xOffset, int area, int channels, float[] y) {
        var mask = Lanes.mask(0, plan.tailLanes);
        for (int p = 0; p < planes; p++) {
            for (int n = 0; n < images; n++) {
                FloatVector.fromArray(SPECIES, x, xOffset + (n * channels + p) * area, mask)
                        .intoArray(y, plan.tailRows[p] + n * LANES);
            }
        }
    }

    /** The rows of a block of dy, filled up with zeros. */
    private static void copyRows(
            WeightPlan plan, int images, int rows, int outputs, float[] dy, int target, float[] y) {
        var g = plan.geometry;
        var mask = Lanes.mask(0, plan.tailLanes);
        int whole = plan.paddedWidth - LANES;
        for (int o = 0; o < outputs; o++) {
            for (int n = 0; n < images; n++) {
                for (int r = 0; r < rows; r++) {
                    int from = target + (n * g.outChannels() + o) * g.outArea() + r * g.outWidth();
                    int to = plan.targets[o] + (n * plan.rowBlock + r) * plan.paddedWidth;
                    for (int i = 0; i < whole; i += LANES) {
                        FloatVector.fromArray(SPECIES, dy, from + i).intoArray(y, to + i);
                    }
                    FloatVector.fromArray(SPECIES, dy, from + whole, mask).intoArray(y, to + whole);
                }
            }
        }
    }
}
