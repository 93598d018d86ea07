package io.github.dsrl4j.tensor.kernel;

/**
 * The sizes of a two-dimensional pooling of {@code planes = N C} independent planes. The output extent is
 * {@code floor((in + 2 padding - kernel) / stride) + 1}.
 */
public record PoolingGeometry(
        int planes,
        int inHeight,
        int inWidth,
        int outHeight,
        int outWidth,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth) {}
