package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.ConvTranspose2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SSSR, semantic segmentation super-resolution (section 3.2): each block doubles the class map with a transposed convolution 3 x 3,
 * stride 2, padding 1, output padding 1, without bias, then batch normalisation and PReLU; in the authors' released ESPNetv2 two
 * such blocks lead from half the input's size to twice. A 1 x 1 convolution, if wanted, turns the last features into scores,
 * which the slopes of PReLU then do not squeeze.
 */
final class SegmentationSuperResolution extends Module {
    private static final TransposedConvolutionOptions DOUBLE =
            TransposedConvolutionOptions.stride(2).padding(1).outputPadding(1);

    private final List<Sequential> blocks = new ArrayList<>();

    private final Conv2d prediction;

    /**
     * Makes the blocks.
     *
     * @param stride how much smaller the class map is than the input; a power of two
     * @param predicts whether there is a prediction layer
     */
    SegmentationSuperResolution(RandomGenerator random, int classes, int stride, boolean predicts) {
        int count = Integer.numberOfTrailingZeros(stride) + 1;
        for (int i = 0; i < count; i++) {
            blocks.add(child(
                    Integer.toString(i),
                    new Sequential(
                            new ConvTranspose2d(random, classes, classes, 3, DOUBLE, false),
                            new BatchNorm2d(classes),
                            new PRelu(classes))));
        }
        prediction = predicts
                ? child("prediction", new Conv2d(random, classes, classes, 1, ConvolutionOptions.DEFAULT, true))
                : null;
    }

    /** The last features, at twice the input's size, from the class map. */
    Variable features(Variable classMap) {
        Variable y = classMap;
        for (Sequential block : blocks) {
            y = block.apply(y);
        }
        return y;
    }

    /** The scores, from {@link #features}. */
    Variable scores(Variable features) {
        return prediction == null ? features : prediction.apply(features);
    }
}
