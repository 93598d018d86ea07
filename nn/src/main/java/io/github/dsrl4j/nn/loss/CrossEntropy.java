package io.github.dsrl4j.nn.loss;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Cross entropy of logits {@code [N, classes, H, W]} and labels {@code [N, H, W]}, averaged over the labelled pixels by weight:
 * {@code sum w[label] (logsumexp(x) - x[label]) / sum w[label]}.
 *
 * @param ignoreIndex the label of pixels that count nothing
 * @param classWeights one weight a class, or null for 1 each; see {@link ClassFrequencies}
 */
public record CrossEntropy(int ignoreIndex, Tensor classWeights) {
    /** All classes weigh the same. */
    public CrossEntropy(int ignoreIndex) {
        this(ignoreIndex, null);
    }

    /**
     * The loss as a scalar.
     *
     * @param labels class indices as floats
     */
    public Variable apply(Variable logits, Tensor labels) {
        return logits.crossEntropy(labels, ignoreIndex, classWeights);
    }
}
