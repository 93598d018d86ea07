package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;
import java.util.Arrays;

/**
 * Pooling, plane by plane. Windows are separable: the rows of a window are combined first, as vectors along the width, into one
 * row of working memory that is padded as the image is; then its columns.
 */
final class VectorPooling implements Pooling {
    private final Parallel parallel;
    private final ThreadBuffer row = new ThreadBuffer();
    private final ThreadBuffer counts = new ThreadBuffer();
    private final AdaptiveAverage adaptive;

    VectorPooling(Parallel parallel) {
        this.parallel = parallel;
        this.adaptive = new AdaptiveAverage(parallel);
    }

    /** Length of a padded row that all windows lie in. */
    private static int paddedWidth(PoolingGeometry g) {
        return Math.max((g.outWidth() - 1) * g.strideWidth() + g.kernelWidth(), g.inWidth() + g.paddingWidth());
    }

    /** Where the windows begin in the padded row. */
    private int[] windowBegins(PoolingGeometry g) {
        int[] table = counts.ints(g.outWidth());
        for (int j = 0; j < g.outWidth(); j++) {
            table[j] = j * g.strideWidth();
        }
        return table;
    }

    private static int top(PoolingGeometry g, int i) {
        return Math.max(0, i * g.strideHeight() - g.paddingHeight());
    }

    private static int bottom(PoolingGeometry g, int i) {
        return Math.min(g.inHeight(), i * g.strideHeight() - g.paddingHeight() + g.kernelHeight());
    }

    private static int inArea(PoolingGeometry g) {
        return g.inHeight() * g.inWidth();
    }

    private static int outArea(PoolingGeometry g) {
        return g.outHeight() * g.outWidth();
    }

    @Override
    public void maxForward(PoolingGeometry g, float[] x, int xOffset, float[] y, int yOffset) {
        int length = paddedWidth(g);
        int[] begins = windowBegins(g);
        Pieces.run(parallel, g.planes(), inArea(g), (from, to) -> {
            float[] padded = row.floats(length);
            Arrays.fill(padded, 0, length, Float.NEGATIVE_INFINITY);
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * inArea(g);
                int yPlane = yOffset + plane * outArea(g);
                for (int i = 0; i < g.outHeight(); i++) {
                    int top = top(g, i);
                    int rows = Math.max(0, bottom(g, i) - top);
                    RowLoops.max(
                            rows, g.inWidth(), x, xPlane + top * g.inWidth(), g.inWidth(), padded, g.paddingWidth());
                    ColumnLoops.max(g.outWidth(), g.kernelWidth(), begins, padded, y, yPlane + i * g.outWidth());
                }
            }
        });
    }

    @Override
    public void maxBackward(
            PoolingGeometry g, float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        Pieces.run(parallel, g.planes(), 2L * inArea(g), (from, to) -> {
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * inArea(g);
                int dxPlane = dxOffset + plane * inArea(g);
                Arrays.fill(dx, dxPlane, dxPlane + inArea(g), 0);
                int out = dyOffset + plane * outArea(g);
                for (int i = 0; i < g.outHeight(); i++) {
                    for (int j = 0; j < g.outWidth(); j++, out++) {
                        int best = largest(g, x, xPlane, i, j);
                        if (best >= 0) {
                            dx[dxPlane + best] += dy[out];
                        }
                    }
                }
            }
        });
    }

    /** The index in the plane of the first largest value, or first NaN, of a window; -1 where it holds nothing. */
    private static int largest(PoolingGeometry g, float[] x, int plane, int i, int j) {
        int left = Math.max(0, j * g.strideWidth() - g.paddingWidth());
        int right = Math.min(g.inWidth(), j * g.strideWidth() - g.paddingWidth() + g.kernelWidth());
        int best = -1;
        float value = Float.NEGATIVE_INFINITY;
        for (int r = top(g, i); r < bottom(g, i); r++) {
            for (int c = left; c < right; c++) {
                int at = r * g.inWidth() + c;
                float candidate = x[plane + at];
                if (best < 0 || candidate > value || (Float.isNaN(candidate) && !Float.isNaN(value))) {
                    best = at;
                    value = candidate;
                }
            }
        }
        return best;
    }

    @Override
    public void averageForward(
            PoolingGeometry g, boolean countIncludePad, float[] x, int xOffset, float[] y, int yOffset) {
        int length = paddedWidth(g);
        int[] begins = windowBegins(g);
        float[] columnCounts = columnCounts(g, countIncludePad);
        Pieces.run(parallel, g.planes(), inArea(g), (from, to) -> {
            float[] padded = row.floats(length);
            Arrays.fill(padded, 0, length, 0);
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * inArea(g);
                int yPlane = yOffset + plane * outArea(g);
                for (int i = 0; i < g.outHeight(); i++) {
                    int top = top(g, i);
                    int rows = Math.max(0, bottom(g, i) - top);
                    RowLoops.sum(
                            rows, g.inWidth(), x, xPlane + top * g.inWidth(), g.inWidth(), padded, g.paddingWidth());
                    float count = rowCount(g, countIncludePad, i);
                    ColumnLoops.mean(
                            g.outWidth(),
                            g.kernelWidth(),
                            begins,
                            count,
                            columnCounts,
                            padded,
                            y,
                            yPlane + i * g.outWidth());
                }
            }
        });
    }

    @Override
    public boolean addsGradients() {
        return true;
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
        var rows = Adjoint.ofWindows(
                g.inHeight(), g.outHeight(), g.kernelHeight(), g.strideHeight(), g.paddingHeight(), countIncludePad);
        var columns = Adjoint.ofWindows(
                g.inWidth(), g.outWidth(), g.kernelWidth(), g.strideWidth(), g.paddingWidth(), countIncludePad);
        Pieces.run(parallel, g.planes(), inArea(g), (from, to) -> {
            float[] buffer = row.floats(columns.rowLength());
            for (int plane = from; plane < to; plane++) {
                Adjoint.applyToPlane(
                        rows,
                        columns,
                        add,
                        dy,
                        dyOffset + plane * outArea(g),
                        dx,
                        dxOffset + plane * inArea(g),
                        buffer);
            }
        });
    }

    private float[] columnCounts(PoolingGeometry g, boolean countIncludePad) {
        float[] table = counts.floats(g.outWidth());
        for (int j = 0; j < g.outWidth(); j++) {
            table[j] = Adjoint.windowCount(
                    j, g.inWidth(), g.kernelWidth(), g.strideWidth(), g.paddingWidth(), countIncludePad);
        }
        return table;
    }

    private static float rowCount(PoolingGeometry g, boolean countIncludePad, int i) {
        return Adjoint.windowCount(
                i, g.inHeight(), g.kernelHeight(), g.strideHeight(), g.paddingHeight(), countIncludePad);
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
        adaptive.forward(planes, inHeight, inWidth, outHeight, outWidth, x, xOffset, y, yOffset);
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
        adaptive.backward(planes, inHeight, inWidth, outHeight, outWidth, add, dy, dyOffset, dx, dxOffset);
    }
}
