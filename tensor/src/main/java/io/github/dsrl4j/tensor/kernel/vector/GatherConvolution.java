package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Parallel;
import jdk.incubator.vector.FloatVector;

/**
 * Runs a {@link GatherPlan}: a matrix product weights x windows in which the matrix of windows is never in memory. The source
 * rows of a unit are copied to a padded slab, and the register tiles read it through a table of offsets, one a step of the sum.
 * Under a 1 x 1 window the source is read where it lies; with many output channels the pixels of a tile are then lined up in a
 * panel first, which each tile of weights reads in order.
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
            var units = new Units(plan, scratch.get(), packed, packedStarts);
            int end = (int) ((long) plan.units * (piece + 1) / plan.pieces);
            for (int unit = (int) ((long) plan.units * piece / plan.pieces); unit < end; unit++) {
                units.run(unit, x, xOffset, y, yOffset);
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
        int parts = starts.length * plan.groups * plan.channelBlocks * blocks.count();
        Pieces.run(parallel, parts, length / parts, (from, end) -> {
            var transposer = scratch.get().transposer;
            for (int part = from; part < end; part++) {
                packPart(plan, part, weight, weightOffset, bias, biasOffset, packed, starts, transposer);
            }
        });
        return packed;
    }

    /** One register tile's weights for one block of source channels, of one group and phase. */
    private static void packPart(
            GatherPlan plan,
            int part,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] packed,
            int[] starts,
            Transposer transposer) {
        var blocks = plan.rowBlocks;
        int tile = part % blocks.count();
        int block = part / blocks.count() % plan.channelBlocks;
        int group = part / blocks.count() / plan.channelBlocks % plan.groups;
        int p = part / blocks.count() / plan.channelBlocks / plan.groups;
        var phase = plan.phases.get(p);
        int start = block * plan.channelBlock * phase.window.taps();
        blocks.pack(
                tile,
                weight,
                weightOffset + group * groupWeights(plan),
                plan.targetStep,
                phase.weights,
                block,
                start,
                Math.min(phase.sources.length, phase.weights.length - start),
                block == 0 ? bias : null,
                biasOffset + group * plan.targetChannels,
                packed,
                starts[p] + group * blocks.packedLength(phase.weights.length, plan.channelBlocks),
                transposer);
    }

    private static int groupWeights(GatherPlan plan) {
        return Math.max(plan.targetStep * plan.targetChannels, plan.sourceStep * plan.sourceChannels);
    }

    /** The register tiles of a phase for some channels of the source and some vectors of a unit. */
    private record Tiles(
            Units units,
            GatherPlan.Phase phase,
            VectorPositions positions,
            int[] targets,
            int channelBlock,
            int depthStart,
            int depth,
            int weights,
            float[] from,
            int fromOffset,
            float[] panels,
            int firstVector,
            float[] to,
            int toOffset,
            int toLeading) {

        /** Tile i of the weights, over {@code vectors} vectors from {@code v} on. */
        void run(int i, int v, int vectors) {
            var plan = units.plan;
            var target = units.target;
            int tileRows = plan.rowBlocks.tileRows(i);
            int rows = plan.rowBlocks.rows(i);
            // Where results are collected there is room for the rows that fill up the last tile.
            boolean whole = plan.collected || rows == tileRows;
            int a = weights + plan.rowBlocks.packedOffset(i, channelBlock, depthStart, depth);
            int offset = toOffset + plan.rowBlocks.start(i) * toLeading;
            if (whole) {
                target.to(to, offset, toLeading, targets, v, channelBlock > 0);
            } else {
                target.toAside();
            }
            if (plan.packed) {
                int panel = (v - firstVector) * depth * LANES;
                PanelKernels.run(tileRows, depth, units.packed, a, panels, panel, target);
            } else {
                int[] columns = positions.columns();
                TileKernels.run(tileRows, depth, units.packed, a, from, fromOffset, phase.sources, columns, v, target);
            }
            // Never to be added to: such results are collected.
            for (int w = 0; !whole && w < vectors; w++) {
                target.merge(w, rows, LANES, to, offset + targets[v + w], toLeading, false);
            }
        }
    }

    /** One after the other: an image, group and block of output rows. */
    private static final class Units {
        private final GatherPlan plan;
        private final Scratch scratch;
        private final TileTarget target;
        private final float[] packed;
        private final int[] packedStarts;
        private int image;
        private int group;
        private int block;

        Units(GatherPlan plan, Scratch scratch, float[] packed, int[] packedStarts) {
            this.plan = plan;
            this.scratch = scratch;
            this.target = scratch.target;
            this.packed = packed;
            this.packedStarts = packedStarts;
        }

        void run(int unit, float[] x, int xOffset, float[] y, int yOffset) {
            block = unit % plan.blocks;
            group = unit / plan.blocks % plan.groups;
            image = unit / plan.blocks / plan.groups;
            int source = xOffset + (image * plan.groups + group) * plan.sourceChannels * plan.sourceArea();
            int planes = yOffset + (image * plan.groups + group) * plan.targetChannels * plan.targetArea();
            int blockStart = block * plan.blockRows * (plan.direct ? LANES : plan.targetWidth);
            float[] results = plan.collected ? scratch.floats(Scratch.Use.RESULTS, resultsLength()) : y;
            for (int channelBlock = 0; channelBlock < plan.channelBlocks; channelBlock++) {
                int channel = channelBlock * plan.channelBlock;
                int channels = Math.min(plan.channelBlock, plan.sourceChannels - channel);
                int plane = source + channel * plan.sourceArea();
                float[] from = plan.direct ? x : slab(x, plane, channels);
                int fromOffset = plan.direct ? plane + blockStart : 0;
                int resultsOffset = plan.collected ? 0 : planes + blockStart;
                for (int p = 0; p < plan.phases.size(); p++) {
                    var positions = positions(p);
                    int leading = plan.collected ? collectedLeading(positions) : plan.targetArea();
                    compute(p, channelBlock, channels, from, fromOffset, results, resultsOffset, leading);
                    resultsOffset += plan.rowBlocks.paddedRows() * leading;
                }
            }
            if (plan.isStepped()) {
                PhaseInterleaver.run(plan, block, results, y, planes);
            } else if (plan.collected) {
                var positions = positions(0);
                scatter(
                        positions,
                        plan.targetChannels,
                        results,
                        collectedLeading(positions),
                        y,
                        planes + blockStart,
                        plan.targetArea());
            }
        }

        private VectorPositions positions(int p) {
            return block == plan.blocks - 1 ? plan.phases.get(p).last : plan.phases.get(p).whole;
        }

        private int resultsLength() {
            int length = 0;
            for (var phase : plan.phases) {
                length += plan.rowBlocks.paddedRows() * collectedLeading(phase.whole);
            }
            return length;
        }

        private float[] slab(float[] x, int plane, int channels) {
            float[] slab = scratch.floats(Scratch.Use.SLAB, plan.slabLength(channels));
            int row = block * plan.blockRows;
            int rows = Math.min(plan.blockRows, plan.phases.getFirst().window.rows() - row);
            plan.slab.fill(x, plane, channels, row * plan.strideHeight + plan.firstRow, plan.slabRows(rows), slab, 0);
            return slab;
        }

        private void compute(
                int p,
                int channelBlock,
                int channels,
                float[] from,
                int fromOffset,
                float[] to,
                int toOffset,
                int toLeading) {
            var phase = plan.phases.get(p);
            if (plan.kind == RowBlocks.Kind.ROW) {
                computeRows(phase, channels, from, to, toOffset);
                return;
            }
            var positions = positions(p);
            int[] targets = plan.collected ? plan.collectedTargets : positions.targets();
            int taps = phase.window.taps();
            int depthStart = channelBlock * plan.channelBlock * taps;
            int depth = channels * taps;
            int weights =
                    packedStarts[p] + group * plan.rowBlocks.packedLength(phase.weights.length, plan.channelBlocks);
            int stretch = plan.stretch(depth);
            float[] panels = plan.packed ? scratch.floats(Scratch.Use.PANEL, stretch * depth * LANES) : from;
            for (int start = 0; start < positions.count(); start += stretch) {
                int end = Math.min(start + stretch, positions.count());
                if (plan.packed) {
                    packPanels(depth, from, fromOffset, phase.sources, positions.columns(), start, end, panels);
                }
                var tiles = new Tiles(
                        this,
                        phase,
                        positions,
                        targets,
                        channelBlock,
                        depthStart,
                        depth,
                        weights,
                        from,
                        fromOffset,
                        panels,
                        start,
                        to,
                        toOffset,
                        toLeading);
                int turn = plan.packed ? PanelKernels.TILES_IN_TURN : 1;
                for (int first = 0; first < plan.rowBlocks.count(); first += turn) {
                    int last = Math.min(first + turn, plan.rowBlocks.count());
                    int vectors = plan.packed ? 2 : TileKernels.vectors(plan.rowBlocks.tileRows(first));
                    for (int v = start; v < end; v += vectors) {
                        for (int i = first; i < last; i++) {
                            tiles.run(i, v, vectors);
                        }
                    }
                }
            }
        }

        /** Four output rows at a time, each as far from the next as the taps. */
        private void computeRows(GatherPlan.Phase phase, int channels, float[] slab, float[] to, int toOffset) {
            var line = plan.line;
            int rows = Math.min(plan.blockRows, phase.window.rows() - block * plan.blockRows);
            int inRow = line.count();
            int apart = plan.haloRows / 2;
            int toRow = plan.collected ? inRow * LANES : plan.targetWidth;
            int[] targets = plan.collected ? plan.collectedTargets : line.targets();
            int a = packedStarts[0] + group * plan.rowBlocks.packedLength(phase.weights.length, plan.channelBlocks);
            var window = scratch.window;
            float[] sums = scratch.floats(Scratch.Use.TILE, RowKernels.ROWS * LANES);
            window.channelStep = plan.slab.channelStride();
            window.rowStep = apart * plan.slab.rowStride();
            window.columnStep = phase.window.tapColumns()[1] - phase.window.tapColumns()[0];
            window.columns = line.columns();
            for (int r = 0; r < rows; r += r % apart == apart - 1 ? (RowKernels.ROWS - 1) * apart + 1 : 1) {
                window.start = r * plan.slab.rowStride();
                int count = Math.min(RowKernels.ROWS, Math.ceilDiv(rows - r, apart));
                if (channels == 1) {
                    int[] places = scratch.rows;
                    for (int i = 0; i < RowKernels.ROWS; i++) {
                        places[i] = toOffset + (r + Math.min(i, count - 1) * apart) * toRow;
                    }
                    RowKernels.depthwise(packed, a, slab, window, inRow, to, places, targets);
                    continue;
                }
                for (int v = 0; v < inRow; v++) {
                    RowKernels.run(channels, packed, a, slab, window, v, sums);
                    for (int i = 0; i < count; i++) {
                        FloatVector.fromArray(SPECIES, sums, i * LANES)
                                .intoArray(to, toOffset + (r + i * apart) * toRow + targets[v]);
                    }
                }
            }
        }
    }

    /** Floats for a channel where results are collected: a wide tile may run over, and powers of two are avoided. */
    static int collectedLeading(VectorPositions positions) {
        return (positions.count() + TileTarget.MOST_VECTORS | 1) * LANES;
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

    /** Puts collected vectors to their places. */
    private static void scatter(
            VectorPositions positions,
            int channels,
            float[] results,
            int leading,
            float[] y,
            int yOffset,
            int yLeading) {
        int[] targets = positions.targets();
        var mask = Lanes.mask(0, positions.lanes());
        for (int m = 0; m < channels; m++) {
            int from = m * leading;
            int to = yOffset + m * yLeading;
            if (positions.isNarrow()) {
                for (int v = 0; v < positions.count(); v++) {
                    FloatVector.fromArray(SPECIES, results, from + v * LANES).intoArray(y, to + targets[v], mask);
                }
            } else {
                for (int v = 0; v < positions.count(); v++) {
                    FloatVector.fromArray(SPECIES, results, from + v * LANES).intoArray(y, to + targets[v]);
                }
            }
        }
    }
}
