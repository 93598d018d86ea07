package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import jdk.incubator.vector.FloatVector;

/**
 * Runs a {@link GatherPlan}: a matrix product weights x windows in which the matrix of windows is never in memory. The source
 * rows of a unit are copied to a padded slab, and the register tiles read it through a table of offsets, one a step of the sum;
 * with many output channels the pixels of a tile are first lined up in a panel, which each tile of weights then reads in order.
 */
final class GatherConvolution {
    private final Parallel parallel;
    private final ThreadLocal<Scratch> scratch;

    GatherConvolution(Parallel parallel, ThreadLocal<Scratch> scratch) {
        this.parallel = parallel;
        this.scratch = scratch;
    }

    void run(
            GatherPlan plan,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        int[] packedStarts = new int[plan.phases.size()];
        float[] packed = packWeights(plan, weight, weightOffset, bias, biasOffset, packedStarts);
        parallel.forEach(plan.pieces, piece -> {
            var own = scratch.get();
            int end = (int) ((long) plan.units * (piece + 1) / plan.pieces);
            for (int unit = (int) ((long) plan.units * piece / plan.pieces); unit < end; unit++) {
                new Unit(plan, unit, own, packed, packedStarts).run(x, xOffset, y, yOffset);
            }
        });
    }

    /** All phases of all groups, one behind the other. */
    private float[] packWeights(
            GatherPlan plan, float[] weight, int weightOffset, float[] bias, int biasOffset, int[] starts) {
        var blocks = plan.rowBlocks;
        int length = 0;
        for (int p = 0; p < starts.length; p++) {
            starts[p] = length;
            length += plan.groups * blocks.packedLength(plan.phases.get(p).weights.length, plan.channelBlocks);
        }
        float[] packed = scratch.get().floats(Scratch.Use.WEIGHTS, length);
        for (int p = 0; p < starts.length; p++) {
            var phase = plan.phases.get(p);
            int groupLength = blocks.packedLength(phase.weights.length, plan.channelBlocks);
            for (int group = 0; group < plan.groups; group++) {
                int from = weightOffset + group * groupWeights(plan);
                for (int block = 0; block < plan.channelBlocks; block++) {
                    int start = block * plan.channelBlock * phase.window.taps();
                    int depth = Math.min(phase.sources.length, phase.weights.length - start);
                    blocks.pack(
                            weight, from, plan.targetStep, phase.weights, block, start, depth, block == 0 ? bias : null,
                            biasOffset + group * plan.targetChannels, packed, starts[p] + group * groupLength);
                }
            }
        }
        return packed;
    }

    private static int groupWeights(GatherPlan plan) {
        return Math.max(plan.targetStep * plan.targetChannels, plan.sourceStep * plan.sourceChannels);
    }

    /** One image, group and block of output rows. */
    private static final class Unit {
        private final GatherPlan plan;
        private final Scratch scratch;
        private final TileTarget target;
        private final float[] packed;
        private final int[] packedStarts;
        private final int image;
        private final int group;
        private final int block;

        Unit(GatherPlan plan, int unit, Scratch scratch, float[] packed, int[] packedStarts) {
            this.plan = plan;
            this.scratch = scratch;
            this.target = scratch.target;
            this.packed = packed;
            this.packedStarts = packedStarts;
            this.block = unit % plan.blocks;
            this.group = unit / plan.blocks % plan.groups;
            this.image = unit / plan.blocks / plan.groups;
        }

        void run(float[] x, int xOffset, float[] y, int yOffset) {
            int source = xOffset + (image * plan.groups + group) * plan.sourceChannels * plan.sourceArea();
            int plane0 = yOffset + (image * plan.groups + group) * plan.targetChannels * plan.targetArea();
            for (int channelBlock = 0; channelBlock < plan.channelBlocks; channelBlock++) {
                int channel = channelBlock * plan.channelBlock;
                int channels = Math.min(plan.channelBlock, plan.sourceChannels - channel);
                int plane = source + channel * plan.sourceArea();
                float[] from = x;
                int fromOffset = plane + block * plan.blockRows * LANES;
                if (!plan.direct) {
                    from = scratch.floats(Scratch.Use.SLAB, plan.slab.length(channels));
                    fromOffset = 0;
                    fillSlab(x, plane, channels, from);
                }
                int phaseOffset = 0;
                for (int p = 0; p < plan.phases.size(); p++) {
                    var phase = plan.phases.get(p);
                    if (plan.isStepped()) {
                        int planes = plan.blockRows * phase.window.columns();
                        float[] to = scratch.floats(Scratch.Use.PHASES, phasesLength());
                        computePhase(p, channelBlock, channels, from, fromOffset, to, phaseOffset, planes);
                        phaseOffset += plan.targetChannels * planes;
                    } else {
                        int at = plane0 + (plan.direct ? block * plan.blockRows * LANES : block * plan.blockRows * plan.targetWidth);
                        computePhase(p, channelBlock, channels, from, fromOffset, y, at, plan.targetArea());
                    }
                }
            }
            if (plan.isStepped()) {
                interleave(y, plane0);
            }
        }

        private void fillSlab(float[] x, int plane, int channels, float[] slab) {
            int row = block * plan.blockRows;
            int rows = Math.min(plan.blockRows, plan.phases.getFirst().window.rows() - row);
            plan.slab.fill(x, plane, channels, row * plan.strideHeight + plan.firstRow, plan.slabRows(rows), slab, 0);
        }

        private int phasesLength() {
            int length = 0;
            for (var phase : plan.phases) {
                length += plan.targetChannels * plan.blockRows * phase.window.columns();
            }
            return length;
        }

        private void computePhase(
                int p, int channelBlock, int channels, float[] from, int fromOffset, float[] to, int toOffset, int toLeading) {
            var phase = plan.phases.get(p);
            var positions = block == plan.blocks - 1 ? phase.last : phase.whole;
            int taps = phase.window.taps();
            int depthStart = channelBlock * plan.channelBlock * taps;
            int depth = channels * taps;
            boolean add = channelBlock > 0;
            int weights = packedStarts[p] + group * plan.rowBlocks.packedLength(phase.weights.length, plan.channelBlocks);
            if (plan.packed) {
                int length = depth * PanelKernels.WIDTH;
                int group = PanelKernels.groupOf(depth);
                float[] panels = scratch.floats(Scratch.Use.PANEL, group * length);
                for (int start = 0; start < positions.count; start += 2 * group) {
                    int end = Math.min(start + 2 * group, positions.count);
                    packPanels(depth, from, fromOffset, phase.sources, positions.columns, start, end, panels);
                    for (int v = start; v < end; v += 2) {
                        for (int i = 0; i < plan.rowBlocks.count(); i++) {
                            aim(i, 2, positions, v, to, toOffset, toLeading, add);
                            int a = weights + plan.rowBlocks.packedOffset(i, channelBlock, depthStart, depth);
                            PanelKernels.run(
                                    plan.rowBlocks.tileRows(i), depth, packed, a, panels, (v - start) / 2 * length, target);
                            settle(i, 2, positions, v, to, toOffset, toLeading, add);
                        }
                    }
                }
                return;
            }
            // Short stretches, a multiple of every tile's width: all tiles of weights meet them in the first-level cache.
            for (int start = 0; start < positions.count; start += TileTarget.MOST_VECTORS) {
                int end = Math.min(start + TileTarget.MOST_VECTORS, positions.count);
                for (int i = 0; i < plan.rowBlocks.count(); i++) {
                    int a = weights + plan.rowBlocks.packedOffset(i, channelBlock, depthStart, depth);
                    int vectors = TileKernels.vectors(plan.rowBlocks.tileRows(i));
                    for (int v = start; v < end; v += vectors) {
                        aim(i, vectors, positions, v, to, toOffset, toLeading, add);
                        TileKernels.run(
                                plan.rowBlocks.tileRows(i), depth, packed, a, from, fromOffset, phase.sources, positions.columns, v,
                                target);
                        settle(i, vectors, positions, v, to, toOffset, toLeading, add);
                    }
                }
            }
        }

        /** Whether a tile can be stored whole. What overlaps may be overwritten with the same, but not added to twice. */
        private boolean fits(int vectors, VectorPositions positions, int v) {
            return plan.channelBlocks == 1 ? !positions.isNarrow() : positions.isClean(v, vectors);
        }

        private void aim(
                int i, int vectors, VectorPositions positions, int v, float[] to, int toOffset, int toLeading, boolean add) {
            if (fits(vectors, positions, v)) {
                int offset = toOffset + plan.rowBlocks.start(i) * toLeading;
                target.to(to, offset, toLeading, positions.targets, v, plan.rowBlocks.rows(i), add);
            } else {
                target.toAside(plan.rowBlocks.rows(i));
            }
        }

        private void settle(
                int i, int vectors, VectorPositions positions, int v, float[] to, int toOffset, int toLeading, boolean add) {
            if (fits(vectors, positions, v)) {
                return;
            }
            int offset = toOffset + plan.rowBlocks.start(i) * toLeading;
            for (int t = 0; t < vectors && v + t < positions.count; t++) {
                boolean ragged = positions.isRagged(v + t);
                target.merge(
                        t, ragged ? positions.firstLane : 0, ragged ? positions.endLane : LANES, to,
                        offset + positions.targets[v + t], toLeading, add);
            }
        }

        private static void packPanels(
                int depth, float[] x, int xOffset, int[] rows, int[] columns, int start, int end, float[] panels) {
            for (int d = 0; d < depth; d++) {
                int row = xOffset + rows[d];
                int to = d * PanelKernels.WIDTH;
                for (int v = start; v < end; v += 2) {
                    FloatVector.fromArray(SPECIES, x, row + columns[v]).intoArray(panels, to);
                    FloatVector.fromArray(SPECIES, x, row + columns[v + 1]).intoArray(panels, to + LANES);
                    to += depth * PanelKernels.WIDTH;
                }
            }
        }

        /** Puts the pixels of the phases to their places in the output. */
        private void interleave(float[] y, int target) {
            float[] phases = scratch.floats(Scratch.Use.PHASES, 0);
            int offset = 0;
            for (var phase : plan.phases) {
                var window = phase.window;
                int row = block * plan.blockRows;
                int rows = Math.min(plan.blockRows, window.rows() - row);
                for (int m = 0; m < plan.targetChannels; m++) {
                    for (int r = 0; r < rows; r++) {
                        int from = offset + (m * plan.blockRows + r) * window.columns();
                        int to = target + m * plan.targetArea()
                                + ((row + r) * plan.stepHeight + window.rowPhase()) * plan.targetWidth + window.columnPhase();
                        for (int j = 0; j < window.columns(); j++) {
                            y[to + j * plan.stepWidth] = phases[from + j];
                        }
                    }
                }
                offset += plan.targetChannels * plan.blockRows * window.columns();
            }
        }
    }
}
