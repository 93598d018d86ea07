package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Resampling;

/**
 * Launches of {@link ResamplingCode}. On a graphics processor a work item handles one pixel where it can; on a processor a row, or several by
 * {@link ResamplingRowsCode} if bilinear.
 */
final class OpenClResampling implements Resampling {
    private final OpenClContext context;

    OpenClResampling(OpenClContext context) {
        this.context = context;
    }

    @Override
    public void bilinearForward(Geometry g, boolean alignCorners, float[] x, int xOffset, float[] y, int yOffset) {
        if (!context.gpu()) {
            rows(
                    g.planes() * g.outHeight(),
                    g,
                    alignCorners,
                    context.launch(Op.BILINEAR_ROWS).at(x, xOffset).at(y, yOffset));
            return;
        }
        over(
                g.planes() * g.outHeight(),
                g.outWidth(),
                g,
                alignCorners,
                context.launch(Op.BILINEAR).at(x, xOffset).at(y, yOffset));
    }

    @Override
    public void bilinearBackward(Geometry g, boolean alignCorners, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        if (!context.gpu()) {
            int low = g.planes() * g.inHeight();
            try (Block wide = context.scratch(low * g.outWidth())) {
                Launch height = context.launch(Op.BILINEAR_ROWS_BACKWARD_HEIGHT);
                rows(low, g, alignCorners, height.at(dy, dyOffset).at(wide));
                Launch width = context.launch(Op.BILINEAR_ROWS_BACKWARD_WIDTH);
                rows(low, g, alignCorners, width.at(wide).at(dx, dxOffset));
            }
            return;
        }
        int rows = g.planes() * g.outHeight();
        try (Block narrow = context.scratch(rows * g.inWidth())) {
            context.launch(Op.BILINEAR_BACKWARD_WIDTH)
                    .at(dy, dyOffset)
                    .at(narrow)
                    .ints(sizes(g, g.outWidth(), alignCorners))
                    .over(rows);
            over(
                    g.planes() * g.inHeight(),
                    g.inWidth(),
                    g,
                    alignCorners,
                    context.launch(Op.BILINEAR_BACKWARD_HEIGHT).at(narrow).at(dx, dxOffset));
        }
    }

    @Override
    public void nearestForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        over(
                g.planes() * g.outHeight(),
                g.outWidth(),
                g,
                false,
                context.launch(Op.NEAREST).at(x, xOffset).at(y, yOffset));
    }

    @Override
    public void nearestBackward(Geometry g, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        over(
                g.planes() * g.inHeight(),
                g.inWidth(),
                g,
                false,
                context.launch(Op.NEAREST_BACKWARD).at(dy, dyOffset).at(dx, dxOffset));
    }

    /** Several rows a work item. */
    private void rows(int rows, Geometry g, boolean alignCorners, Launch launch) {
        int share = context.share(rows);
        launch.ints(sizes(g, share, alignCorners)).over(Math.ceilDiv(rows, share));
    }

    private void over(int rows, int width, Geometry g, boolean alignCorners, Launch launch) {
        int columns = context.gpu() ? 1 : Math.max(1, width);
        launch.ints(sizes(g, columns, alignCorners)).over(rows * Math.ceilDiv(width, columns));
    }

    private static int[] sizes(Geometry g, int columns, boolean alignCorners) {
        return new int[] {
            g.planes(), g.inHeight(), g.inWidth(), g.outHeight(), g.outWidth(), columns, alignCorners ? 1 : 0
        };
    }
}
