package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;

/**
 * What a training pass gives.
 *
 * @param segmentation logits {@code [N, classes, f H, f W]}, f being {@link Variant#factor}
 * @param image the normalised super-resolved image {@code [N, 3, 2H, 2W]}, or null without the image branch
 * @param segmentationFeatures transformed, subsampled features of the segmentation branch, or null without the affinity loss
 * @param imageFeatures subsampled features of the image branch, of the same height and width, or null likewise
 */
public record DsrlOutput(
        Variable segmentation, Variable image, Variable segmentationFeatures, Variable imageFeatures) {}
