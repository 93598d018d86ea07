package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Anomaly mode names the operation that made the first NaN. */
final class AnomalyModeTest {
    private static String anomaly(Runnable action) {
        return assertThrows(
                        AnomalyException.class,
                        () -> Gradients.detectAnomaly(() -> {
                            action.run();
                            return null;
                        }))
                .getMessage();
    }

    private static Variable parameter(float... values) {
        return Variable.parameter(Tensor.of(Shape.of(values.length), values));
    }

    @Test
    void namesTheForwardPassThatMadeTheFirstNaN() {
        Variable x = parameter(4, 9, -1);
        assertEquals(
                "forward of sqrt: first NaN at element 2 of shape [3]",
                anomaly(() -> x.plus(0).sqrt().times(2)));
    }

    @Test
    void namesTheInputThatHeldANaNAlready() {
        Variable x = parameter(1, 2);
        Variable broken = parameter(0, Float.NaN);
        assertEquals(
                "forward of plus, which was given a NaN in input 1: first NaN at element 1 of shape [2]",
                anomaly(() -> x.plus(broken)));
    }

    @Test
    void namesTheBackwardPassThatMadeTheFirstNaN() {
        Variable x = parameter(0, 1);
        // 0 upstream times the infinite derivative of the root at 0.
        assertEquals(
                "backward of sqrt: first NaN at element 0 of shape [2]",
                anomaly(() -> x.sqrt().times(0).sum().backward()));
    }

    @Test
    void isQuietWhereThereIsNone() {
        Variable x = parameter(1, 2);
        Gradients.detectAnomaly(() -> {
            x.sqrt().sum().backward();
            return null;
        });
        assertTrue(x.hasGradient());
    }

    @Test
    void isOffOutside() {
        assertTrue(Float.isNaN(parameter(-1).sqrt().value().item()));
    }
}
