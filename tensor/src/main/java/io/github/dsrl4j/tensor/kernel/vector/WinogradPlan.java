package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * Everything about a 3 x 3 convolution of stride 1, or about the adjoint of one, that follows from its geometry and that
 * {@link WinogradConvolution} needs.
 *
 * <p>With dilation d the image falls apart into d x d images, in which the window has no holes. A tile computes outputs
 * {@code (i, j), (i, j + d), (i + d, j), (i + d, j + d)} from 4 x 4 inputs that are d apart. The tiles of a vector are 2 d columns
 * apart; so the {@link Slab} keeps columns of equal remainder mod 2 d together. A band is 2 d rows of outputs: d rows of tiles. A
 * unit of work is some bands of one image.
 */
final class WinogradPlan {
    /** Rows and columns of a transformed tile. */
    static final int SIDE = 4;

    /** Numbers of a transformed tile: as many matrix products. */
    static final int POINTS = SIDE * SIDE;

    /** With fewer channels than this, the transforms take more time than multiplications are saved. */
    private static final int FEWEST_CHANNELS = 32;

    /** Most channels that are added up in one go, as in {@link GatherPlan}. */
    private static final int MOST_DEPTH = 256;

    /** Floats of transformed tiles, inputs and outputs, in a unit: half of a second-level cache. */
    private static final int TILE_FLOATS = 256 * 1024;

    final int sourceChannels;
    final int targetChannels;
    final int targetHeight;
    final int targetWidth;
    final int sourceArea;
    final int dilation;
    /** The first row of the source under the first row of tiles. */
    final int firstRow;
    /** Steps to the weights: from a target channel to the next, and from a source channel to the next. */
    final int targetStep;

    final int sourceStep;
    /** For each tap, in the order of its source pixels, which of a filter's weights it has. */
    final int[] taps;

    final RowBlocks rowBlocks;
    final Slab slab;
    /** The vectors of tiles in a row of tiles of one column phase. */
    final int rowVectors;

    final int bands;
    /** Bands in a unit; the last unit may have fewer. */
    final int unitBands;

    final int units;
    /** Units of one image. */
    final int imageUnits;

    final int channelBlocks;
    final int channelBlock;

    /** Floats between the same number of two points: never a power of two, lest the points of a tile fight for one set of the cache. */
    final int sourcePointStride;

    final int targetPointStride;

    private WinogradPlan(
            ConvolutionGeometry g,
            int sourceChannels,
            int targetChannels,
            int sourceHeight,
            int sourceWidth,
            int targetHeight,
            int targetWidth,
            int padding,
            int targetStep,
            int sourceStep,
            boolean flipped) {
        this.sourceChannels = sourceChannels;
        this.targetChannels = targetChannels;
        this.targetHeight = targetHeight;
        this.targetWidth = targetWidth;
        this.sourceArea = sourceHeight * sourceWidth;
        this.dilation = g.dilationHeight();
        this.firstRow = -padding;
        this.targetStep = targetStep;
        this.sourceStep = sourceStep;
        taps = new int[WinogradLoops.TAPS];
        for (int t = 0; t < taps.length; t++) {
            taps[t] = flipped ? taps.length - 1 - t : t;
        }
        rowBlocks = new RowBlocks(targetChannels, RowBlocks.Kind.PANEL);
        int period = 2 * dilation;
        rowVectors = Math.ceilDiv(Math.ceilDiv(targetWidth, period), LANES);
        bands = Math.ceilDiv(targetHeight, period);
        long weights = (long) POINTS * sourceChannels * rowBlocks.paddedRows();
        long bandFloats = (long) POINTS * (sourceChannels + rowBlocks.paddedRows()) * bandVectors() * LANES;
        int most = Math.clamp(Math.max(TILE_FLOATS, weights) / bandFloats, 1, bands);
        // One unit would leave the other threads idle.
        int blocks = Math.max(Math.ceilDiv(bands, most), Math.min(bands, Math.ceilDiv(4, g.batch())));
        unitBands = Math.ceilDiv(bands, blocks);
        imageUnits = Math.ceilDiv(bands, unitBands);
        units = g.batch() * imageUnits;
        channelBlocks = Math.ceilDiv(sourceChannels, MOST_DEPTH);
        channelBlock = Math.ceilDiv(sourceChannels, channelBlocks);
        int columns = (rowVectors * LANES + 1) * period;
        slab = new Slab(sourceHeight, sourceWidth, -padding, columns, period, (unitBands + 1) * period);
        sourcePointStride = sourceChannels * unitVectors() * LANES + LANES;
        targetPointStride = rowBlocks.paddedRows() * unitVectors() * LANES + LANES;
    }

    /** Whether a convolution and its adjoint are of the kind that gains. */
    static boolean suits(ConvolutionGeometry g) {
        return g.kernelHeight() == 3
                && g.kernelWidth() == 3
                && g.strideHeight() == 1
                && g.strideWidth() == 1
                && g.groups() == 1
                && g.dilationHeight() == g.dilationWidth()
                && g.paddingHeight() == g.paddingWidth()
                && g.paddingHeight() <= 2 * g.dilationHeight()
                && Math.min(g.inChannels(), g.outChannels()) >= FEWEST_CHANNELS
                && isFilled(g, g.outHeight(), g.outWidth())
                && isFilled(g, g.inHeight(), g.inWidth());
    }

    /** Whether the vectors of tiles are so full that at least a quarter of the multiplications is saved. */
    private static boolean isFilled(ConvolutionGeometry g, int height, int width) {
        int period = 2 * g.dilationHeight();
        long tiles = (long) Math.ceilDiv(height, period)
                * Math.ceilDiv(Math.ceilDiv(width, period), LANES)
                * LANES
                * g.dilationHeight()
                * g.dilationHeight();
        return 4 * tiles * POINTS <= 3L * WinogradLoops.TAPS * height * width;
    }

    static WinogradPlan forward(ConvolutionGeometry g) {
        return new WinogradPlan(
                g,
                g.inChannels(),
                g.outChannels(),
                g.inHeight(),
                g.inWidth(),
                g.outHeight(),
                g.outWidth(),
                g.paddingHeight(),
                g.inChannels() * WinogradLoops.TAPS,
                WinogradLoops.TAPS,
                false);
    }

    static WinogradPlan backwardData(ConvolutionGeometry g) {
        return new WinogradPlan(
                g,
                g.outChannels(),
                g.inChannels(),
                g.outHeight(),
                g.outWidth(),
                g.inHeight(),
                g.inWidth(),
                2 * g.dilationHeight() - g.paddingHeight(),
                WinogradLoops.TAPS,
                g.inChannels() * WinogradLoops.TAPS,
                true);
    }

    /** Vectors of tiles in a band. */
    int bandVectors() {
        return dilation * dilation * rowVectors;
    }

    /** Vectors of tiles in a unit, filled up to whole panels. */
    int unitVectors() {
        return Math.ceilDiv(unitBands * bandVectors(), 2) * 2;
    }

    /** Where in a slab, from the start of a row, the k-th inputs of the tiles of a column phase start. */
    int column(int phase, int k) {
        return slab.columnOffset(firstRow + phase + k * dilation);
    }

    /** Where channel c of panel p stands among the transformed inputs of a point. */
    int sourceOffset(int panel, int channel) {
        return panel * sourceChannels * PanelKernels.WIDTH + channel * PanelKernels.WIDTH;
    }
}
