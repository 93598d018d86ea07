package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Parallel;

/**
 * Depthwise convolution: the general plan with one channel a group, for which {@link RowKernels} (3 x 3, stride 1) and the tiles
 * of one row ({@link TileKernels}, {@link DotKernels}) are chosen. It is bound by memory on all but small images: reading x and
 * writing y once each is the time to beat, and the padded copy of a block of rows stays in the cache.
 */
public final class VectorDepthwise implements Convolution {
    private final VectorConvolution general;

    public VectorDepthwise(Parallel parallel) {
        general = new VectorConvolution(parallel);
    }

    @Override
    public void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset) {
        general.forward(g, x, xOffset, weight, weightOffset, bias, biasOffset, y, yOffset);
    }

    @Override
    public void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset) {
        general.backwardData(g, dy, dyOffset, weight, weightOffset, bias, biasOffset, dx, dxOffset);
    }

    @Override
    public void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset) {
        general.backwardWeight(g, x, xOffset, dy, dyOffset, dweight, dweightOffset);
    }
}
