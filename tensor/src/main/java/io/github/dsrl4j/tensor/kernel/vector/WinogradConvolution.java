package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;

/**
 * Runs a {@link WinogradPlan}: a 3 x 3 convolution with 4/9 of its multiplications (Lavin and Gray, Fast algorithms for
 * convolutional neural networks, 2016). Windows of neighbouring outputs share inputs; a transform that only adds, of 4 x 4 inputs
 * and of the filters, turns 4 outputs of 9 products each into 16 products, which over channels are 16 matrix products, and another
 * one that only adds makes outputs of them. A unit's transformed inputs and outputs stay in a near cache. Errors are those of the
 * direct sum within a factor of about two, since no factor of the transforms is above 1.
 */
final class WinogradConvolution {
    private static final int[] COLUMNS = {0, LANES};

    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch;

    WinogradConvolution(Parallel parallel, ThreadLocal<Scratch> scratch) {
        this.parallel = parallel;
        this.scratch = scratch;
    }

    void run(
            WinogradPlan plan,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        float[] packed = packWeights(plan, weight, weightOffset);
        parallel.forEach(plan.units, unit -> {
            int image = unit / plan.imageUnits;
            int firstBand = unit % plan.imageUnits * plan.unitBands;
            var work = new Unit(plan, scratch.get(), firstBand);
            work.transformInputs(x, xOffset + image * plan.sourceChannels * plan.sourceArea);
            work.multiply(packed);
            int planes = yOffset + image * plan.targetChannels * plan.targetHeight * plan.targetWidth;
            work.transformOutputs(bias, biasOffset, y, planes);
        });
    }

    private static int packedStride(WinogradPlan plan) {
        return plan.rowBlocks.packedLength(plan.sourceChannels, plan.channelBlocks) + LANES;
    }

    /** For each point, weights as {@link RowBlocks} packs them, without a bias. */
    private float[] packWeights(WinogradPlan plan, float[] weight, int weightOffset) {
        var blocks = plan.rowBlocks;
        int stride = packedStride(plan);
        float[] packed = scratch.get().floats(Scratch.Use.WEIGHTS, WinogradPlan.POINTS * stride);
        int parts = blocks.count() * plan.channelBlocks;
        Pieces.run(parallel, parts, (long) WinogradPlan.POINTS * stride / parts, (from, end) -> {
            var own = scratch.get();
            for (int part = from; part < end; part++) {
                packPart(plan, own, part % blocks.count(), part / blocks.count(), weight, weightOffset, packed, stride);
            }
        });
        return packed;
    }

    private static void packPart(
            WinogradPlan plan,
            Scratch scratch,
            int tile,
            int channelBlock,
            float[] weight,
            int weightOffset,
            float[] packed,
            int stride) {
        var blocks = plan.rowBlocks;
        int height = blocks.tileRows(tile);
        int channel = channelBlock * plan.channelBlock;
        int channels = Math.min(plan.channelBlock, plan.sourceChannels - channel);
        int to = blocks.packedOffset(tile, channelBlock, channel, channels);
        for (int point = 0; point < WinogradPlan.POINTS; point++) {
            Arrays.fill(packed, to + point * stride, to + point * stride + height, 0);
        }
        float[] taps = scratch.floats(Scratch.Use.TILE, WinogradLoops.FILTER_VECTORS * LANES);
        for (int c = 0; c < channels; c++) {
            int from = weightOffset + blocks.start(tile) * plan.targetStep + (channel + c) * plan.sourceStep;
            scratch.transposer.run(
                    weight, from, plan.targetStep, blocks.rows(tile), WinogradLoops.TAPS, taps, 0, LANES);
            WinogradLoops.weights(taps, plan.taps, height, packed, to + (c + 1) * height, stride);
        }
    }

    /** Some bands of one image. */
    private static final class Unit {
        private final WinogradPlan plan;
        private final Scratch scratch;
        private final int firstBand;
        private final int bands;
        private final int vectors;
        private final float[] inputs;
        private final float[] outputs;

        Unit(WinogradPlan plan, Scratch scratch, int firstBand) {
            this.plan = plan;
            this.scratch = scratch;
            this.firstBand = firstBand;
            bands = Math.min(plan.unitBands, plan.bands - firstBand);
            vectors = bands * plan.bandVectors();
            inputs = scratch.floats(Scratch.Use.PANEL, WinogradPlan.POINTS * plan.sourcePointStride);
            outputs = scratch.floats(Scratch.Use.RESULTS, WinogradPlan.POINTS * plan.targetPointStride);
        }

        void transformInputs(float[] x, int plane) {
            int period = 2 * plan.dilation;
            float[] slab = scratch.floats(Scratch.Use.SLAB, plan.slab.length(1));
            int rowStep = plan.dilation * plan.slab.rowStride();
            for (int c = 0; c < plan.sourceChannels; c++) {
                int from = plane + c * plan.sourceArea;
                plan.slab.fill(x, from, 1, plan.firstRow + firstBand * period, (bands + 1) * period, slab, 0);
                int v = 0;
                for (int tileRow = 0; tileRow < bands * plan.dilation; tileRow++) {
                    int row = (tileRow / plan.dilation * period + tileRow % plan.dilation) * plan.slab.rowStride();
                    for (int phase = 0; phase < plan.dilation; phase++) {
                        int c0 = plan.column(phase, 0);
                        int c1 = plan.column(phase, 1);
                        int c2 = plan.column(phase, 2);
                        int c3 = plan.column(phase, 3);
                        for (int i = 0; i < plan.rowVectors; i++) {
                            int to = plan.sourceOffset(v / 2, c) + v % 2 * LANES;
                            WinogradLoops.input(
                                    slab, row + i * LANES, rowStep, c0, c1, c2, c3, inputs, to, plan.sourcePointStride);
                            v++;
                        }
                    }
                }
            }
        }

        /** For each point, outputs = weights x inputs. Where the vectors are odd in number, the last one of the last panel is of no use. */
        void multiply(float[] packed) {
            int panels = Math.ceilDiv(vectors, 2);
            int count = plan.rowBlocks.count();
            for (int point = 0; point < WinogradPlan.POINTS; point++) {
                for (int channelBlock = 0; channelBlock < plan.channelBlocks; channelBlock++) {
                    for (int first = 0; first < count; first += PanelKernels.TILES_IN_TURN) {
                        int end = Math.min(count, first + PanelKernels.TILES_IN_TURN);
                        for (int panel = 0; panel < panels; panel++) {
                            multiply(packed, point, channelBlock, panel, first, end);
                        }
                    }
                }
            }
        }

        private void multiply(float[] packed, int point, int channelBlock, int panel, int firstTile, int endTile) {
            var blocks = plan.rowBlocks;
            int channel = channelBlock * plan.channelBlock;
            int channels = Math.min(plan.channelBlock, plan.sourceChannels - channel);
            int b = point * plan.sourcePointStride + plan.sourceOffset(panel, channel);
            int leading = plan.unitVectors() * LANES;
            int to = point * plan.targetPointStride + panel * PanelKernels.WIDTH;
            for (int i = firstTile; i < endTile; i++) {
                int a = point * packedStride(plan) + blocks.packedOffset(i, channelBlock, channel, channels);
                scratch.target.to(outputs, to + blocks.start(i) * leading, leading, COLUMNS, 0, channelBlock > 0);
                PanelKernels.run(blocks.tileRows(i), channels, packed, a, inputs, b, scratch.target);
            }
        }

        void transformOutputs(float[] bias, int biasOffset, float[] y, int planes) {
            int phaseWidth = plan.rowVectors * LANES;
            int period = 2 * plan.dilation;
            int rowLength = period * phaseWidth;
            float[] rows = scratch.floats(Scratch.Use.LINES, 2 * rowLength);
            for (int o = 0; o < plan.targetChannels; o++) {
                float shift = bias == null ? 0 : bias[biasOffset + o];
                int from = o * plan.unitVectors() * LANES;
                for (int tileRow = 0; tileRow < bands * plan.dilation; tileRow++) {
                    for (int phase = 0; phase < plan.dilation; phase++) {
                        for (int i = 0; i < plan.rowVectors; i++) {
                            WinogradLoops.output(
                                    outputs,
                                    from,
                                    plan.targetPointStride,
                                    shift,
                                    rows,
                                    phase * phaseWidth + i * LANES,
                                    plan.dilation * phaseWidth,
                                    rowLength);
                            from += LANES;
                        }
                    }
                    int row = (firstBand + tileRow / plan.dilation) * period + tileRow % plan.dilation;
                    int to = planes + o * plan.targetHeight * plan.targetWidth;
                    store(rows, 0, row, y, to);
                    store(rows, rowLength, row + plan.dilation, y, to);
                }
            }
        }

        private void store(float[] rows, int from, int row, float[] y, int plane) {
            if (row < plan.targetHeight) {
                int phaseWidth = plan.rowVectors * LANES;
                Phases.merge(
                        rows, from, 2 * plan.dilation, phaseWidth, y, plane + row * plan.targetWidth, plan.targetWidth);
            }
        }
    }
}
