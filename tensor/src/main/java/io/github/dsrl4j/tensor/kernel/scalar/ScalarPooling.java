package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;
import java.util.Arrays;

/** Pooling: each output pixel owns a window of one plane of the input. */
final class ScalarPooling implements Pooling {
    /** Rows {@code top} to {@code bottom} and columns {@code left} to {@code right}, ends excluded, inside the image. */
    private record Window(int top, int bottom, int left, int right, int divisor) {
        static Window of(PoolingGeometry g, boolean countIncludePad, int i, int j) {
            int top = i * g.strideHeight() - g.paddingHeight();
            int left = j * g.strideWidth() - g.paddingWidth();
            int bottom = Math.min(top + g.kernelHeight(), g.inHeight() + g.paddingHeight());
            int right = Math.min(left + g.kernelWidth(), g.inWidth() + g.paddingWidth());
            int padded = (bottom - top) * (right - left);
            top = Math.max(top, 0);
            left = Math.max(left, 0);
            bottom = Math.min(bottom, g.inHeight());
            right = Math.min(right, g.inWidth());
            return new Window(top, bottom, left, right, countIncludePad ? padded : (bottom - top) * (right - left));
        }

        static Window adaptive(int inHeight, int inWidth, int outHeight, int outWidth, int i, int j) {
            int top = i * inHeight / outHeight;
            int left = j * inWidth / outWidth;
            int bottom = Math.ceilDiv((i + 1) * inHeight, outHeight);
            int right = Math.ceilDiv((j + 1) * inWidth, outWidth);
            return new Window(top, bottom, left, right, (bottom - top) * (right - left));
        }

        float mean(float[] x, int plane, int width) {
            double sum = 0;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    sum += x[plane + row * width + column];
                }
            }
            return (float) (sum / divisor);
        }

        void addToEach(double share, double[] sums, int width) {
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    sums[row * width + column] += share;
                }
            }
        }

        /** The index in x of the first largest value, or of the first NaN; -1 where the window is empty. */
        int largest(float[] x, int plane, int width) {
            int best = -1;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    int here = plane + row * width + column;
                    if (best < 0 || x[here] > x[best] || (Float.isNaN(x[here]) && !Float.isNaN(x[best]))) {
                        best = here;
                    }
                }
            }
            return best;
        }
    }

    @Override
    public void maxForward(PoolingGeometry g, float[] x, int xOffset, float[] y, int yOffset) {
        int out = yOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            int xPlane = xOffset + plane * g.inHeight() * g.inWidth();
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++) {
                    int best = Window.of(g, false, i, j).largest(x, xPlane, g.inWidth());
                    y[out++] = best < 0 ? Float.NEGATIVE_INFINITY : x[best];
                }
            }
        }
    }

    @Override
    public void maxBackward(
            PoolingGeometry g, float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        int area = g.inHeight() * g.inWidth();
        double[] sums = new double[area];
        int out = dyOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            int xPlane = xOffset + plane * area;
            Arrays.fill(sums, 0);
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++, out++) {
                    int best = Window.of(g, false, i, j).largest(x, xPlane, g.inWidth());
                    if (best >= 0) {
                        sums[best - xPlane] += dy[out];
                    }
                }
            }
            store(false, sums, dx, dxOffset + plane * area);
        }
    }

    @Override
    public void averageForward(
            PoolingGeometry g, boolean countIncludePad, float[] x, int xOffset, float[] y, int yOffset) {
        int out = yOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            int xPlane = xOffset + plane * g.inHeight() * g.inWidth();
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++) {
                    y[out++] = Window.of(g, countIncludePad, i, j).mean(x, xPlane, g.inWidth());
                }
            }
        }
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
        int area = g.inHeight() * g.inWidth();
        double[] sums = new double[area];
        int out = dyOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++, out++) {
                    Window window = Window.of(g, countIncludePad, i, j);
                    window.addToEach((double) dy[out] / window.divisor(), sums, g.inWidth());
                }
            }
            store(add, sums, dx, dxOffset + plane * area);
        }
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
        int out = yOffset;
        for (int plane = 0; plane < planes; plane++) {
            int xPlane = xOffset + plane * inHeight * inWidth;
            for (int i = 0; i < outHeight; i++) {
                for (int j = 0; j < outWidth; j++) {
                    Window window = Window.adaptive(inHeight, inWidth, outHeight, outWidth, i, j);
                    y[out++] = window.mean(x, xPlane, inWidth);
                }
            }
        }
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
        int area = inHeight * inWidth;
        double[] sums = new double[area];
        int out = dyOffset;
        for (int plane = 0; plane < planes; plane++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < outHeight; i++) {
                for (int j = 0; j < outWidth; j++, out++) {
                    Window window = Window.adaptive(inHeight, inWidth, outHeight, outWidth, i, j);
                    window.addToEach((double) dy[out] / window.divisor(), sums, inWidth);
                }
            }
            store(add, sums, dx, dxOffset + plane * area);
        }
    }

    private static void store(boolean add, double[] sums, float[] target, int offset) {
        for (int i = 0; i < sums.length; i++) {
            target[offset + i] = (float) (add ? target[offset + i] + sums[i] : sums[i]);
        }
    }
}
