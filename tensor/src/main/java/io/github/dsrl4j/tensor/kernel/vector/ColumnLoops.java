package io.github.dsrl4j.tensor.kernel.vector;

/** Arithmetic along a row: windows of {@code kernel} elements that begin {@code stride} apart. */
final class ColumnLoops {
    private ColumnLoops() {}

    /** {@code y[j] = sum of a window / (rowCount counts[j])}. */
    static void mean(
            int width, int stride, int kernel, float rowCount, float[] counts, float[] x, float[] y, int yFrom) {
        for (int j = 0; j < width; j++) {
            float sum = 0;
            for (int k = 0; k < kernel; k++) {
                sum += x[j * stride + k];
            }
            y[yFrom + j] = sum / (rowCount * counts[j]);
        }
    }

    /** {@code y[j] = the largest of a window}. */
    static void max(int width, int stride, int kernel, float[] x, float[] y, int yFrom) {
        for (int j = 0; j < width; j++) {
            float largest = x[j * stride];
            for (int k = 1; k < kernel; k++) {
                largest = Math.max(largest, x[j * stride + k]);
            }
            y[yFrom + j] = largest;
        }
    }
}
