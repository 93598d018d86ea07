package io.github.dsrl4j.autograd.op;

/**
 * How a transposed convolution spreads its input, as (height, width) pairs: the options of the convolution that it is the
 * adjoint of, and an output padding, which chooses among the output extents that this convolution would map to the input's.
 *
 * <pre>{@code TransposedConvolutionOptions.stride(2).padding(1).outputPadding(1)}</pre>
 */
public record TransposedConvolutionOptions(
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int outputPaddingHeight,
        int outputPaddingWidth,
        int dilationHeight,
        int dilationWidth,
        int groups) {

    /** Stride 1, no padding, no output padding, dilation 1, one group. */
    public static final TransposedConvolutionOptions DEFAULT =
            new TransposedConvolutionOptions(1, 1, 0, 0, 0, 0, 1, 1, 1);

    public TransposedConvolutionOptions {
        check("stride", strideHeight, strideWidth, 1);
        check("padding", paddingHeight, paddingWidth, 0);
        check("output padding", outputPaddingHeight, outputPaddingWidth, 0);
        check("dilation", dilationHeight, dilationWidth, 1);
        check("groups", groups, groups, 1);
    }

    private static void check(String what, int height, int width, int least) {
        if (height < least || width < least) {
            throw new IllegalArgumentException("transposed convolution: %s must be at least %d, not %d x %d"
                    .formatted(what, least, height, width));
        }
    }

    public static TransposedConvolutionOptions stride(int stride) {
        return DEFAULT.withStride(stride);
    }

    public TransposedConvolutionOptions withStride(int stride) {
        return new TransposedConvolutionOptions(
                stride,
                stride,
                paddingHeight,
                paddingWidth,
                outputPaddingHeight,
                outputPaddingWidth,
                dilationHeight,
                dilationWidth,
                groups);
    }

    public TransposedConvolutionOptions padding(int padding) {
        return padding(padding, padding);
    }

    public TransposedConvolutionOptions padding(int height, int width) {
        return new TransposedConvolutionOptions(
                strideHeight,
                strideWidth,
                height,
                width,
                outputPaddingHeight,
                outputPaddingWidth,
                dilationHeight,
                dilationWidth,
                groups);
    }

    public TransposedConvolutionOptions outputPadding(int outputPadding) {
        return outputPadding(outputPadding, outputPadding);
    }

    /** Rows and columns added at the bottom and the right; less than the stride or the dilation. */
    public TransposedConvolutionOptions outputPadding(int height, int width) {
        return new TransposedConvolutionOptions(
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                height,
                width,
                dilationHeight,
                dilationWidth,
                groups);
    }

    public TransposedConvolutionOptions dilation(int dilation) {
        return dilation(dilation, dilation);
    }

    public TransposedConvolutionOptions dilation(int height, int width) {
        return new TransposedConvolutionOptions(
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                outputPaddingHeight,
                outputPaddingWidth,
                height,
                width,
                groups);
    }

    public TransposedConvolutionOptions groups(int count) {
        return new TransposedConvolutionOptions(
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                outputPaddingHeight,
                outputPaddingWidth,
                dilationHeight,
                dilationWidth,
                count);
    }
}
