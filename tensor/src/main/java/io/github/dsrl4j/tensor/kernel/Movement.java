package io.github.dsrl4j.tensor.kernel;

/** Moving elements without arithmetic: concatenation, slices, padding, transposition, pixel shuffle. */
public interface Movement {
    /** Copies n consecutive elements. */
    void copy(int n, float[] x, int xOffset, float[] y, int yOffset);

    /**
     * {@code y[yOffset + i . yStrides] = x[xOffset + i . xStrides]} for every index i in a box of extents {@code dims} (rank 1 to
     * 8). Strides may be any; elements of y outside are untouched.
     */
    void stridedCopy(int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides);
}
