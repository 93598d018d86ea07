package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Reduction;

/** Reductions, one result at a time; the terms of a result lie {@code inner} apart. */
final class ScalarReduction implements Reduction {
    @Override
    public void sum(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int first = xOffset + o * length * inner + i;
                double sum = 0;
                for (int k = 0; k < length; k++) {
                    sum += x[first + k * inner];
                }
                y[yOffset + o * inner + i] = (float) sum;
            }
        }
    }

    @Override
    public void max(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int first = xOffset + o * length * inner + i;
                float largest = Float.NEGATIVE_INFINITY;
                for (int k = 0; k < length; k++) {
                    largest = Math.max(largest, x[first + k * inner]);
                }
                y[yOffset + o * inner + i] = largest;
            }
        }
    }

    @Override
    public void argMax(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int first = xOffset + o * length * inner + i;
                int best = 0;
                for (int k = 1; k < length; k++) {
                    if (x[first + k * inner] > x[first + best * inner]) {
                        best = k;
                    }
                }
                y[yOffset + o * inner + i] = best;
            }
        }
    }

    @Override
    public void rowProducts(
            int rows, int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * length; i < (row + 1) * length; i++) {
                sum += (double) a[aOffset + i] * b[bOffset + i];
            }
            y[yOffset + row] = (float) sum;
        }
    }

    @Override
    public void squaredDifference(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double difference = (double) a[aOffset + i] - b[bOffset + i];
            sum += difference * difference;
        }
        y[yOffset] = (float) sum;
    }

    @Override
    public void squaredNorm(int n, float[] x, int xOffset, float[] y, int yOffset) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[xOffset + i] * x[xOffset + i];
        }
        y[yOffset] = (float) sum;
    }
}
