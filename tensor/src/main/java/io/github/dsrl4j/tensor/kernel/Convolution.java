package io.github.dsrl4j.tensor.kernel;

/**
 * Two-dimensional convolution (cross-correlation) and its two adjoints:
 *
 * <pre>
 * y[n, o, i, j] = bias[o] + sum over c, k, l of
 *                 weight[o, c, k, l] x[n, g C + c, i stride + k dilation - padding, j stride + l dilation - padding]
 * </pre>
 *
 * where {@code g} is the group of output channel {@code o}, {@code C = inChannels / groups}, and x is 0 outside its extent.
 * The forward pass of a transposed convolution is {@link #backwardData} of the convolution whose weight it shares; its
 * backward passes are {@link #forward} and {@link #backwardWeight} with input and upstream exchanged.
 */
public interface Convolution {
    /** y from x. {@code bias} may be null. */
    void forward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] y,
            int yOffset);

    /**
     * dx from dy: the gradient with respect to the input, or the forward pass of a transposed convolution, which may have
     * a {@code bias} per channel of x (else null).
     */
    void backwardData(
            ConvolutionGeometry g,
            float[] dy,
            int dyOffset,
            float[] weight,
            int weightOffset,
            float[] bias,
            int biasOffset,
            float[] dx,
            int dxOffset);

    /** dweight from x and dy, summed over the batch. */
    void backwardWeight(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dweight,
            int dweightOffset);

    /** {@link #backwardData} without a bias and {@link #backwardWeight}, for which x and dy may have to be read once only. */
    default void backward(
            ConvolutionGeometry g,
            float[] x,
            int xOffset,
            float[] weight,
            int weightOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dweight,
            int dweightOffset) {
        backwardData(g, dy, dyOffset, weight, weightOffset, null, 0, dx, dxOffset);
        backwardWeight(g, x, xOffset, dy, dyOffset, dweight, dweightOffset);
    }
}
