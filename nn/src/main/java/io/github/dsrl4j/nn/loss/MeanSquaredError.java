package io.github.dsrl4j.nn.loss;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Tensor;

/** The mean of {@code (prediction - target)^2} over all elements. */
public record MeanSquaredError() {
    /** The loss as a scalar. */
    public Variable apply(Variable prediction, Tensor target) {
        return prediction.meanSquaredError(Variable.of(target));
    }
}
