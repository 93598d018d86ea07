package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import java.util.Arrays;

/**
 * What follows from the geometry about a weight gradient: dweight[o, (c, tap)] = sum over images and pixels of
 * dy[o, pixel] x[c, pixel under the tap]. The pixels are cut into blocks (some images, some rows), the blocks in order into
 * chunks; each chunk has a sum of its own, and these are added in order. The work is shared out by (group, block of input
 * channels, chunk). All of this depends on the geometry alone, so the sums have the same bits on any number of threads.
 */
final class WeightPlan {
    /** Most vectors that a lane adds up in one go, for the sake of rounding. */
    private static final int MOST_VECTORS = 512;

    /** Vectors in a block from which on the cost of adding up lanes is small. */
    private static final int GOOD_VECTORS = 128;

    private static final int SLAB_FLOATS = 96 * 1024;
    private static final int PARTIAL_FLOATS = 4 << 20;
    private static final long PIECE_COST = 500_000;

    final ConvolutionGeometry geometry;
    final int taps;
    final boolean direct;
    final Slab slab;
    final int firstRow;
    final int channelBlock;
    final int channelBlocks;
    final int imageBlock;
    final int imageBlocks;
    /** Output rows of a block; vectors of pixels where {@code direct}. */
    final int rowBlock;

    final int rowBlocks;
    final int chunks;
    final int items;
    final int pieces;
    /** Where the output channels of a group start, from the first. */
    final int[] targets;
    /** Where the sources (channel, tap) of a block of channels start. */
    final int[] sources;

    /** Pixels that are left over at the end of a row (of an image, where {@code direct}) when it is cut into vectors. */
    final int tailLanes;
    /** Pixels in a row of the copy of dy that is made where there is a tail, unless {@code direct}: whole vectors. */
    final int paddedWidth;

    private final int rows;
    private final int width;
    private final DotKernels.Positions[] positions = new DotKernels.Positions[4];
    /** Of the ends of the images, copied to one vector an image. */
    final DotKernels.Positions[] tails = new DotKernels.Positions[2];

    final int[] tailRows;

    WeightPlan(ConvolutionGeometry g) {
        geometry = g;
        direct = g.isPointwise();
        taps = g.kernelArea();
        rows = direct ? Math.ceilDiv(g.outArea(), LANES) : g.outHeight();
        width = direct ? g.outArea() : g.outWidth();
        tailLanes = width % LANES;
        paddedWidth = Math.ceilDiv(width, LANES) * LANES;
        int channels = g.inChannelsPerGroup();
        int rowVectors = direct ? 1 : Math.ceilDiv(width, LANES);
        int columns = (g.outWidth() - 1) * g.strideWidth() + (g.kernelWidth() - 1) * g.dilationWidth() + 1;
        int rowFloats = Math.ceilDiv(columns, g.strideWidth()) * g.strideWidth();
        firstRow = -g.paddingHeight();

        int goodRows = Math.min(rows, Math.ceilDiv(GOOD_VECTORS, rowVectors));
        channelBlock =
                direct ? channels : Math.clamp(SLAB_FLOATS / ((long) rowFloats * slabRows(goodRows)), 1, channels);
        channelBlocks = Math.ceilDiv(channels, channelBlock);
        int mostRows = Math.clamp(MOST_VECTORS / rowVectors, 1, rows);
        if (!direct) {
            int fitting = SLAB_FLOATS / (rowFloats * channelBlock) - (g.kernelHeight() - 1) * g.dilationHeight();
            mostRows = Math.clamp(fitting / g.strideHeight(), Math.min(goodRows, mostRows), mostRows);
        }
        rowBlocks = Math.ceilDiv(rows, mostRows);
        rowBlock = Math.ceilDiv(rows, rowBlocks);
        int imageFloats = direct ? 1 : channelBlock * rowFloats * slabRows(rowBlock);
        imageBlock = rowBlocks > 1
                ? 1
                : Math.clamp(
                        Math.min(MOST_VECTORS / (rows * rowVectors), direct ? g.batch() : SLAB_FLOATS / imageFloats),
                        1,
                        g.batch());
        imageBlocks = Math.ceilDiv(g.batch(), imageBlock);
        slab = new Slab(g.inHeight(), g.inWidth(), -g.paddingWidth(), columns, g.strideWidth(), slabRows(rowBlock));

        long wanted =
                Math.clamp((g.multiplyAdds() + 16L * g.batch() * g.inChannels() * g.inArea()) / PIECE_COST, 1, 32);
        long weights = (long) g.outChannels() * channels * taps;
        chunks = (int) Math.max(
                1,
                Math.min(
                        Math.min(
                                Math.ceilDiv(wanted, (long) g.groups() * channelBlocks),
                                (long) imageBlocks * rowBlocks),
                        PARTIAL_FLOATS / weights));
        items = g.groups() * channelBlocks * chunks;
        pieces = (int) Math.min(wanted, items);

        targets = new int[g.outChannelsPerGroup()];
        for (int o = 0; o < targets.length; o++) {
            targets[o] = o * (copiesTarget() ? imageBlock * rowBlock * paddedWidth : g.outArea());
        }
        sources = new int[channelBlock * taps];
        for (int s = 0; s < sources.length; s++) {
            sources[s] = direct ? s * g.inArea() : s / taps * slab.channelStride() + tapOffset(s % taps);
        }
        for (int i = 0; i < 4; i++) {
            int images = i < 2 ? imageBlock : g.batch() - (imageBlocks - 1) * imageBlock;
            positions[i] = positions(images, i % 2 == 0 ? rowBlock : rows - (rowBlocks - 1) * rowBlock, i % 2 == 1);
        }
        tailRows = new int[Math.max(targets.length, sources.length)];
        for (int i = 0; i < tailRows.length; i++) {
            tailRows[i] = i * imageBlock * LANES;
        }
        for (int i = 0; i < 2; i++) {
            int images = i == 0 ? imageBlock : g.batch() - (imageBlocks - 1) * imageBlock;
            int[] starts = new int[images];
            Arrays.setAll(starts, n -> n * LANES);
            tails[i] = new DotKernels.Positions(images, starts, starts);
        }
    }

    private int tapOffset(int tap) {
        var g = geometry;
        return tap / g.kernelWidth() * g.dilationHeight() * slab.rowStride()
                + slab.columnOffset(tap % g.kernelWidth() * g.dilationWidth() - g.paddingWidth());
    }

    /** Input rows under {@code rows} output rows. */
    int slabRows(int rows) {
        return (rows - 1) * geometry.strideHeight() + (geometry.kernelHeight() - 1) * geometry.dilationHeight() + 1;
    }

    int slabImageStride() {
        return channelBlock * slab.channelStride();
    }

    /** Rows of the block, or pixels where {@code direct}. */
    int blockRows(int rowBlockIndex) {
        return Math.min(rowBlock, rows - rowBlockIndex * rowBlock);
    }

    int blockImages(int imageBlockIndex) {
        return Math.min(imageBlock, geometry.batch() - imageBlockIndex * imageBlock);
    }

    DotKernels.Positions positions(int imageBlockIndex, int rowBlockIndex) {
        return positions[(imageBlockIndex == imageBlocks - 1 ? 2 : 0) + (rowBlockIndex == rowBlocks - 1 ? 1 : 0)];
    }

    /** Whether dy is copied to rows of whole vectors, filled up with zeros. */
    boolean copiesTarget() {
        return !direct && tailLanes > 0;
    }

    private DotKernels.Positions positions(int images, int blockRows, boolean last) {
        var g = geometry;
        int lines = direct ? 1 : blockRows;
        int vectors = !direct ? paddedWidth / LANES : last && tailLanes > 0 ? blockRows - 1 : blockRows;
        int[] inA = new int[images * lines * vectors];
        int[] inB = new int[inA.length];
        int lineA = copiesTarget() ? paddedWidth : g.outWidth();
        int imageA = copiesTarget() ? rowBlock * paddedWidth : g.outChannels() * g.outArea();
        int imageB = direct ? g.inChannels() * g.inArea() : slabImageStride();
        int at = 0;
        for (int n = 0; n < images; n++) {
            for (int i = 0; i < lines; i++) {
                for (int v = 0; v < vectors; v++) {
                    inA[at] = n * imageA + i * lineA + v * LANES;
                    inB[at] = n * imageB + i * g.strideHeight() * slab.rowStride() + v * LANES;
                    at++;
                }
            }
        }
        return new DotKernels.Positions(at, inA, inB);
    }
}
