package io.github.dsrl4j.tensor.kernel;

/**
 * The sizes of a two-dimensional convolution. Input {@code [batch, inChannels, inHeight, inWidth]}, weight
 * {@code [outChannels, inChannels / groups, kernelHeight, kernelWidth]}, output
 * {@code [batch, outChannels, outHeight, outWidth]}. The output extent is not derived, because a transposed convolution,
 * which is the adjoint of a convolution with this geometry, chooses its input extent with an output padding.
 */
public record ConvolutionGeometry(
        int batch,
        int inChannels,
        int inHeight,
        int inWidth,
        int outChannels,
        int outHeight,
        int outWidth,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth,
        int groups) {

    /** {@code floor((in + 2 padding - dilation (kernel - 1) - 1) / stride) + 1}. */
    public static int outputExtent(int in, int kernel, int stride, int padding, int dilation) {
        return Math.floorDiv(in + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
    }

    /** {@code (in - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1}. */
    public static int transposedExtent(int in, int kernel, int stride, int padding, int dilation, int outputPadding) {
        return (in - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1;
    }

    /** Whether input, weight or output has no elements, so that there is nothing to multiply. */
    public boolean isEmpty() {
        return batch == 0
                || inChannels == 0
                || outChannels == 0
                || inArea() == 0
                || outArea() == 0
                || kernelArea() == 0;
    }

    public boolean isDepthwise() {
        return groups == inChannels && groups == outChannels && groups > 1;
    }

    /** Whether the convolution is a matrix product on each pixel: kernel 1 x 1, stride 1, no padding of either side. */
    public boolean isPointwise() {
        return kernelHeight == 1
                && kernelWidth == 1
                && strideHeight == 1
                && strideWidth == 1
                && paddingHeight == 0
                && paddingWidth == 0
                && outHeight == inHeight
                && outWidth == inWidth;
    }

    public int inChannelsPerGroup() {
        return inChannels / groups;
    }

    public int outChannelsPerGroup() {
        return outChannels / groups;
    }

    public int inArea() {
        return inHeight * inWidth;
    }

    public int outArea() {
        return outHeight * outWidth;
    }

    public int kernelArea() {
        return kernelHeight * kernelWidth;
    }

    /** {@code batch x outArea x outChannels x inChannels / groups x kernelArea}. */
    public long multiplyAdds() {
        return (long) batch * outArea() * outChannels * inChannelsPerGroup() * kernelArea();
    }
}
