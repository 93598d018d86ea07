package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.ConvTranspose2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * SSSR, semantic segmentation super-resolution (section 3.2): each block doubles the class map with a transposed convolution 3 x 3,
 * stride 2, padding 1, output padding 1, without bias, then batch normalisation and PReLU. The last block's output is the logits,
 * as in the authors' released ESPNetv2, where two blocks lead from half the input's size to twice.
 */
final class SegmentationSuperResolution extends Layer {
    private static final TransposedConvolutionOptions DOUBLE =
            TransposedConvolutionOptions.stride(2).padding(1).outputPadding(1);

    private final List<Sequential> blocks = new ArrayList<>();

    /** @param stride how much smaller the class map is than the input; a power of two */
    SegmentationSuperResolution(RandomGenerator random, int classes, int stride) {
        int count = Integer.numberOfTrailingZeros(stride) + 1;
        for (int i = 0; i < count; i++) {
            blocks.add(child(
                    Integer.toString(i),
                    new Sequential(
                            new ConvTranspose2d(random, classes, classes, 3, DOUBLE, false),
                            new BatchNorm2d(classes),
                            new PRelu(classes))));
        }
    }

    @Override
    protected Variable forward(Variable classMap) {
        Variable y = classMap;
        for (Sequential block : blocks) {
            y = block.apply(y);
        }
        return y;
    }
}
