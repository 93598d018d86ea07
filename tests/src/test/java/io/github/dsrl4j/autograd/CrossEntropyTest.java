package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels that are wrong, ignored, or weigh nothing. */
final class CrossEntropyTest {
    private static final Shape LABELS = Shape.of(2, 2, 3);

    private static Variable logits() {
        return Variable.parameter(Values.normal(2, 4, 2, 3));
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "-1, -1", "254, 254", "1.5, 1.5", "NaN, NaN", "Infinity, Infinity", "3.0e9, 3.0E9"})
    void aLabelThatIsNoClassIsRefusedWithItsPlace(float label, String shown) {
        float[] ids = new float[LABELS.size()];
        ids[3] = 255;
        ids[10] = label;
        var error = assertThrows(
                IllegalArgumentException.class, () -> logits().crossEntropy(Tensor.of(LABELS, ids), 255, null));
        assertEquals(
                "crossEntropy: label %s at [1, 1, 1] is neither a class, 0 to 3, nor the ignored id 255; labels [2, 2, 3]"
                        .formatted(shown),
                error.getMessage());
    }

    @Test
    void labelsOfASliceAreReadFromTheirOwnPlace() {
        float[] ids = {9, 9, 9, 9, 9, 9, 0, 1, 2, 3, 0, 1};
        Variable x = Variable.parameter(Values.normal(1, 4, 2, 3));
        float loss = x.crossEntropy(Tensor.of(LABELS, ids).slice(1, 2), 255, null)
                .value()
                .item();
        float[] own = {0, 1, 2, 3, 0, 1};
        assertEquals(
                x.crossEntropy(Tensor.of(Shape.of(1, 2, 3), own), 255, null)
                        .value()
                        .item(),
                loss);
    }

    @Test
    void nothingToLearnFromGivesNoLossAndNoGradient() {
        Variable x = logits();
        Variable loss = x.crossEntropy(Tensor.full(LABELS, 255), 255, null);
        loss.backward();
        assertEquals(0, loss.value().item());
        for (float gradient : x.gradient().toArray()) {
            assertTrue(gradient == 0, "a gradient of " + gradient);
        }
    }

    @Test
    void classesThatWeighNothingGiveNoLossAndNoGradient() {
        Variable x = logits();
        Variable loss = x.crossEntropy(Tensor.full(LABELS, 2), 255, Tensor.of(Shape.of(4), 1, 1, 0, 1));
        loss.backward();
        assertEquals(0, loss.value().item());
        for (float gradient : x.gradient().toArray()) {
            assertTrue(gradient == 0, "a gradient of " + gradient);
        }
    }

    @Test
    void theIgnoredIdMayBeAClass() {
        Variable x = logits();
        float[] ids = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
        Variable loss = x.crossEntropy(Tensor.of(LABELS, ids), 0, null);
        Variable alone = x.logSoftmax(1);
        assertEquals(-alone.value().get(1, 3, 1, 2), loss.value().item(), 1e-6f);
    }

    @Test
    void labelsMayLieOnAnotherDeviceThanTheLogits() {
        Tensor values = Values.normal(2, 4, 2, 3);
        Tensor labels = Tensor.full(LABELS, 1);
        float expected =
                Variable.of(values).crossEntropy(labels, 255, null).value().item();
        float actual = Variable.of(values.to(TestDevice.SCALAR.require()))
                .crossEntropy(labels, 255, null)
                .value()
                .item();
        assertEquals(expected, actual, 1e-6f);
    }
}
