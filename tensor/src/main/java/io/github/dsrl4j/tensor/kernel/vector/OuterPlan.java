package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows from the geometry about a weight gradient with many channels, which {@link OuterGradient} computes as a sum of outer
 * products: for each pixel, some channels of one operand, the rows, times those of the other, the lanes. The lanes are transposed,
 * block by block, to have the channels of a pixel together in vectors; of the rows a register tile reads one number at a time, so
 * they keep their order. Under a window the rows are output channels of dy and the lanes input channels of x, under each tap; under
 * a 1 x 1 window the fewer channels are the lanes.
 *
 * <p>The pixels are cut into blocks of rows of one image, these in order into chunks, each with sums of its own, and the lanes into
 * blocks; the work is shared out by (group, block of lanes, chunk). All of it depends on the geometry alone.
 */
final class OuterPlan {
    /** Pixels that a register tile adds up in one go: its panel, two vectors each, stays in the first-level cache. */
    static final int DEPTH = 256;

    /** Pixels of a row that the image is cut into where rows do not matter. */
    private static final int DIRECT_WIDTH = 256;

    /** Floats of a block of the rows, and of the lanes: together they stay in the second-level cache. */
    private static final int ROW_FLOATS = 160 * 1024;

    private static final int SLAB_FLOATS = 192 * 1024;
    private static final int PARTIAL_FLOATS = 4 << 20;
    private static final long PIECE_COST = 2_000_000;
    private static final int MOST_CHUNKS = 16;

    final ConvolutionGeometry geometry;
    final int taps;
    /** Whether the lanes are output channels. */
    final boolean swapped;

    /** Channels of a group that are lanes, and that are rows. */
    final int laneChannels;

    final int rowChannels;
    /** Vectors of lanes in a register tile, whose pixels make a panel, and its lanes. */
    final int tileVectors;

    final int width;
    /** Panels of all lanes of a group. */
    final int panels;

    final int panelBlock;
    final int panelBlocks;
    /** The rows of a group filled up to whole register tiles. */
    final int paddedRows;
    /** Output rows and columns of an image; a 1 x 1 window sees an image as rows of any width. */
    final int rows;

    final int columns;
    final int rowBlock;
    final int imageRowBlocks;
    final int chunks;
    final int items;
    /** Where the lanes of all pixels under windows are put; of no use under a 1 x 1 window. */
    final ChannelSlab slab;
    /** Pixels of a panel of the transposed lanes. */
    final int slabPixels;
    /** The way in a panel from a pixel to the next, and from a row of pixels to the next. */
    final int pixelStep;

    final int rowStep;
    /** Where the lanes under tap t are, from those under the first. */
    final int[] tapSteps;

    private final boolean direct;
    private final List<Stretch> whole;
    private final List<Stretch> last;

    /**
     * Pixels, {@link #DEPTH} at most, that a register tile adds up in one go: some rows of an image, or a part of one.
     *
     * @param pixel the first, counted from the first of the block
     * @param rows how many rows
     * @param length pixels of a row
     * @param inPanel where the first pixel is in a panel
     */
    record Stretch(int pixel, int rows, int length, int inPanel) {
        int pixels() {
            return rows * length;
        }
    }

    /**
     * Whether this is faster than {@link WeightPlan}: most lanes of the register tiles must do something that is wanted, and twice the
     * speed of the tiles must be worth lining up both operands, which costs as much as some 22 multiply-adds for each element.
     */
    static boolean suits(ConvolutionGeometry g) {
        long channels = g.inChannelsPerGroup();
        long outputs = g.outChannelsPerGroup();
        long lanes = isSwapped(g) ? outputs : channels;
        return channels * outputs * g.kernelArea() > 22 * (channels + outputs)
                && 3 * lanes >= 2 * Math.ceilDiv(lanes, LANES) * LANES;
    }

    private static boolean isSwapped(ConvolutionGeometry g) {
        return g.isPointwise() && g.outChannelsPerGroup() < g.inChannelsPerGroup();
    }

    OuterPlan(ConvolutionGeometry g) {
        geometry = g;
        direct = g.isPointwise();
        taps = g.kernelArea();
        swapped = isSwapped(g);
        laneChannels = swapped ? g.outChannelsPerGroup() : g.inChannelsPerGroup();
        rowChannels = swapped ? g.inChannelsPerGroup() : g.outChannelsPerGroup();
        tileVectors = laneChannels <= LANES ? 1 : 2;
        width = tileVectors * LANES;
        panels = Math.ceilDiv(laneChannels, width);
        paddedRows = OuterKernels.padded(rowChannels, tileVectors);
        columns = direct ? Math.min(DIRECT_WIDTH, g.outArea()) : g.outWidth();
        rows = direct ? Math.ceilDiv(g.outArea(), columns) : g.outHeight();
        int slabColumns =
                direct ? columns : (columns - 1) * g.strideWidth() + (g.kernelWidth() - 1) * g.dilationWidth() + 1;

        int wantedPixels = Math.clamp(ROW_FLOATS / paddedRows, DEPTH, 8 * DEPTH);
        int mostRows = Math.clamp(wantedPixels / columns, 1, rows);
        imageRowBlocks = Math.ceilDiv(rows, mostRows);
        rowBlock = Math.ceilDiv(rows, imageRowBlocks);
        slab = new ChannelSlab(g.inHeight(), g.inWidth(), g.paddingWidth(), slabColumns, width);
        slabPixels = slabRows(rowBlock) * slabColumns;
        int mostPanels = Math.clamp(SLAB_FLOATS / ((long) slabPixels * width), 1, panels);
        panelBlocks = Math.ceilDiv(panels, mostPanels);
        panelBlock = Math.ceilDiv(panels, panelBlocks);

        long wanted = Math.clamp(g.multiplyAdds() / PIECE_COST, 1, 32);
        chunks = (int) Math.clamp(
                Math.min(Math.ceilDiv(wanted, (long) g.groups() * panelBlocks), PARTIAL_FLOATS / sumsLength()),
                1,
                Math.min(MOST_CHUNKS, (long) g.batch() * imageRowBlocks));
        items = g.groups() * panelBlocks * chunks;

        pixelStep = g.strideWidth() * width;
        rowStep = g.strideHeight() * slabColumns * width;
        whole = stretches(0, rowBlock);
        last = stretches((imageRowBlocks - 1) * rowBlock, rows - (imageRowBlocks - 1) * rowBlock);
        tapSteps = new int[taps];
        for (int t = 0; t < taps; t++) {
            tapSteps[t] =
                    (t / g.kernelWidth() * g.dilationHeight() * slabColumns + t % g.kernelWidth() * g.dilationWidth())
                            * width;
        }
    }

    private List<Stretch> stretches(int firstRow, int count) {
        int pixels = pixels(firstRow, count);
        int length = Math.ceilDiv(columns, Math.ceilDiv(columns, DEPTH));
        int rowsInOne = DEPTH / length;
        var stretches = new ArrayList<Stretch>();
        for (int row = 0; row < count; row += rowsInOne) {
            for (int column = 0; column < columns && row * columns + column < pixels; column += length) {
                int pixel = row * columns + column;
                stretches.add(new Stretch(
                        pixel,
                        Math.min(rowsInOne, count - row),
                        Math.min(Math.min(length, columns - column), pixels - pixel),
                        row * rowStep + column * pixelStep));
            }
        }
        return List.copyOf(stretches);
    }

    /** The pixels of a block of rows of an image, in order. */
    List<Stretch> stretches(int imageRowBlock) {
        return imageRowBlock == imageRowBlocks - 1 ? last : whole;
    }

    /** Input rows under {@code rows} output rows. */
    int slabRows(int rows) {
        return (rows - 1) * geometry.strideHeight() + (geometry.kernelHeight() - 1) * geometry.dilationHeight() + 1;
    }

    /** Output pixels in this many rows from {@code firstRow} on. */
    int pixels(int firstRow, int count) {
        return direct ? Math.min(geometry.outArea() - firstRow * columns, count * columns) : count * columns;
    }

    /** Sums of one row: its taps, for each of them all lanes of the group, filled up to whole panels. */
    int sumsLeading() {
        return taps * panels * width;
    }

    /** Sums of one chunk. */
    int sumsLength() {
        return geometry.groups() * paddedRows * sumsLeading();
    }

    /** The way in the weights from a channel of the rows to the next. */
    int weightRowStep() {
        return swapped ? 1 : geometry.inChannelsPerGroup() * taps;
    }

    /** The way in the weights from a channel of the lanes to the next. */
    int weightLaneStep() {
        return swapped ? geometry.inChannelsPerGroup() : taps;
    }

    boolean isDirect() {
        return direct;
    }
}
