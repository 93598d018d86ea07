package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Resampling;
import java.util.Arrays;

/**
 * Resizing. Along one axis an output index mixes two neighbours, {@code (1 - f) x[low] + f x[high]}, where {@code low + f} is
 * the source position; bilinear is that along both axes.
 */
final class ScalarResampling implements Resampling {
    /** The two neighbours of a source position and the share of the second. */
    private record Mix(int low, int high, double fraction) {
        static Mix at(int index, int in, int out, boolean alignCorners) {
            double position = position(index, in, out, alignCorners);
            int low = Math.min((int) position, in - 1);
            return new Mix(low, Math.min(low + 1, in - 1), position - low);
        }

        /** Multiplies before it divides, so that positions that are whole numbers come out exact. */
        private static double position(int index, int in, int out, boolean alignCorners) {
            if (alignCorners) {
                return out == 1 ? 0 : (double) index * (in - 1) / (out - 1);
            }
            return Math.max(0, (index + 0.5) * in / out - 0.5);
        }

        static Mix[] axis(int in, int out, boolean alignCorners) {
            Mix[] mixes = new Mix[out];
            Arrays.setAll(mixes, index -> at(index, in, out, alignCorners));
            return mixes;
        }
    }

    @Override
    public void bilinearForward(Geometry g, boolean alignCorners, float[] x, int xOffset, float[] y, int yOffset) {
        Mix[] rows = Mix.axis(g.inHeight(), g.outHeight(), alignCorners);
        Mix[] columns = Mix.axis(g.inWidth(), g.outWidth(), alignCorners);
        int out = yOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            int xPlane = xOffset + plane * g.inHeight() * g.inWidth();
            for (Mix row : rows) {
                int low = xPlane + row.low() * g.inWidth();
                int high = xPlane + row.high() * g.inWidth();
                for (Mix column : columns) {
                    double upper = mix(x[low + column.low()], x[low + column.high()], column.fraction());
                    double lower = mix(x[high + column.low()], x[high + column.high()], column.fraction());
                    y[out++] = (float) mix(upper, lower, row.fraction());
                }
            }
        }
    }

    private static double mix(double a, double b, double fraction) {
        return (1 - fraction) * a + fraction * b;
    }

    @Override
    public void bilinearBackward(Geometry g, boolean alignCorners, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        Mix[] rows = Mix.axis(g.inHeight(), g.outHeight(), alignCorners);
        Mix[] columns = Mix.axis(g.inWidth(), g.outWidth(), alignCorners);
        double[] sums = new double[g.inHeight() * g.inWidth()];
        int out = dyOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            Arrays.fill(sums, 0);
            for (Mix row : rows) {
                int low = row.low() * g.inWidth();
                int high = row.high() * g.inWidth();
                for (Mix column : columns) {
                    double upper = (1 - row.fraction()) * dy[out];
                    double lower = row.fraction() * dy[out++];
                    sums[low + column.low()] += (1 - column.fraction()) * upper;
                    sums[low + column.high()] += column.fraction() * upper;
                    sums[high + column.low()] += (1 - column.fraction()) * lower;
                    sums[high + column.high()] += column.fraction() * lower;
                }
            }
            store(sums, dx, dxOffset + plane * sums.length);
        }
    }

    @Override
    public void nearestForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset) {
        int out = yOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            int xPlane = xOffset + plane * g.inHeight() * g.inWidth();
            for (int i = 0; i < g.outHeight(); i++) {
                int row = xPlane + nearest(i, g.inHeight(), g.outHeight()) * g.inWidth();
                for (int j = 0; j < g.outWidth(); j++) {
                    y[out++] = x[row + nearest(j, g.inWidth(), g.outWidth())];
                }
            }
        }
    }

    @Override
    public void nearestBackward(Geometry g, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        double[] sums = new double[g.inHeight() * g.inWidth()];
        int out = dyOffset;
        for (int plane = 0; plane < g.planes(); plane++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < g.outHeight(); i++) {
                int row = nearest(i, g.inHeight(), g.outHeight()) * g.inWidth();
                for (int j = 0; j < g.outWidth(); j++) {
                    sums[row + nearest(j, g.inWidth(), g.outWidth())] += dy[out++];
                }
            }
            store(sums, dx, dxOffset + plane * sums.length);
        }
    }

    private static int nearest(int index, int in, int out) {
        return (int) ((long) index * in / out);
    }

    private static void store(double[] sums, float[] target, int offset) {
        for (int i = 0; i < sums.length; i++) {
            target[offset + i] = (float) sums[i];
        }
    }
}
