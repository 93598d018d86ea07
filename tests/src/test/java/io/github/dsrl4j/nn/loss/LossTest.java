package io.github.dsrl4j.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LossTest {
    /** Three pixels with two classes: log-likelihoods of class 0 at logit differences 0, ln 3 and (ignored) 5. */
    private final Variable logits =
            Variable.parameter(Tensor.of(Shape.of(1, 2, 1, 3), 0, (float) Math.log(3), 5, 0, 0, 0));

    private final Tensor labels = Tensor.of(Shape.of(1, 1, 3), 0, 1, 255);

    @Test
    void crossEntropyAveragesOverLabelledPixels() {
        double expected = (Math.log(2) + Math.log(4)) / 2;
        assertEquals(
                expected, new CrossEntropy(255).apply(logits, labels).value().item(), 1e-6);
    }

    @Test
    void crossEntropyAveragesByWeight() {
        var loss = new CrossEntropy(255, Tensor.of(Shape.of(2), 1, 3));
        assertEquals(
                (Math.log(2) + 3 * Math.log(4)) / 4,
                loss.apply(logits, labels).value().item(),
                1e-6);
    }

    @Test
    void meanSquaredErrorAveragesOverAllElements() {
        Variable prediction = Variable.parameter(Tensor.of(Shape.of(2, 2), 1, 2, 3, 4));
        Variable loss = new MeanSquaredError().apply(prediction, Tensor.of(Shape.of(2, 2), 1, 0, 3, 1));
        assertEquals(13.0 / 4, loss.value().item(), 1e-6);
        loss.backward();
        assertEquals(2 * 2.0 / 4, prediction.gradient().get(0, 1), 1e-6);
    }
}
