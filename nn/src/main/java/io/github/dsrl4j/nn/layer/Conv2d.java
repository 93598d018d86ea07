package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.Init;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import java.util.random.RandomGenerator;

/**
 * Two-dimensional convolution: {@link io.github.dsrl4j.autograd.op.Conv2d} with a learnt {@code weight}
 * {@code [out, in / groups, KH, KW]} and, if wanted, a {@code bias} {@code [out]}, initialised as PyTorch does by default
 * ({@link Init#defaultWeight}).
 */
public final class Conv2d extends Layer {
    private final ConvolutionOptions options;
    private final Variable weight;
    private final Variable bias;

    /** With a square kernel. */
    public Conv2d(
            RandomGenerator random,
            int inChannels,
            int outChannels,
            int kernel,
            ConvolutionOptions options,
            boolean bias) {
        this(random, inChannels, outChannels, kernel, kernel, options, bias);
    }

    /**
     * @throws IllegalArgumentException if an extent is not positive, or groups do not divide both numbers of channels
     */
    public Conv2d(
            RandomGenerator random,
            int inChannels,
            int outChannels,
            int kernelHeight,
            int kernelWidth,
            ConvolutionOptions options,
            boolean bias) {
        LayerChecks.convolution("conv2d", inChannels, outChannels, kernelHeight, kernelWidth, options.groups());
        this.options = options;
        Shape shape = Shape.of(outChannels, inChannels / options.groups(), kernelHeight, kernelWidth);
        this.weight = parameter("weight", Init.defaultWeight(random, shape));
        this.bias = bias ? parameter("bias", Init.defaultBias(random, shape, outChannels)) : null;
    }

    @Override
    protected Variable forward(Variable x) {
        return bias == null ? x.conv2d(weight, options) : x.conv2d(weight, bias, options);
    }

    public Variable weight() {
        return weight;
    }

    /** The bias, or null. */
    public Variable bias() {
        return bias;
    }

    public ConvolutionOptions options() {
        return options;
    }
}
