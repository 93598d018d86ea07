package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;

/** Launches of {@link PoolingCode}, and of {@link PoolingRowsCode} on processors. */
final class OpenClPooling implements Pooling {
    /** Wider windows are summed more carefully than {@link PoolingRowsCode} does. */
    private static final int WIDEST_WINDOW = 16;

    private final OpenClContext context;

    OpenClPooling(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void maxForward(PoolingGeometry g, float[] x, int xOffset, float[] y, int yOffset) {
        over(outputs(g), g, false, context.launch(Op.MAX_POOL).at(x, xOffset).at(y, yOffset));
    }

    @Override
    public void maxBackward(
            PoolingGeometry g, float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        over(
                inputs(g),
                g,
                false,
                context.launch(Op.MAX_POOL_BACKWARD)
                        .at(x, xOffset)
                        .at(dy, dyOffset)
                        .at(dx, dxOffset));
    }

    @Override
    public void averageForward(
            PoolingGeometry g, boolean countIncludePad, float[] x, int xOffset, float[] y, int yOffset) {
        over(
                outputs(g),
                g,
                countIncludePad,
                context.launch(Op.AVERAGE_POOL).at(x, xOffset).at(y, yOffset));
    }

    @Override
    public void averageBackward(
            PoolingGeometry g,
            boolean countIncludePad,
            boolean add,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        if (!context.gpu()) {
            int rows = g.planes() * g.inHeight();
            Launch launch =
                    context.launch(Op.AVERAGE_ROWS_BACKWARD).at(dy, dyOffset).at(dx, dxOffset);
            over(rows, context.share(rows), g, countIncludePad, launch);
            return;
        }
        over(
                inputs(g),
                g,
                countIncludePad,
                context.launch(Op.AVERAGE_POOL_BACKWARD).at(dy, dyOffset).at(dx, dxOffset));
    }

    @Override
    public void adaptiveAverageForward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset) {
        int area = inHeight * inWidth;
        if (outHeight * outWidth == 1) {
            new OpenClReduction(context).sum(planes, area, 1, x, xOffset, y, yOffset);
            new OpenClElementwise(context).affine(planes, 1f / area, 0, y, yOffset, y, yOffset);
            return;
        }
        if (!context.gpu() && inWidth <= PoolingRowsCode.WIDEST && inWidth <= WIDEST_WINDOW * outWidth) {
            manyRows(
                    planes * outHeight,
                    context.launch(Op.ADAPTIVE_ROWS).at(x, xOffset).at(y, yOffset),
                    inHeight,
                    inWidth,
                    outHeight,
                    outWidth);
            return;
        }
        rows(
                planes * outHeight,
                outWidth,
                context.launch(Op.ADAPTIVE_POOL).at(x, xOffset).at(y, yOffset),
                inHeight,
                inWidth,
                outHeight,
                outWidth);
    }

    @Override
    public void adaptiveAverageBackward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            boolean add,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        int rows = planes * outHeight;
        try (Block narrow = context.scratch(rows * inWidth)) {
            if (!context.gpu()) {
                Launch width = context.launch(Op.ADAPTIVE_ROWS_BACKWARD_WIDTH);
                manyRows(rows, width.at(dy, dyOffset).at(narrow), inHeight, inWidth, outHeight, outWidth);
                Launch height = context.launch(Op.ADAPTIVE_ROWS_BACKWARD_HEIGHT);
                manyRows(planes * inHeight, height.at(narrow).at(dx, dxOffset), inHeight, inWidth, outHeight, outWidth);
                return;
            }
            context.launch(Op.ADAPTIVE_BACKWARD_WIDTH)
                    .at(dy, dyOffset)
                    .at(narrow)
                    .ints(0, rows, inHeight, inWidth, outHeight, outWidth)
                    .over(rows);
            rows(
                    planes * inHeight,
                    inWidth,
                    context.launch(Op.ADAPTIVE_BACKWARD_HEIGHT).at(narrow).at(dx, dxOffset),
                    inHeight,
                    inWidth,
                    outHeight,
                    outWidth);
        }
    }

    /** Several rows a work item. */
    private void manyRows(int rows, Launch launch, int inHeight, int inWidth, int outHeight, int outWidth) {
        int share = context.share(rows);
        launch.ints(share, rows, inHeight, inWidth, outHeight, outWidth, inWidth)
                .over(Math.ceilDiv(rows, share));
    }

    /** Work items handle a whole row on a processor, one pixel on a graphics processor. */
    private void rows(int rows, int width, Launch launch, int inHeight, int inWidth, int outHeight, int outWidth) {
        int columns = context.gpu() ? 1 : Math.max(1, width);
        launch.ints(0, rows, inHeight, inWidth, outHeight, outWidth, columns).over(rows * Math.ceilDiv(width, columns));
    }

    private static int outputs(PoolingGeometry g) {
        return g.planes() * g.outHeight() * g.outWidth();
    }

    private static int inputs(PoolingGeometry g) {
        return g.planes() * g.inHeight() * g.inWidth();
    }

    private void over(int elements, PoolingGeometry g, boolean countIncludePad, Launch launch) {
        int run = context.gpu() ? 1 : Math.max(1, Math.ceilDiv(elements, context.pieces()));
        over(elements, run, g, countIncludePad, launch);
    }

    private static void over(int elements, int run, PoolingGeometry g, boolean countIncludePad, Launch launch) {
        launch.ints(run, elements, g.inHeight(), g.inWidth(), g.outHeight(), g.outWidth())
                .ints(g.kernelHeight(), g.kernelWidth(), g.strideHeight(), g.strideWidth())
                .ints(g.paddingHeight(), g.paddingWidth(), countIncludePad ? 1 : 0)
                .over(Math.ceilDiv(elements, run));
    }
}
