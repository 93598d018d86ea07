package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.PRelu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The extremely efficient spatial pyramid of ESPNetv2 (Mehta et al., CVPR 2019, section 3.1): a grouped 1 x 1 projection to a quarter
 * of the channels; four depthwise 3 x 3 convolutions of growing dilation, each added to the one before (which removes the gridding of
 * dilated convolutions); concatenation; a grouped 1 x 1 expansion; and at stride 1 a residual connection.
 */
final class EspUnit extends Layer {
    private static final int BRANCHES = 4;

    private final boolean downSampling;
    private final int channels;
    private final ConvolutionBlock projection;
    private final List<ConvolutionBlock> branches = new ArrayList<>();
    private final NormalisedActivation afterConcatenation;
    private final ConvolutionBlock expansion;
    private final PRelu activation;

    /**
     * @param receptiveLimit the largest extent that a branch may cover: branches of extent 3, 5, 7, 9 (dilation 1 to 4) that exceed it
     *     fall back to 3
     */
    EspUnit(RandomGenerator random, int in, int out, int stride, int receptiveLimit) {
        if (in % BRANCHES != 0 || out % BRANCHES != 0) {
            throw new IllegalArgumentException(
                    "EESP: %d input and %d output channels must divide into 4 branches".formatted(in, out));
        }
        downSampling = stride == 2;
        channels = out;
        int width = out / BRANCHES;
        projection = child("proj_1x1", ConvolutionBlock.activated(random, in, width, 1, 1, BRANCHES));
        int[] dilations = dilations(receptiveLimit);
        for (int i = 0; i < BRANCHES; i++) {
            branches.add(child("spp_dw." + i, ConvolutionBlock.dilatedDepthwise(random, width, stride, dilations[i])));
        }
        expansion = child("conv_1x1_exp", ConvolutionBlock.normalised(random, out, out, 1, 1, BRANCHES));
        afterConcatenation = child("br_after_cat", new NormalisedActivation(out));
        // Published checkpoints hold this slope for every unit; a down-sampling one, whose caller activates, does not
        // use it.
        activation = child("module_act", new PRelu(out));
    }

    private static int[] dilations(int receptiveLimit) {
        int[] dilations = new int[BRANCHES];
        for (int i = 0; i < BRANCHES; i++) {
            int extent = 3 + 2 * i;
            dilations[i] = extent <= receptiveLimit ? (extent - 1) / 2 : 1;
        }
        Arrays.sort(dilations);
        return dilations;
    }

    @Override
    protected Variable forward(Variable x) {
        Variable joined = afterConcatenation.applyTo(pyramid(projection.apply(x)));
        if (downSampling) {
            return expansion.apply(joined);
        }
        return channels == x.shape().dim(1)
                ? expansion.applyAndAdd(joined, x, activation)
                : activation.apply(expansion.apply(joined));
    }

    /** The branches, each with the sum of those before it; in training as one operation. */
    private Variable[] pyramid(Variable x) {
        if (training()) {
            return new Variable[] {ConvolutionBlock.pyramid(branches, x)};
        }
        Variable[] pyramid = new Variable[BRANCHES];
        for (int i = 0; i < BRANCHES; i++) {
            Variable branch = branches.get(i).apply(x);
            pyramid[i] = i == 0 ? branch : branch.plus(pyramid[i - 1]);
        }
        return pyramid;
    }

    /** Batch normalisation and PReLU, named {@code bn} and {@code act}. */
    private static final class NormalisedActivation extends Module {
        private final BatchNorm2d bn;
        private final PRelu act;

        NormalisedActivation(int channels) {
            bn = child("bn", new BatchNorm2d(channels));
            act = child("act", new PRelu(channels));
        }

        Variable applyTo(Variable... parts) {
            return bn.applyActivated(act, parts);
        }
    }
}
