package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;

/**
 * Launches of {@link ConvolutionGatherCode}, {@link DepthwiseRowCode} and {@link ConvolutionWeightCode} on processors, and of {@link ConvolutionLocalCode} on graphics
 * processors.
 */
final class OpenClConvolution implements Convolution {
    /** Neighbouring pixels of a tile on a processor. */
    private static final int LANES = 24;

    /** Columns (an input channel with a tap) of a tile of weights on a processor. */
    private static final int WEIGHT_COLUMNS = 3;

    /** Measured: with fewer pixels, finding the way and adding up parts costs more than the cache saves. */
    private static final int PIXELS_OF_A_PART = 4096;

    /** Partial sums of weights take 32 MiB at most, unless one set for each image is more already. */
    private static final int MOST_PARTIAL_SUMS = 1 << 23;

    /** So many work items for each piece of work even out how long they take. */
    private static final int ITEMS_OF_A_PIECE = 8;

    private static final int MOST_TILES = 16;

    /** Small images are summed one after the other by the same work item while they have at most so many pixels in all. */
    private static final int PIXELS_OF_A_CHUNK = 16384;

    private final OpenClContext context;
    private final ConvolutionOnGpu gpu;

    OpenClConvolution(OpenClContext context) {
        this.context = context;
        this.gpu = new ConvolutionOnGpu(context);
    }

    @Override
    public void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        gather(ConvolutionGather.forward(g), x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
    }

    @Override
    public void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset) {
        gather(ConvolutionGather.adjoint(g), dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
    }

    private void gather(
            ConvolutionGather s,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        if (context.gpu()) {
            gpu.gather(s, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
            return;
        }
        boolean careful = s.mayLeave(x, xOffset, LANES);
        if (s.isNarrow() && !careful) {
            gatherRows(s, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
            return;
        }
        var rows = s.rows();
        var columns = s.columns();
        int height = tileHeight(s.outputs());
        int blocks = Math.ceilDiv(s.outputs(), height);
        int run = s.flat() ? s.gridArea() : columns.grid();
        int runs = s.flat() ? 1 : rows.grid();
        int tiles = Math.ceilDiv(run, LANES);
        int others = blocks * s.phases() * s.groups() * s.batch();
        int share = tilesOfAnItem(context, runs * tiles, others);
        context.launch(Op.GATHER)
                .at(x, xOffset)
                .at(weight, weightOffset)
                .at(bias, biasOffset)
                .at(y, yOffset)
                .ints(s.groups(), s.outputs(), s.inputs())
                .ints(rows.source(), columns.source(), rows.output(), columns.output(), rows.taps(), columns.taps())
                .ints(rows.slope(), rows.base(), rows.divisor(), columns.slope(), columns.base(), columns.divisor())
                .ints(rows.step(), columns.step(), rows.phases(), columns.phases())
                .ints(columns.grid(), run, runs, tiles, blocks)
                .ints(s.outputWeights(), s.inputWeights(), s.groupWeights())
                .ints(s.sourceArea(), height, careful ? 1 : 0, share, 0)
                .over(others * Math.ceilDiv(runs * tiles, share));
    }

    /** Tiles that a work item computes one after the other, as long as there are enough items for all cores. */
    static int tilesOfAnItem(OpenClContext context, int tiles, int others) {
        return Math.clamp((long) tiles * others / ((long) ITEMS_OF_A_PIECE * context.pieces()), 1, MOST_TILES);
    }

    private void gatherRows(
            ConvolutionGather s,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        var rows = s.rows();
        var columns = s.columns();
        int planes = s.batch() * s.groups() * s.outputs();
        int pieces = Math.clamp(Math.ceilDiv(context.pieces(), Math.max(1, planes)), 1, rows.output());
        int rowsOfAPiece = Math.ceilDiv(rows.output(), pieces);
        int piecesOfAPlane = Math.ceilDiv(rows.output(), rowsOfAPiece);
        context.launch(Op.GATHER_ROWS)
                .at(x, xOffset)
                .at(weight, weightOffset)
                .at(bias, biasOffset)
                .at(y, yOffset)
                .ints(s.groups(), s.outputs(), s.inputs())
                .ints(rows.source(), columns.source(), rows.output(), columns.output(), rows.taps(), columns.taps())
                .ints(rows.slope(), rows.base(), 1, columns.slope(), columns.base(), 1)
                .ints(1, 1, 1, 1, 0, 0, 0)
                .ints(rowsOfAPiece, piecesOfAPlane, s.outputWeights(), s.inputWeights(), s.groupWeights())
                .over(planes * piecesOfAPlane);
    }

    /** Channels of a tile: 8 keep the arithmetic busy, less waste less of narrow groups. */
    static int tileHeight(int outputs) {
        if (outputs > 4) {
            return 8;
        }
        return outputs > 2 ? 4 : outputs;
    }

    @Override
    public void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        if (g.batch() * g.outArea() == 0) {
            int n = g.outChannels() * g.inChannelsPerGroup() * g.kernelArea();
            context.launch(Op.FILL).at(dweight, dweightOffset).floats(0).overElements(n);
            return;
        }
        if (isPlainDepthwise(g, x, xOffset)) {
            context.launch(Op.DEPTHWISE_WEIGHTS)
                    .at(x, xOffset)
                    .at(dy, dyOffset)
                    .at(dweight, dweightOffset)
                    .ints(g.batch(), g.outChannels(), g.inHeight(), g.inWidth(), g.outHeight(), g.outWidth())
                    .ints(g.dilationHeight(), g.dilationWidth(), g.paddingHeight(), g.paddingWidth())
                    .over(3 * g.outChannels());
            return;
        }
        int weights = g.outChannels() * g.inChannelsPerGroup() * g.kernelArea();
        int parts = partsOfAnImage(g, weights);
        int images = imagesOfAChunk(g);
        int chunks = g.batch() / images * parts;
        if (chunks == 1) {
            weightSums(g, parts, images, x, xOffset, dy, dyOffset, dweight, dweightOffset);
            return;
        }
        try (Block partial = context.scratch(chunks * weights)) {
            weightSums(g, parts, images, x, xOffset, dy, dyOffset, partial.array(), partial.offset());
            int run = context.run(weights);
            context.launch(Op.ADD_PARTS)
                    .at(partial)
                    .at(dweight, dweightOffset)
                    .ints(weights, chunks, run)
                    .over(Math.ceilDiv(weights, run));
        }
    }

    /** Whether {@link DepthwiseWeightCode} can do it, and there are channels enough to keep all cores busy. */
    private boolean isPlainDepthwise(ConvolutionGeometry g, float[] x, int xOffset) {
        return !context.gpu()
                && g.isDepthwise()
                && g.kernelHeight() == 3
                && g.kernelWidth() == 3
                && g.strideHeight() == 1
                && g.strideWidth() == 1
                && g.outChannels() >= context.pieces()
                && !ConvolutionGather.forward(g).mayLeave(x, xOffset, LANES);
    }

    private static boolean flat(ConvolutionGeometry g) {
        return g.strideHeight() == 1 && g.strideWidth() == 1 && g.inWidth() == g.outWidth();
    }

    private int partsOfAnImage(ConvolutionGeometry g, int weights) {
        if (context.gpu()) {
            return gpu.partsOfAnImage(g);
        }
        if (imagesOfAChunk(g) > 1) {
            return 1;
        }
        int bySize = g.outArea() / PIXELS_OF_A_PART;
        int byMemory = MOST_PARTIAL_SUMS / Math.max(1, g.batch() * weights);
        int most = flat(g) ? bySize : Math.min(bySize, g.outHeight());
        return Math.max(1, Math.min(most, byMemory));
    }

    /** All images, where they are small and there are enough tiles to keep all cores busy: nothing is to be added up then. */
    private int imagesOfAChunk(ConvolutionGeometry g) {
        int blocks = Math.ceilDiv(g.outChannelsPerGroup(), tileHeight(g.outChannelsPerGroup()));
        int tiles = blocks * g.groups() * Math.ceilDiv(g.inChannelsPerGroup() * g.kernelArea(), WEIGHT_COLUMNS);
        boolean enough = tiles >= 2 * context.pieces() && (long) g.batch() * g.outArea() <= PIXELS_OF_A_CHUNK;
        return !context.gpu() && enough ? g.batch() : 1;
    }

    private void weightSums(
            ConvolutionGeometry g,
            int parts,
            int images,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] sums,
            int sumsOffset) {
        if (context.gpu()) {
            gpu.weightSums(g, parts, x, xOffset, dy, dyOffset, sums, sumsOffset);
            return;
        }
        boolean flat = flat(g);
        int height = tileHeight(g.outChannelsPerGroup());
        int blocks = Math.ceilDiv(g.outChannelsPerGroup(), height);
        int columns = g.inChannelsPerGroup() * g.kernelArea();
        int columnBlocks = Math.ceilDiv(columns, WEIGHT_COLUMNS);
        boolean careful = ConvolutionGather.forward(g).mayLeave(x, xOffset, LANES);
        context.launch(Op.WEIGHT_SUMS)
                .at(x, xOffset)
                .at(dy, dyOffset)
                .at(sums, sumsOffset)
                .ints(g.groups(), g.outChannelsPerGroup(), g.inChannelsPerGroup())
                .ints(g.inHeight(), g.inWidth(), g.outHeight(), g.outWidth(), g.kernelHeight(), g.kernelWidth())
                .ints(g.dilationHeight(), -g.paddingHeight(), images, g.dilationWidth(), -g.paddingWidth(), 0)
                .ints(g.strideHeight(), g.strideWidth(), 0, 0, 0)
                .ints(flat ? g.outArea() : g.outWidth(), flat ? 1 : g.outHeight(), parts, blocks, columnBlocks)
                .ints(columns, g.outChannels() * columns, columns, height, careful ? 1 : 0, 0, 0)
                .over(columnBlocks * blocks * g.groups() * (g.batch() / images) * parts);
    }
}
