package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Init;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import java.util.random.RandomGenerator;

/**
 * Two-dimensional transposed convolution ("deconvolution"): {@link io.github.dsrl4j.autograd.op.ConvTranspose2d} with a learnt
 * {@code weight} {@code [in, out / groups, KH, KW]} and, if wanted, a {@code bias} {@code [out]}, initialised as PyTorch does
 * by default ({@link Init#defaultWeight}; mind what the fan of a transposed weight is, {@link Init}).
 */
public final class ConvTranspose2d extends Layer {
    private final TransposedConvolutionOptions options;
    private final Variable weight;
    private final Variable bias;

    /**
     * With a square kernel.
     *
     * @throws IllegalArgumentException if an extent is not positive, or groups do not divide both numbers of channels
     */
    public ConvTranspose2d(
            RandomGenerator random,
            int inChannels,
            int outChannels,
            int kernel,
            TransposedConvolutionOptions options,
            boolean bias) {
        LayerChecks.convolution("convTranspose2d", inChannels, outChannels, kernel, kernel, options.groups());
        this.options = options;
        Shape shape = Shape.of(inChannels, outChannels / options.groups(), kernel, kernel);
        this.weight = parameter("weight", Init.defaultWeight(random, shape));
        this.bias = bias ? parameter("bias", Init.defaultBias(random, shape, outChannels)) : null;
    }

    @Override
    protected Variable forward(Variable x) {
        return bias == null ? x.convTranspose2d(weight, options) : x.convTranspose2d(weight, bias, options);
    }

    public Variable weight() {
        return weight;
    }

    /** The bias, or null. */
    public Variable bias() {
        return bias;
    }

    public TransposedConvolutionOptions options() {
        return options;
    }
}
