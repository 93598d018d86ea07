package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.ChannelShuffle;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The efficient pyramid pooling of ESPNetv2's decoder: a projection to few channels; a depthwise 3 x 3 convolution at each of five
 * scales of the map (enlarged and pooled back, or pooled and enlarged back); a merge of all five.
 */
final class PyramidPool extends Layer {
    private static final double[] SCALES = {2.0, 1.5, 1.0, 0.5, 0.1};
    private static final int LEAST_EXTENT = 5;

    private final Layer projection;
    private final List<Conv2d> stages = new ArrayList<>();
    private final DecoderBlocks.Normalisation joining;
    private final ChannelShuffle shuffle;
    private final List<Layer> merge;
    private final Layer normalisation;

    /** @param last whether this is the last one: its output is the class map, with a bias and not normalised */
    PyramidPool(RandomGenerator random, int in, int projected, int out, boolean last) {
        projection = child("projection_layer", DecoderBlocks.convolution(random, in, projected, 1, 1));
        for (int i = 0; i < SCALES.length; i++) {
            stages.add(child("stages." + i, ConvolutionBlock.conv(random, projected, projected, 3, 1, 1, projected)));
        }
        int joined = projected * SCALES.length;
        joining = DecoderBlocks.normalisation(joined);
        shuffle = new ChannelShuffle(SCALES.length);
        merge = List.of(
                DecoderBlocks.convolution(random, joined, projected, 3, projected),
                new Conv2d(random, projected, out, 1, ConvolutionOptions.DEFAULT, last));
        child("merge_layer", new Sequential(joining, shuffle, merge.get(0), merge.get(1)));
        normalisation = last ? null : child("br", DecoderBlocks.normalisation(out));
    }

    @Override
    protected Variable forward(Variable x) {
        Variable projected = projection.apply(x);
        Variable[] pyramid = new Variable[SCALES.length];
        for (int i = 0; i < SCALES.length; i++) {
            pyramid[i] = atScale(SCALES[i], stages.get(i), projected);
        }
        Variable merged = joining.applyJoinedAndShuffled(shuffle, pyramid);
        for (Layer layer : merge) {
            merged = layer.apply(merged);
        }
        return normalisation == null ? merged : normalisation.apply(merged);
    }

    private static Variable atScale(double scale, Conv2d stage, Variable x) {
        int height = x.shape().dim(2);
        int width = x.shape().dim(3);
        int scaledHeight = Math.max(LEAST_EXTENT, (int) Math.ceil(height * scale));
        int scaledWidth = Math.max(LEAST_EXTENT, (int) Math.ceil(width * scale));
        if (scale < 1) {
            return stage.apply(x.adaptiveAveragePool2d(scaledHeight, scaledWidth))
                    .resizeBilinear(height, width, true);
        }
        if (scale > 1) {
            return stage.apply(x.resizeBilinear(scaledHeight, scaledWidth, true))
                    .adaptiveAveragePool2d(height, width);
        }
        return stage.apply(x);
    }
}
