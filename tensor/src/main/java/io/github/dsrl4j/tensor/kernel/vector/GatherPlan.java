package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;
import java.util.List;

/**
 * Everything about a convolution, or about the adjoint of one, that follows from its geometry: both gather, for each output
 * pixel, weighted source pixels under a window. Made once for a geometry and kept, since small layers would else spend more
 * time on tables than on arithmetic.
 *
 * <p>The work is cut into units (image, group, block of output rows), and those, in order, into pieces of about equal cost. The
 * cut depends on the geometry alone.
 */
final class GatherPlan {
    /**
     * Most terms of a sum that are added in one go: short enough for float sums to stay near the rounding error of one
     * addition, and for the pixels that a register tile reads to stay in the first-level cache.
     */
    private static final int MOST_DEPTH = 288;

    /** Floats of a slab: it should stay in the second-level cache, with room for weights and results. */
    private static final int SLAB_FLOATS = 96 * 1024;

    /** Floats of the results of a unit where they are collected before they are stored: they share the cache with the slab. */
    private static final int RESULT_FLOATS = 64 * 1024;

    /** Floats of packed weights that each panel passes: half of a second-level cache. */
    private static final int WEIGHT_FLOATS = 192 * 1024;

    /** Source channels of a 1 x 1 window up to which results are collected. */
    private static final int FEW_SOURCES = 4;

    /** Rough cost, in multiply-adds, of what is worth its own piece: some 10 microseconds. */
    private static final long PIECE_COST = 500_000;

    final int batch;
    final int groups;
    final int sourceChannels;
    final int targetChannels;
    final int sourceHeight;
    final int sourceWidth;
    final int strideHeight;
    final int targetHeight;
    final int targetWidth;
    final int stepHeight;
    final int stepWidth;
    final List<Phase> phases;
    final RowBlocks rowBlocks;
    final int channelBlock;
    final int channelBlocks;
    final RowBlocks.Kind kind;
    /**
     * Whether the source pixels of a tile are copied to a panel before they are read. Image planes are often a power of two apart, so
     * that the channels of a pixel would fight for one set of the cache; a slab has them elsewhere.
     */
    final boolean packed;
    /**
     * Whether the results of a unit are collected in order before they are stored. It costs a copy, but it is needed where a tile's
     * vectors cannot be stored as they are: where sums are added to, where rows are narrower than a vector, and where phases are
     * interleaved. It pays where a tile has next to nothing to add up: then the way to far memory counts, which is shorter in long
     * runs.
     */
    final boolean collected;
    /** Whether the source is read where it lies: a 1 x 1 window, so no border. Blocks are then stretches of vectors. */
    final boolean direct;

    /** Where collected vectors stand: one behind the other. */
    final int[] collectedTargets;

    /** The vectors of one output row, where {@link RowKernels} work. */
    final VectorPositions line;

    final Slab slab;
    final int firstRow;
    final int haloRows;
    final int blockRows;
    final int blocks;
    final int units;
    final int pieces;
    /** Steps to the weights: from a target channel to the next, and from a source channel to the next. */
    final int targetStep;

    final int sourceStep;

    /** A phase with its tables: where the sources of step d (channel, tap) lie from a position, and its weights. */
    static final class Phase {
        final WindowPhase window;
        final int[] sources;
        final int[] weights;
        final VectorPositions whole;
        final VectorPositions last;

        Phase(WindowPhase window, int[] sources, int[] weights, VectorPositions whole, VectorPositions last) {
            this.window = window;
            this.sources = sources;
            this.weights = weights;
            this.whole = whole;
            this.last = last;
        }
    }

    static GatherPlan forward(ConvolutionGeometry g) {
        int c = g.inChannelsPerGroup();
        if (g.isPointwise()) {
            return pointwise(g, c, g.outChannelsPerGroup(), c, 1);
        }
        return new GatherPlan(
                g.batch(),
                g.groups(),
                c,
                g.outChannelsPerGroup(),
                g.inHeight(),
                g.inWidth(),
                g.strideHeight(),
                g.strideWidth(),
                g.outHeight(),
                g.outWidth(),
                1,
                1,
                WindowPhase.ofForward(g),
                c * g.kernelArea(),
                g.kernelArea());
    }

    static GatherPlan backwardData(ConvolutionGeometry g) {
        int c = g.inChannelsPerGroup();
        if (g.isPointwise()) {
            return pointwise(g, g.outChannelsPerGroup(), c, 1, c);
        }
        return new GatherPlan(
                g.batch(),
                g.groups(),
                g.outChannelsPerGroup(),
                c,
                g.outHeight(),
                g.outWidth(),
                1,
                1,
                g.inHeight(),
                g.inWidth(),
                g.strideHeight(),
                g.strideWidth(),
                WindowPhase.ofBackwardData(g),
                g.kernelArea(),
                c * g.kernelArea());
    }

    /** All pixels are alike under a 1 x 1 window, so an image is one long row. */
    private static GatherPlan pointwise(
            ConvolutionGeometry g, int sources, int targets, int targetStep, int sourceStep) {
        var window = new WindowPhase(0, 0, 1, g.outArea(), new int[1], new int[1], new int[1]);
        return new GatherPlan(
                g.batch(),
                g.groups(),
                sources,
                targets,
                1,
                g.outArea(),
                1,
                1,
                1,
                g.outArea(),
                1,
                1,
                List.of(window),
                targetStep,
                sourceStep);
    }

    private GatherPlan(
            int batch,
            int groups,
            int sourceChannels,
            int targetChannels,
            int sourceHeight,
            int sourceWidth,
            int strideHeight,
            int strideWidth,
            int targetHeight,
            int targetWidth,
            int stepHeight,
            int stepWidth,
            List<WindowPhase> windows,
            int targetStep,
            int sourceStep) {
        this.batch = batch;
        this.groups = groups;
        this.sourceChannels = sourceChannels;
        this.targetChannels = targetChannels;
        this.sourceHeight = sourceHeight;
        this.sourceWidth = sourceWidth;
        this.strideHeight = strideHeight;
        this.targetHeight = targetHeight;
        this.targetWidth = targetWidth;
        this.stepHeight = stepHeight;
        this.stepWidth = stepWidth;
        this.targetStep = targetStep;
        this.sourceStep = sourceStep;

        int taps = 0;
        int mostTaps = 1;
        var span = new Span();
        for (var each : windows) {
            taps += each.taps();
            mostTaps = Math.max(mostTaps, each.taps());
            span.include(each, strideWidth);
        }
        int depth = Math.clamp(WEIGHT_FLOATS / targetChannels, 128, MOST_DEPTH);
        int wantedBlock = Math.clamp(depth / mostTaps, 1, sourceChannels);
        channelBlocks = Math.ceilDiv(sourceChannels, wantedBlock);
        channelBlock = Math.ceilDiv(sourceChannels, channelBlocks);
        var window = windows.getFirst();
        // A panel pays when enough tiles of weights read it; of a pixel alone fewer are enough, since far memory is
        // then read in long runs.
        if (mostTaps == 1
                ? targetChannels >= 16 && sourceChannels >= 24
                : targetChannels >= 24 && sourceChannels * mostTaps >= 48) {
            kind = RowBlocks.Kind.PANEL;
        } else if (targetChannels == 1
                && channelBlocks == 1
                && !isStepped()
                && strideHeight * strideWidth == 1
                && window.isThreeByThree()) {
            kind = RowBlocks.Kind.ROW;
        } else {
            kind = RowBlocks.Kind.TILE;
        }
        packed = kind == RowBlocks.Kind.PANEL && mostTaps == 1;
        rowBlocks = new RowBlocks(targetChannels, kind);
        direct = windows.size() == 1
                && mostTaps == 1
                && stepHeight == 1
                && sourceHeight == 1
                && sourceWidth == targetWidth
                && targetWidth >= LANES;

        boolean fewSources = direct && sourceChannels <= FEW_SOURCES;
        collected = fewSources || channelBlocks > 1 || isStepped() || window.columns() < LANES;

        firstRow = span.firstRow;
        haloRows = span.lastRow - span.firstRow;
        int columns = span.endColumn - span.firstColumn;
        int rows = direct ? Math.ceilDiv(targetWidth, LANES) : window.rows();
        int rowFloats = direct ? channelBlock * LANES : channelBlock * Math.ceilDiv(columns, strideWidth) * strideWidth;
        int rowResults = direct ? LANES : Math.ceilDiv(window.columns(), LANES) * LANES * windows.size();
        int fitting = Math.clamp((SLAB_FLOATS / rowFloats - haloRows) / strideHeight, 1, rows);
        if (collected) {
            fitting = Math.clamp(RESULT_FLOATS / ((long) rowBlocks.paddedRows() * rowResults), 1, fitting);
        }
        long cost = (long) batch
                * groups
                * targetChannels
                * ((long) sourceChannels * taps + 16)
                * window.rows()
                * window.columns();
        long wantedPieces = Math.clamp(cost / PIECE_COST, 1, 64);
        int wantedBlocks = (int) Math.ceilDiv(Math.min(wantedPieces, 8), (long) batch * groups);
        blockRows = Math.ceilDiv(rows, Math.clamp(Math.max(Math.ceilDiv(rows, fitting), wantedBlocks), 1, rows));
        blocks = Math.ceilDiv(rows, blockRows);
        units = batch * groups * blocks;
        pieces = (int) Math.min(wantedPieces, units);

        slab = new Slab(sourceHeight, sourceWidth, span.firstColumn, columns, strideWidth, slabRows(blockRows));
        line = VectorPositions.ofRows(1, window.columns(), 0, 0);
        phases = windows.stream().map(this::phase).toList();
        int most = phases.stream()
                .mapToInt(p -> Math.max(p.whole.count(), p.last.count()))
                .max()
                .orElse(0);
        collectedTargets = new int[collected ? most + TileTarget.MOST_VECTORS : 0];
        Arrays.setAll(collectedTargets, v -> v * LANES);
    }

    /** Source rows under {@code rows} output rows. */
    int slabRows(int rows) {
        return (rows - 1) * strideHeight + haloRows + 1;
    }

    /**
     * Vectors of pixels that all tiles of weights pass over before the next ones: few, so that they stay in a near cache, and a
     * multiple of every tile's width.
     */
    int stretch(int depth) {
        if (packed) {
            return 2 * PanelKernels.groupOf(depth);
        }
        return kind == RowBlocks.Kind.PANEL ? 4 : TileTarget.MOST_VECTORS;
    }

    /** Floats of a slab, with rows to spare for a tile of {@link RowKernels} that reaches below the image. */
    int slabLength(int channels) {
        return slab.length(channels) + (kind == RowBlocks.Kind.ROW ? RowKernels.ROWS * haloRows * slab.rowStride() : 0);
    }

    private Phase phase(WindowPhase window) {
        int taps = window.taps();
        int[] sources = new int[channelBlock * taps];
        int[] weights = new int[sourceChannels * taps];
        int channelStride = direct ? sourceHeight * sourceWidth : slab.channelStride();
        for (int d = 0; d < weights.length; d++) {
            int channel = d / taps;
            int tap = d % taps;
            weights[d] = channel * sourceStep + window.tapWeights()[tap];
            if (d < sources.length) {
                sources[d] = channel * channelStride
                        + (direct
                                ? 0
                                : (window.tapRows()[tap] - firstRow) * slab.rowStride()
                                        + slab.columnOffset(window.tapColumns()[tap]));
            }
        }
        if (direct) {
            int width = blockRows * LANES;
            return new Phase(
                    window,
                    sources,
                    weights,
                    VectorPositions.ofStretch(width),
                    VectorPositions.ofStretch(targetWidth - (blocks - 1) * width));
        }
        int lastRows = Math.max(0, window.rows() - (blocks - 1) * blockRows);
        return new Phase(
                window,
                sources,
                weights,
                positions(window, Math.min(blockRows, window.rows())),
                positions(window, lastRows));
    }

    private VectorPositions positions(WindowPhase window, int rows) {
        int sourceStride = slab.rowStride() * strideHeight;
        return isStepped()
                ? VectorPositions.ofWholeVectors(rows, window.columns(), sourceStride)
                : VectorPositions.ofRows(rows, window.columns(), sourceStride, targetWidth);
    }

    /** Whether the output consists of several phases, which are computed apart and interleaved. */
    boolean isStepped() {
        return stepHeight * stepWidth > 1;
    }

    int targetArea() {
        return targetHeight * targetWidth;
    }

    int sourceArea() {
        return sourceHeight * sourceWidth;
    }

    /** The extent of the source that the windows of one output row of all phases see. */
    private static final class Span {
        private int firstRow;
        private int lastRow;
        private int firstColumn;
        private int endColumn = 1;
        private boolean started;

        void include(WindowPhase window, int strideWidth) {
            for (int t = 0; t < window.taps(); t++) {
                if (!started) {
                    started = true;
                    firstRow = lastRow = window.tapRows()[t];
                    firstColumn = window.tapColumns()[t];
                    endColumn = firstColumn + 1;
                }
                firstRow = Math.min(firstRow, window.tapRows()[t]);
                lastRow = Math.max(lastRow, window.tapRows()[t]);
                firstColumn = Math.min(firstColumn, window.tapColumns()[t]);
                endColumn = Math.max(endColumn, window.tapColumns()[t] + (window.columns() - 1) * strideWidth + 1);
            }
        }
    }
}
