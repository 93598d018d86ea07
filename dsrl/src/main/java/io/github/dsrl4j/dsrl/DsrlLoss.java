package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Tensor;

/**
 * The loss of the method, {@code L = L_ce + w1 L_mse + w2 L_fa} (equation 2 of the paper): cross entropy of the segmentation, mean squared
 * error of the super-resolved image, feature affinity between the branches.
 *
 * @param ignoreIndex the label that counts nothing
 * @param classWeights weight of each class in the cross entropy, or null for 1
 */
public record DsrlLoss(DsrlOptions options, int ignoreIndex, Tensor classWeights) {
    /** The loss and its terms before weighting; terms that a variant lacks are null. */
    public record Terms(Variable total, Variable crossEntropy, Variable image, Variable affinity) {}

    /**
     * The loss of what a network gave for a batch.
     *
     * @param labels class ids {@code [N, H', W']} at the size of the segmentation
     * @param largeImage the normalised image {@code [N, 3, 2H, 2W]}; not read by variants without the image branch
     */
    public Terms of(DsrlOutput output, Tensor labels, Tensor largeImage) {
        Variable crossEntropy = output.segmentation().crossEntropy(labels, ignoreIndex, classWeights);
        Variable total = crossEntropy;
        Variable image = null;
        if (output.image() != null) {
            image = output.image().meanSquaredError(Variable.of(largeImage));
            total = total.plus(image.times(options.imageWeight()));
        }
        Variable affinity = null;
        if (output.imageFeatures() != null) {
            affinity = output.segmentationFeatures().featureAffinity(output.imageFeatures());
            total = total.plus(affinity.times(options.affinityWeight()));
        }
        return new Terms(total, crossEntropy, image, affinity);
    }
}
