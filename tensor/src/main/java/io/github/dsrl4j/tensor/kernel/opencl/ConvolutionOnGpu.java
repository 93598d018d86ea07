package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/** Launches of {@link ConvolutionLocalCode}. */
final class ConvolutionOnGpu {
    /** Output channels and pixels of a tile in local memory, and the work items of its group. */
    private static final int TILE = 64;

    private static final int TILE_GROUP = 256;

    /** Fewer output channels a group would leave most of a tile in local memory empty. */
    private static final int NARROWEST_FOR_TILES = 24;

    private static final int DIRECT_OUTPUTS = 4;
    private static final int WEIGHT_OUTPUTS = 4;
    private static final int WEIGHT_COLUMNS = 3;
    private static final int WEIGHT_GROUP = 128;

    /** Pixels of an image for each work item of a group that sums over them. */
    private static final int PIXELS_OF_AN_ITEM = 16;

    private static final int MOST_PARTIAL_SUMS = 1 << 24;

    private final OpenClContext context;

    ConvolutionOnGpu(OpenClContext context) {
        this.context = context;
    }

    void gather(
            ConvolutionGather s,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        boolean tiled = s.outputs() >= NARROWEST_FOR_TILES;
        var rows = s.rows();
        var columns = s.columns();
        int blocks = Math.ceilDiv(s.outputs(), tiled ? TILE : DIRECT_OUTPUTS);
        int tiles = Math.ceilDiv(s.gridArea(), TILE);
        int perPixel = blocks * s.phases() * s.groups() * s.batch();
        Launch launch = context.launch(tiled ? Op.LOCAL_GATHER : Op.DIRECT_GATHER)
                .at(x, xOffset)
                .at(weight, weightOffset)
                .at(bias, biasOffset)
                .at(y, yOffset)
                .ints(s.groups(), s.outputs(), s.inputs())
                .ints(rows.source(), columns.source(), rows.output(), columns.output(), rows.taps(), columns.taps())
                .ints(rows.slope(), rows.base(), rows.divisor(), columns.slope(), columns.base(), columns.divisor())
                .ints(rows.step(), columns.step(), rows.phases(), columns.phases())
                .ints(columns.grid(), s.gridArea(), rows.tapPeriod(), tiles, blocks)
                .ints(s.outputWeights(), s.inputWeights(), s.groupWeights())
                .ints(s.sourceArea(), columns.tapPeriod(), perPixel * s.gridArea(), s.outputArea(), 0);
        if (tiled) {
            launch.groups(perPixel * tiles, TILE_GROUP);
        } else {
            launch.over(perPixel * s.gridArea());
        }
    }

    /** Into how many parts the pixels of an image are cut, each with sums of its own for all weights. */
    int partsOfAnImage(ConvolutionGeometry g) {
        int weights = g.outChannels() * g.inChannelsPerGroup() * g.kernelArea();
        int bySize = g.outArea() / (WEIGHT_GROUP * PIXELS_OF_AN_ITEM);
        int byMemory = MOST_PARTIAL_SUMS / Math.max(1, g.batch() * weights);
        return Math.max(1, Math.min(bySize, byMemory));
    }

    void weightSums(
            ConvolutionGeometry g,
            int parts,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] sums,
            int sumsOffset) {
        int columns = g.inChannelsPerGroup() * g.kernelArea();
        int columnBlocks = Math.ceilDiv(columns, WEIGHT_COLUMNS);
        int blocks = Math.ceilDiv(g.outChannelsPerGroup(), WEIGHT_OUTPUTS);
        context.launch(Op.LOCAL_WEIGHT_SUMS)
                .at(x, xOffset)
                .at(dy, dyOffset)
                .at(sums, sumsOffset)
                .ints(g.groups(), g.outChannelsPerGroup(), g.inChannelsPerGroup())
                .ints(g.inHeight(), g.inWidth(), g.outHeight(), g.outWidth(), g.kernelHeight(), g.kernelWidth())
                .ints(g.dilationHeight(), -g.paddingHeight(), 0, g.dilationWidth(), -g.paddingWidth(), 0)
                .ints(g.strideHeight(), g.strideWidth(), 0, 0, 0)
                .ints(0, 0, parts, blocks, columnBlocks, columns, g.outChannels() * columns)
                .groups(columnBlocks * blocks * g.groups() * g.batch() * parts, WEIGHT_GROUP);
    }
}
