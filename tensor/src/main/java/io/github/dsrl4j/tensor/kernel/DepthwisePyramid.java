package io.github.dsrl4j.tensor.kernel;

import java.util.List;

/**
 * Several depthwise convolutions of one input, each with the sum of those before it: with {@code conv_b} that of branch b,
 *
 * <pre>
 * y_0 = conv_0(x),   y_b = y_(b-1) + conv_b(x)
 * </pre>
 *
 * The geometries of all branches have the same input, output and stride; x is {@code [batch, channels, inHeight, inWidth]}, and y
 * holds the channels of all branches behind each other, {@code [batch, branches x channels, outHeight, outWidth]}.
 */
public interface DepthwisePyramid {
    /** How many floats of working memory {@link #forward} and {@link #backward} need. */
    int workingMemory(List<ConvolutionGeometry> branches);

    /**
     * y from x.
     *
     * @param weights of each branch
     * @param work working memory with any contents; null where none is needed
     */
    void forward(List<ConvolutionGeometry> branches, Place x, List<Place> weights, Place y, Place work);

    /**
     * The gradients. A branch gets those of its own output and of all further ones: with {@code d_b = dy_b + d_(b+1)}, dx is the sum of the
     * adjoints of all {@code conv_b} applied to {@code d_b}, and dweight of branch b is that of {@link Convolution#backwardWeight} for
     * {@code d_b}.
     *
     * @param dx null where nobody asks
     * @param dweights of each branch; null where nobody asks
     * @param work working memory with any contents; null where none is needed
     */
    void backward(
            List<ConvolutionGeometry> branches,
            Place x,
            List<Place> weights,
            Place dy,
            Place dx,
            List<Place> dweights,
            Place work);
}
