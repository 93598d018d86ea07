package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.dsrl.network.Decoder;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.layer.Conv2d;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SISR, single image super-resolution (section 3.2): a decoder of its own on the shared encoder, then, in the manner of ESPCN (Shi et
 * al., CVPR 2016), convolutions at low resolution and one sub-pixel convolution to twice the input's size. Used in training only.
 */
final class ImageSuperResolution extends Module {
    private static final ConvolutionOptions SAME = ConvolutionOptions.DEFAULT.padding(1);

    private final Decoder decoder;
    private final Conv2d features;
    private final Conv2d subPixel;
    private final int factor;

    ImageSuperResolution(RandomGenerator random, Decoder decoder) {
        int channels = decoder.planes();
        factor = 2 * decoder.stride();
        this.decoder = child("decoder", decoder);
        features = child("features", new Conv2d(random, channels, channels, 3, SAME, true));
        subPixel = child("sub_pixel", new Conv2d(random, channels, 3 * factor * factor, 3, SAME, true));
    }

    /** The last feature map before the prediction, at the decoder's resolution. */
    Variable features(List<Variable> encoded) {
        return features.apply(decoder.decode(encoded)).tanh();
    }

    /** The image, from {@link #features}. */
    Variable image(Variable features) {
        return subPixel.apply(features).pixelShuffle(factor);
    }
}
