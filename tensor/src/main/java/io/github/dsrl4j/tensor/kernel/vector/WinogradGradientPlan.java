package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * Everything about the weight gradient of a convolution that {@link WinogradPlan} suits which follows from its geometry and that
 * {@link WinogradGradient} needs. Tiles, bands and dilation are as there. The rows of the products are output channels, the lanes
 * input channels, and the sums go over tiles.
 *
 * <p>Tiles of one image row and of equal remainder mod 2 d of their columns make a row of tiles; these are numbered band by band,
 * image row by image row, and remainder by remainder. A stretch is some of them, {@link OuterPlan#DEPTH} tiles at most. The units, some
 * bands of one image each, are cut into chunks, each with sums of its own, and the lanes into blocks; the work is shared out by
 * (block of lanes, chunk).
 */
final class WinogradGradientPlan {
    /** Most floats of the sums of all chunks. */
    private static final int SUMS_FLOATS = 4 << 20;

    private static final int MOST_CHUNKS = 8;
    /** Pieces of work that keep several threads busy. */
    private static final int WANTED_ITEMS = 4;

    /** Lanes of a register tile, whose tiles make a panel. */
    static final int VECTORS = 2;

    static final int WIDTH = VECTORS * LANES;

    final ConvolutionGeometry geometry;
    final int dilation;
    final int period;
    /** Tiles in a row of tiles. */
    final int rowTiles;

    final int bands;
    /** Bands in a unit; the last unit of an image may have fewer. */
    final int unitBands;
    /** Units of one image. */
    final int imageUnits;

    /** Rows of tiles in a stretch, and stretches in a unit. */
    final int stretchRows;

    final int stretches;
    /** The output channels filled up to whole register tiles. */
    final int paddedRows;
    /** Panels of all input channels, and those in a block. */
    final int panels;

    final int panelBlock;
    final int panelBlocks;
    final int chunks;
    final int items;
    /** Padded copies of some rows of x, and of dy. */
    final ChannelSlab inputs;

    final Slab gradients;
    /** Floats between the same number of two points: of the inputs, the gradients, and the sums. No powers of two. */
    final int inputPointStride;

    final int gradientPointStride;
    final int sumPointStride;

    WinogradGradientPlan(ConvolutionGeometry g) {
        geometry = g;
        dilation = g.dilationHeight();
        period = 2 * dilation;
        rowTiles = rowTiles(g);
        bands = Math.ceilDiv(g.outHeight(), period);
        paddedRows = OuterKernels.padded(g.outChannels(), VECTORS);
        panels = Math.ceilDiv(g.inChannels(), WIDTH);
        sumPointStride = panels * paddedRows * WIDTH + LANES;

        long sums = (long) WinogradPlan.POINTS * paddedRows * panels * WIDTH;
        int mostChunks = Math.clamp(SUMS_FLOATS / sums, 1, MOST_CHUNKS);
        int most = Math.clamp(OuterPlan.DEPTH / (bandRows() * rowTiles), 1, bands);
        int blocks = Math.max(Math.ceilDiv(bands, most), Math.min(bands, Math.ceilDiv(mostChunks, g.batch())));
        unitBands = Math.ceilDiv(bands, blocks);
        imageUnits = Math.ceilDiv(bands, unitBands);

        chunks = Math.min(mostChunks, units());
        int wantedBlocks = Math.min(panels, Math.ceilDiv(WANTED_ITEMS, chunks));
        panelBlock = Math.ceilDiv(panels, wantedBlocks);
        panelBlocks = Math.ceilDiv(panels, panelBlock);
        items = panelBlocks * chunks;

        int unitRows = unitBands * bandRows();
        stretches = Math.ceilDiv(unitRows, OuterPlan.DEPTH / rowTiles);
        stretchRows = Math.ceilDiv(unitRows, stretches);
        inputPointStride = panelBlock * panelStride() + LANES;
        gradientPointStride = stretches * paddedRows * OuterKernels.LINE + LANES;
        int columns = rowTiles * period;
        inputs = new ChannelSlab(g.inHeight(), g.inWidth(), g.paddingWidth(), columns + period, WIDTH);
        gradients = new Slab(g.outHeight(), g.outWidth(), 0, columns, period, unitBands * period);
    }

    private static int rowTiles(ConvolutionGeometry g) {
        return Math.ceilDiv(g.outWidth(), 2 * g.dilationWidth());
    }

    /** Whether this is faster than {@link OuterPlan}. */
    static boolean suits(ConvolutionGeometry g) {
        return WinogradPlan.suits(g) && rowTiles(g) <= OuterPlan.DEPTH;
    }

    int units() {
        return geometry.batch() * imageUnits;
    }

    /** Rows of tiles in a band. */
    int bandRows() {
        return dilation * dilation;
    }

    /** From a panel of the transformed inputs of a point to the next. */
    int panelStride() {
        return unitBands * bandRows() * rowTiles * WIDTH;
    }

    /** Rows of x under the tiles of some bands. */
    int inputRows(int ofBands) {
        return (ofBands + 1) * period;
    }

    /** The first image row under row {@code q} of the tiles of a unit, counted from the unit's first. */
    int imageRow(int q) {
        return q / bandRows() * period + q % bandRows() / dilation;
    }

    /** The first column under a row of tiles. */
    int column(int q) {
        return q % dilation;
    }

    /** Where, from the first tile of an output channel in the first stretch of a point, row q of tiles starts. */
    int gradientOffset(int q) {
        return q / stretchRows * paddedRows * OuterKernels.LINE + q % stretchRows * rowTiles;
    }

    /** Floats of the sums of one chunk. */
    int sumsLength() {
        return WinogradPlan.POINTS * sumPointStride;
    }

    /** Where, from the first sum of a point, the sums of a panel with an output channel are. */
    int sumOffset(int panel, int row) {
        return (panel * paddedRows + row) * WIDTH;
    }
}
