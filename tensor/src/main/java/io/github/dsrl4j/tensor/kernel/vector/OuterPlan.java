package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * What follows from the geometry about a weight gradient with many channels on both sides, which {@link OuterGradient} computes as
 * a sum of outer products: for each pixel, the output channels of dy times the input channels of x under each tap. The lanes are
 * input channels, so x and dy are transposed, block by block, to have their channels together.
 *
 * <p>The pixels are cut into blocks of rows of one image, these in order into chunks, each with sums of its own, and the input
 * channels into blocks; the work is shared out by (group, block of channels, chunk). All of it depends on the geometry alone.
 */
final class OuterPlan {
    /** Input channels of a register tile. */
    static final int WIDTH = 2 * LANES;

    /** Pixels that a register tile adds up in one go: its panel of x, WIDTH channels each, stays in the first-level cache. */
    static final int DEPTH = 256;

    /** Pixels of a row that the image is cut into where rows do not matter. */
    private static final int DIRECT_WIDTH = 256;

    /** Floats of a block of dy, and of x: together they stay in the second-level cache. */
    private static final int TARGET_FLOATS = 160 * 1024;

    private static final int SLAB_FLOATS = 192 * 1024;
    private static final int PARTIAL_FLOATS = 4 << 20;
    private static final long PIECE_COST = 2_000_000;
    private static final int MOST_CHUNKS = 16;

    final ConvolutionGeometry geometry;
    final int taps;
    /** Rows of WIDTH input channels, of a group. */
    final int panels;

    final int panelBlock;
    final int panelBlocks;
    /** Vectors of output channels of a group, and its output channels filled up to whole register tiles. */
    final int targetVectors;

    final int paddedRows;
    /** Output rows and columns of an image; a 1 x 1 window sees an image as rows of any width. */
    final int rows;

    final int columns;
    final int rowBlock;
    final int imageRowBlocks;
    final int chunks;
    final int items;
    /** Pixels of a row of the transposed x, and of a panel of it. */
    final int slabColumns;

    final int slabPixels;
    /** Where pixel (row, column) of a block is in a panel, under the first tap; and the way from there under tap t. */
    final int[][] steps;

    final int[] tapSteps;

    private final boolean direct;

    /**
     * Whether this is faster than {@link WeightPlan}: most lanes of the register tiles must do something that is wanted, and twice the
     * speed of the tiles must be worth transposing both operands, which costs as much as some 22 multiply-adds for each element.
     */
    static boolean suits(ConvolutionGeometry g) {
        long channels = g.inChannelsPerGroup();
        long outputs = g.outChannelsPerGroup();
        return channels * outputs * g.kernelArea() > 22 * (channels + outputs)
                && 3 * channels >= 2 * Math.ceilDiv(channels, WIDTH) * WIDTH;
    }

    OuterPlan(ConvolutionGeometry g) {
        geometry = g;
        direct = g.isPointwise();
        taps = g.kernelArea();
        panels = Math.ceilDiv(g.inChannelsPerGroup(), WIDTH);
        targetVectors = Math.ceilDiv(g.outChannelsPerGroup(), LANES);
        paddedRows = Math.ceilDiv(g.outChannelsPerGroup(), OuterKernels.ROWS) * OuterKernels.ROWS;
        columns = direct ? Math.min(DIRECT_WIDTH, g.outArea()) : g.outWidth();
        rows = direct ? Math.ceilDiv(g.outArea(), columns) : g.outHeight();
        slabColumns =
                direct ? columns : (columns - 1) * g.strideWidth() + (g.kernelWidth() - 1) * g.dilationWidth() + 1;

        int wantedPixels = Math.clamp(TARGET_FLOATS / (targetVectors * LANES), DEPTH, 8 * DEPTH);
        int mostRows = Math.clamp(wantedPixels / columns, 1, rows);
        imageRowBlocks = Math.ceilDiv(rows, mostRows);
        rowBlock = Math.ceilDiv(rows, imageRowBlocks);
        slabPixels = slabRows(rowBlock) * slabColumns;
        int mostPanels = Math.clamp(SLAB_FLOATS / ((long) slabPixels * WIDTH), 1, panels);
        panelBlocks = Math.ceilDiv(panels, mostPanels);
        panelBlock = Math.ceilDiv(panels, panelBlocks);

        long wanted = Math.clamp(g.multiplyAdds() / PIECE_COST, 1, 32);
        chunks = (int) Math.clamp(
                Math.min(Math.ceilDiv(wanted, (long) g.groups() * panelBlocks), PARTIAL_FLOATS / sumsLength()),
                1,
                Math.min(MOST_CHUNKS, (long) g.batch() * imageRowBlocks));
        items = g.groups() * panelBlocks * chunks;

        int pixels = rowBlock * columns;
        steps = new int[Math.ceilDiv(pixels, DEPTH)][];
        for (int s = 0; s < steps.length; s++) {
            steps[s] = new int[Math.min(DEPTH, pixels - s * DEPTH)];
            for (int i = 0; i < steps[s].length; i++) {
                int pixel = s * DEPTH + i;
                steps[s][i] =
                        (pixel / columns * g.strideHeight() * slabColumns + pixel % columns * g.strideWidth()) * WIDTH;
            }
        }
        tapSteps = new int[taps];
        for (int t = 0; t < taps; t++) {
            tapSteps[t] =
                    (t / g.kernelWidth() * g.dilationHeight() * slabColumns + t % g.kernelWidth() * g.dilationWidth())
                            * WIDTH;
        }
    }

    /** Input rows under {@code rows} output rows. */
    int slabRows(int rows) {
        return (rows - 1) * geometry.strideHeight() + (geometry.kernelHeight() - 1) * geometry.dilationHeight() + 1;
    }

    /** Output pixels in this many rows from {@code firstRow} on. */
    int pixels(int firstRow, int count) {
        return direct ? Math.min(geometry.outArea() - firstRow * columns, count * columns) : count * columns;
    }

    /** Sums for one output channel: its taps, for each of them all input channels of the group, filled up to whole panels. */
    int sumsLeading() {
        return taps * panels * WIDTH;
    }

    /** Sums of one chunk. */
    int sumsLength() {
        return geometry.groups() * paddedRows * sumsLeading();
    }

    boolean isDirect() {
        return direct;
    }
}
