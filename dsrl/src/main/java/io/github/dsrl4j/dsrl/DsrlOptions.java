package io.github.dsrl4j.dsrl;

/**
 * The choices of the method, with the paper's values as defaults.
 *
 * @param variant which branches there are
 * @param predictionLayer whether the super-resolved segmentation ends in a 1 x 1 convolution with bias, before which the affinity loss
 *     takes its features, as the paper's first author describes; without it, as in the authors' released code, the last block's
 *     output serves as both
 * @param imageWeight w1 of the loss, the weight of the mean squared error of the super-resolved image
 * @param affinityWeight w2 of the loss, the weight of the feature affinity
 * @param affinitySubsampling how many pixels of the large image, per side, share one position of the affinity
 * @param transformChannels the channels that the feature transform gives the segmentation features
 * @param imageChannels the channels of the image branch before its sub-pixel convolution
 * @param detachImageFeatures whether the affinity loss leaves the image branch alone and pulls on the segmentation only
 */
public record DsrlOptions(
        Variant variant,
        boolean predictionLayer,
        float imageWeight,
        float affinityWeight,
        int affinitySubsampling,
        int transformChannels,
        int imageChannels,
        boolean detachImageFeatures) {

    public DsrlOptions {
        if (!(imageWeight >= 0) || !(affinityWeight >= 0)) {
            throw new IllegalArgumentException("dsrl: loss weights cannot be negative: image %s, affinity %s"
                    .formatted(imageWeight, affinityWeight));
        }
        if (affinitySubsampling < 1 || transformChannels < 1 || imageChannels < 4) {
            throw new IllegalArgumentException(
                    "dsrl: subsampling (%d) and transform channels (%d) must be at least 1, image channels (%d) at least 4"
                            .formatted(affinitySubsampling, transformChannels, imageChannels));
        }
    }

    /** The paper's choices: L = L_ce + 0.1 L_mse + 1.0 L_fa, pairs subsampled to 1/8 a side. */
    public static DsrlOptions of(Variant variant) {
        return new DsrlOptions(variant, true, 0.1f, 1.0f, 8, 16, 32, false);
    }
}
