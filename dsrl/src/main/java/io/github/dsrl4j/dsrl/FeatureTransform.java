package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import java.util.random.RandomGenerator;

/**
 * The feature transform module (section 3.3), which brings the segmentation features closer to those of the image branch before
 * they are compared: 1 x 1 convolution, batch normalisation, ReLU. It works on the subsampled map.
 */
final class FeatureTransform extends Layer {
    private final Conv2d conv;
    private final BatchNorm2d bn;

    FeatureTransform(RandomGenerator random, int in, int out) {
        conv = child("conv", new Conv2d(random, in, out, 1, ConvolutionOptions.DEFAULT, false));
        bn = child("bn", new BatchNorm2d(out));
    }

    @Override
    protected Variable forward(Variable x) {
        return bn.apply(conv.apply(x)).relu();
    }
}
