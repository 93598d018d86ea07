package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.ChannelShuffle;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.random.RandomGenerator;

/** The two small blocks of the published ESPNetv2 decoder, under the names they have there. */
final class DecoderBlocks {
    private DecoderBlocks() {}

    /** Convolution, batch normalisation and PReLU as {@code cbr.0}, {@code cbr.1}, {@code cbr.2}. */
    static Layer convolution(RandomGenerator random, int in, int out, int kernel, int groups) {
        return new Named(
                "cbr",
                new Sequential(
                        ConvolutionBlock.conv(random, in, out, kernel, 1, 1, groups),
                        new BatchNorm2d(out),
                        new PRelu(out)));
    }

    /** Batch normalisation and PReLU as {@code br.0}, {@code br.1}. */
    static Normalisation normalisation(int channels) {
        return new Normalisation(channels);
    }

    /** Batch normalisation and PReLU. */
    static final class Normalisation extends Layer {
        private final BatchNorm2d normalisation;
        private final PRelu activation;

        private Normalisation(int channels) {
            normalisation = new BatchNorm2d(channels);
            activation = new PRelu(channels);
            child("br", new Sequential(normalisation, activation));
        }

        @Override
        protected Variable forward(Variable x) {
            return normalisation.applyActivated(activation, x);
        }

        /** Of the channels of all parts together, which are then shuffled. */
        Variable applyJoinedAndShuffled(ChannelShuffle shuffle, Variable... parts) {
            return normalisation.applyActivatedAndShuffled(activation, shuffle, parts);
        }
    }

    /** A layer that lists another one under a name. */
    private static final class Named extends Layer {
        private final Layer layer;

        Named(String name, Layer layer) {
            this.layer = child(name, layer);
        }

        @Override
        protected Variable forward(Variable x) {
            return layer.apply(x);
        }
    }
}
