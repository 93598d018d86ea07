package io.github.dsrl4j.tensor.kernel;

/** Pooling of planes. Backward passes overwrite dx, unless they are told to add to it. */
public interface Pooling {
    /** y = the largest value in each window; padding never wins. A NaN in the window wins. */
    void maxForward(PoolingGeometry g, float[] x, int xOffset, float[] y, int yOffset);

    /** dx: each dy goes to the first position (row-major) of its window that holds the largest value. */
    void maxBackward(PoolingGeometry g, float[] x, int xOffset, float[] dy, int dyOffset, float[] dx, int dxOffset);

    /**
     * y = the sum of each window divided by the kernel's area ({@code countIncludePad}, where the window is clipped to the
     * padded extent) or by the number of pixels inside the image.
     */
    void averageForward(PoolingGeometry g, boolean countIncludePad, float[] x, int xOffset, float[] y, int yOffset);

    /** Whether {@link #averageBackward} and {@link #adaptiveAverageBackward} can add to dx; where not, they must not be told to. */
    default boolean addsGradients() {
        return false;
    }

    /** dx: to each pixel of a window its share of dy; added to what dx holds already if {@code add} says so. */
    void averageBackward(
            PoolingGeometry g,
            boolean countIncludePad,
            boolean add,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset);

    /** y[i, j] = mean of x over rows floor(i H / h) to ceil((i + 1) H / h) and columns likewise. */
    void adaptiveAverageForward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset);

    /** As {@link #averageBackward}. */
    void adaptiveAverageBackward(
            int planes,
            int inHeight,
            int inWidth,
            int outHeight,
            int outWidth,
            boolean add,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset);
}
