package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Parallel;

/** Depthwise convolution. */
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
