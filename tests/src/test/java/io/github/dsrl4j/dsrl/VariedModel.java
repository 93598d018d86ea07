package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Random;

/**
 * Models that are not trained and yet tell many classes apart: a network as it is drawn labels nearly every pixel alike, so that a
 * test which compares its labels compares constants.
 */
public final class VariedModel {
    private VariedModel() {}

    /** With all branches of its variant, in evaluation mode. */
    public static DualSuperResolution of(ModelDescription description, long seed) {
        DualSuperResolution model = description.forTraining(seed);
        var random = new Random(seed);
        model.parameters().forEach((name, parameter) -> {
            boolean scores = name.startsWith("sssr.prediction") || name.startsWith("bu_dec_l4");
            float[] values = parameter.value().toArray();
            for (int i = 0; i < values.length; i++) {
                if (parameter.shape().rank() == 1) {
                    values[i] += (float) (0.3 * random.nextGaussian());
                } else if (scores) {
                    values[i] = (float) (0.5 * random.nextGaussian());
                }
            }
            parameter.value().copyFrom(values);
        });
        // Running statistics that are those of some images.
        for (int i = 0; i < 30; i++) {
            model.train(Variable.of(Tensor.randn(random, 2, 3, 64, 64)));
        }
        model.eval();
        return model;
    }
}
