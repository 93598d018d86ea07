package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Movement;

/** Copies, element by element. */
final class ScalarMovement implements Movement {
    @Override
    public void copy(int n, float[] x, int xOffset, float[] y, int yOffset) {
        System.arraycopy(x, xOffset, y, yOffset, n);
    }

    @Override
    public void stridedCopy(
            int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides) {
        copyFrom(0, dims, x, xOffset, xStrides, y, yOffset, yStrides);
    }

    /** The part of the box spanned by the dimensions from {@code d} on. */
    private static void copyFrom(
            int d, int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides) {
        if (d == dims.length) {
            y[yOffset] = x[xOffset];
            return;
        }
        for (int i = 0; i < dims[d]; i++) {
            copyFrom(d + 1, dims, x, xOffset + i * xStrides[d], xStrides, y, yOffset + i * yStrides[d], yStrides);
        }
    }
}
