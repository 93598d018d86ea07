package io.github.dsrl4j.tensor.kernel;

import java.util.List;

/** Moving elements without arithmetic: concatenation, slices, padding, transposition, pixel shuffle. */
public interface Movement {
    /** Copies n consecutive elements. */
    void copy(int n, float[] x, int xOffset, float[] y, int yOffset);

    /** A copy of n consecutive elements. */
    record Copy(int n, Place x, Place y) {}

    /** All these copies, none of which reads or writes what another one writes; a device makes them at once. */
    default void copyAll(List<Copy> copies) {
        for (Copy copy : copies) {
            copy(
                    copy.n(),
                    copy.x().array(),
                    copy.x().offset(),
                    copy.y().array(),
                    copy.y().offset());
        }
    }

    /**
     * {@code y[yOffset + i . yStrides] = x[xOffset + i . xStrides]} for every index i in a box of extents {@code dims} (rank 1 to
     * 8). Strides may be any; elements of y outside are untouched.
     */
    void stridedCopy(int[] dims, float[] x, int xOffset, int[] xStrides, float[] y, int yOffset, int[] yStrides);
}
