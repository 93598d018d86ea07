package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.AdaptiveAveragePool2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.nn.layer.Sigmoid;
import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * The efficient pointwise convolution by which ESPNetv2's encoder features join the decoder: a grouped 3 x 3 convolution whose channels
 * are weighted by a sigmoid of the globally averaged input.
 */
final class SkipConnection extends Layer {
    private final Sequential weighting;
    private final Layer expansion;

    SkipConnection(RandomGenerator random, int in, int out) {
        weighting = child(
                "wt_layer",
                new Sequential(
                        new AdaptiveAveragePool2d(1, 1),
                        new Conv2d(random, in, out, 1, ConvolutionOptions.DEFAULT, false),
                        new Sigmoid()));
        int groups = BigInteger.valueOf(in).gcd(BigInteger.valueOf(out)).intValueExact();
        expansion = child("expansion_layer", DecoderBlocks.convolution(random, in, out, 3, groups));
    }

    @Override
    protected Variable forward(Variable x) {
        return expansion.apply(x).times(weighting.apply(x));
    }
}
