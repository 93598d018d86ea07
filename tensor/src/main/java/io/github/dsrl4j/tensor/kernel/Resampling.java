package io.github.dsrl4j.tensor.kernel;

/**
 * Resizing of planes. The source position of output index i is {@code i (in - 1) / (out - 1)} with {@code alignCorners} (0
 * where out is 1), else {@code max(0, (i + 1/2) in / out - 1/2)}; nearest takes {@code floor(i in / out)}. Backward passes
 * are the exact adjoints and overwrite dx.
 */
public interface Resampling {
    /** Sizes of a resize of {@code planes} independent planes. */
    record Geometry(int planes, int inHeight, int inWidth, int outHeight, int outWidth) {}

    void bilinearForward(Geometry g, boolean alignCorners, float[] x, int xOffset, float[] y, int yOffset);

    void bilinearBackward(Geometry g, boolean alignCorners, float[] dy, int dyOffset, float[] dx, int dxOffset);

    void nearestForward(Geometry g, float[] x, int xOffset, float[] y, int yOffset);

    void nearestBackward(Geometry g, float[] dy, int dyOffset, float[] dx, int dxOffset);
}
