package io.github.dsrl4j.autograd.op;

/**
 * How a filter moves over an image, as (height, width) pairs: stride, zero padding on both sides, dilation, and the number of
 * groups that channels are split into.
 *
 * <pre>{@code ConvolutionOptions.stride(2).padding(1)}</pre>
 */
public record ConvolutionOptions(
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth,
        int groups) {

    /** Stride 1, no padding, dilation 1, one group. */
    public static final ConvolutionOptions DEFAULT = new ConvolutionOptions(1, 1, 0, 0, 1, 1, 1);

    public ConvolutionOptions {
        check("stride", strideHeight, strideWidth, 1);
        check("padding", paddingHeight, paddingWidth, 0);
        check("dilation", dilationHeight, dilationWidth, 1);
        check("groups", groups, groups, 1);
    }

    private static void check(String what, int height, int width, int least) {
        if (height < least || width < least) {
            throw new IllegalArgumentException(
                    "convolution: %s must be at least %d, not %d x %d".formatted(what, least, height, width));
        }
    }

    public static ConvolutionOptions stride(int stride) {
        return DEFAULT.withStride(stride);
    }

    public ConvolutionOptions withStride(int stride) {
        return new ConvolutionOptions(
                stride, stride, paddingHeight, paddingWidth, dilationHeight, dilationWidth, groups);
    }

    public ConvolutionOptions padding(int padding) {
        return padding(padding, padding);
    }

    public ConvolutionOptions padding(int height, int width) {
        return new ConvolutionOptions(strideHeight, strideWidth, height, width, dilationHeight, dilationWidth, groups);
    }

    public ConvolutionOptions dilation(int dilation) {
        return dilation(dilation, dilation);
    }

    public ConvolutionOptions dilation(int height, int width) {
        return new ConvolutionOptions(strideHeight, strideWidth, paddingHeight, paddingWidth, height, width, groups);
    }

    public ConvolutionOptions groups(int count) {
        return new ConvolutionOptions(
                strideHeight, strideWidth, paddingHeight, paddingWidth, dilationHeight, dilationWidth, count);
    }
}
