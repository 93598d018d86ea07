package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;

import io.github.dsrl4j.tensor.kernel.Parallel;

/** Adaptive average pooling: output i of h covers the input rows floor(i H / h) to ceil((i + 1) H / h). */
final class AdaptiveAverage {
    private final Parallel parallel;
    private final ThreadBuffer row = new ThreadBuffer();

    AdaptiveAverage(Parallel parallel) {
        this.parallel = parallel;
    }

    private static int begin(int i, int in, int out) {
        return i * in / out;
    }

    private static int end(int i, int in, int out) {
        return Math.ceilDiv((i + 1) * in, out);
    }

    void forward(
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
        Pieces.run(parallel, planes, area, (from, to) -> {
            float[] buffer = row.floats(Math.max(inWidth, LANES));
            for (int plane = from; plane < to; plane++) {
                int xPlane = xOffset + plane * area;
                int yPlane = yOffset + plane * outHeight * outWidth;
                if (outHeight * outWidth == 1) {
                    y[yPlane] = (float) (Sums.sum(x, xPlane, area, buffer) / area);
                    continue;
                }
                for (int i = 0; i < outHeight; i++) {
                    int top = begin(i, inHeight, outHeight);
                    int rows = end(i, inHeight, outHeight) - top;
                    RowLoops.sum(rows, inWidth, x, xPlane + top * inWidth, inWidth, buffer, 0);
                    means(inWidth, outWidth, rows, buffer, y, yPlane + i * outWidth);
                }
            }
        });
    }

    private static void means(int inWidth, int outWidth, int rows, float[] sums, float[] y, int yFrom) {
        for (int j = 0; j < outWidth; j++) {
            int left = begin(j, inWidth, outWidth);
            int right = end(j, inWidth, outWidth);
            double sum = 0;
            for (int c = left; c < right; c++) {
                sum += sums[c];
            }
            y[yFrom + j] = (float) (sum / (rows * (right - left)));
        }
    }

    void backward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        var rows = adjoint(inHeight, outHeight);
        var columns = adjoint(inWidth, outWidth);
        Pieces.run(parallel, planes, (long) inHeight * inWidth, (from, to) -> {
            float[] buffer = row.floats(columns.rowLength());
            for (int plane = from; plane < to; plane++) {
                int dyPlane = dyOffset + plane * outHeight * outWidth;
                Adjoint.applyToPlane(rows, columns, dy, dyPlane, dx, dxOffset + plane * inHeight * inWidth, buffer);
            }
        });
    }

    private static Adjoint adjoint(int in, int out) {
        return Adjoint.of(in, out, sink -> {
            for (int i = 0; i < out; i++) {
                int end = end(i, in, out);
                double share = 1.0 / (end - begin(i, in, out));
                for (int r = begin(i, in, out); r < end; r++) {
                    sink.term(i, r, share);
                }
            }
        });
    }
}
