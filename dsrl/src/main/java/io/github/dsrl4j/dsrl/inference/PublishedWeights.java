package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * Recognises the weights of published networks, which come without a description, by the names and shapes of their tensors: network and
 * width by the encoder, the classes by the number of scores.
 */
final class PublishedWeights {
    private static final String ENCODER_LEVEL_2 = "base_net.level2_0.act.weight";
    private static final String SCORES = "bu_dec_l4.merge_layer.3.bias";

    /** Cityscapes' 19 classes and a background channel, which is never predicted. */
    private static final int CITYSCAPES_OUTPUTS = 20;

    /** The larger of the two sizes for which ESPNetv2 was published. */
    private static final int INPUT_HEIGHT = 512;

    private static final int INPUT_WIDTH = 1024;

    private PublishedWeights() {}

    /**
     * What the weights belong to, or nothing where they are of no network that is known.
     *
     * @throws CheckpointException if the network is known, but not this width or number of scores
     */
    static Optional<ModelDescription> recognise(Map<String, Tensor> weights) {
        Tensor level2 = weights.get(ENCODER_LEVEL_2);
        Tensor scores = weights.get(SCORES);
        if (level2 == null || scores == null) {
            return Optional.empty();
        }
        return Optional.of(new ModelDescription(
                "espnetv2",
                Double.parseDouble(width(level2.size()).factor()),
                scores.size(),
                classes(scores.size()),
                DsrlOptions.of(Variant.BASELINE),
                INPUT_HEIGHT,
                INPUT_WIDTH));
    }

    private static EspNetV2.Width width(int level2Planes) {
        for (EspNetV2.Width width : EspNetV2.Width.values()) {
            if (width.planes()[1] == level2Planes) {
                return width;
            }
        }
        throw new CheckpointException("these weights look like ESPNetv2, but no width of it has " + level2Planes
                + " channels at its second level");
    }

    private static ClassSet classes(int scores) {
        if (scores == CITYSCAPES_OUTPUTS || scores == ClassSet.CITYSCAPES.count()) {
            return ClassSet.CITYSCAPES;
        }
        if (scores == ClassSet.CAMVID.count()) {
            return ClassSet.CAMVID;
        }
        throw new CheckpointException("these weights are ESPNetv2's, but nothing tells what its " + scores
                + " classes are; known are Cityscapes (19 or 20) and CamVid (11)");
    }
}
