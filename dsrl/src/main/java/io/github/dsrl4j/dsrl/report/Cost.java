package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.nn.Summary;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/**
 * What a model costs, whatever its weights.
 *
 * @param parameters learnt values of the model as it is used
 * @param multiplyAdds of one image at the trained size, as it is used; transposed convolutions count
 * @param trainingParameters learnt values with the branches that serve training only
 * @param trainingMultiplyAdds of the forward pass of one image in training: all branches and losses
 */
public record Cost(long parameters, long multiplyAdds, long trainingParameters, long trainingMultiplyAdds) {
    private static final long ANY_SEED = 0;

    /** The costs of a model; both of its forms run once on an image of zeros. */
    public static Cost of(ModelDescription description) {
        Summary inference = inferenceSummary(description);
        Summary training = trainingSummary(description);
        return new Cost(
                inference.parameters(), inference.multiplyAdds(), training.parameters(), training.multiplyAdds());
    }

    /** The layers of the model as it is used, on one image of the trained size. */
    public static Summary inferenceSummary(ModelDescription description) {
        return Summary.of(
                description.forInference(), Shape.of(1, 3, description.inputHeight(), description.inputWidth()));
    }

    /** The layers of the model in training with all branches and losses, on one image of the trained size. */
    public static Summary trainingSummary(ModelDescription description) {
        int height = description.inputHeight();
        int width = description.inputWidth();
        int factor = description.options().variant().factor();
        DualSuperResolution model = description.forTraining(ANY_SEED);
        var loss = new DsrlLoss(description.options(), description.classes().ignoreIndex(), null);
        return Summary.of(
                model,
                Shape.of(1, 3, height, width),
                image -> loss.of(
                        model.train(image),
                        Tensor.zeros(Shape.of(1, factor * height, factor * width)),
                        Tensor.zeros(Shape.of(1, 3, 2 * height, 2 * width))));
    }
}
