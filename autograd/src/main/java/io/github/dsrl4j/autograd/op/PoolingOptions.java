package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.kernel.PoolingGeometry;

/**
 * How a pooling window moves over an image, as (height, width) pairs: its size, its stride (its size unless it is said
 * otherwise), and the padding on both sides, at most half the window.
 *
 * <pre>{@code PoolingOptions.kernel(3).stride(2).padding(1)}</pre>
 */
public record PoolingOptions(
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {

    public PoolingOptions {
        check("kernel", kernelHeight, kernelWidth, 1);
        check("stride", strideHeight, strideWidth, 1);
        check("padding", paddingHeight, paddingWidth, 0);
        if (2 * paddingHeight > kernelHeight || 2 * paddingWidth > kernelWidth) {
            throw new IllegalArgumentException(
                    "pooling: padding must be at most half the kernel, else a window lies in the padding alone; kernel %d x %d, padding %d x %d"
                            .formatted(kernelHeight, kernelWidth, paddingHeight, paddingWidth));
        }
    }

    private static void check(String what, int height, int width, int least) {
        if (height < least || width < least) {
            throw new IllegalArgumentException(
                    "pooling: %s must be at least %d, not %d x %d".formatted(what, least, height, width));
        }
    }

    /** A square window with a stride of its size and no padding. */
    public static PoolingOptions kernel(int size) {
        return kernel(size, size);
    }

    /** A window with a stride of its size and no padding. */
    public static PoolingOptions kernel(int height, int width) {
        return new PoolingOptions(height, width, height, width, 0, 0);
    }

    public PoolingOptions stride(int stride) {
        return stride(stride, stride);
    }

    public PoolingOptions stride(int height, int width) {
        return new PoolingOptions(kernelHeight, kernelWidth, height, width, paddingHeight, paddingWidth);
    }

    public PoolingOptions padding(int padding) {
        return padding(padding, padding);
    }

    public PoolingOptions padding(int height, int width) {
        return new PoolingOptions(kernelHeight, kernelWidth, strideHeight, strideWidth, height, width);
    }

    /**
     * The sizes of this pooling of an image {@code [N, C, H, W]}.
     *
     * @param operation named in errors
     * @throws ShapeException if the window is larger than the padded image
     */
    public PoolingGeometry geometry(String operation, Shape x) {
        Checks.rank(operation, "input", x, 4, "[N, C, H, W]");
        int outHeight = Math.floorDiv(x.dim(2) + 2 * paddingHeight - kernelHeight, strideHeight) + 1;
        int outWidth = Math.floorDiv(x.dim(3) + 2 * paddingWidth - kernelWidth, strideWidth) + 1;
        if (outHeight < 1 || outWidth < 1) {
            throw new ShapeException("%s: the kernel %d x %d is larger than the padded input; input %s, padding %d x %d"
                    .formatted(operation, kernelHeight, kernelWidth, x, paddingHeight, paddingWidth));
        }
        return new PoolingGeometry(
                x.dim(0) * x.dim(1),
                x.dim(2),
                x.dim(3),
                outHeight,
                outWidth,
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth);
    }

    /** The shape of the output for this input. */
    Shape output(PoolingGeometry g, Shape x) {
        return Shape.of(x.dim(0), x.dim(1), g.outHeight(), g.outWidth());
    }
}
