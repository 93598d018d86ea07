package io.github.dsrl4j.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clipping against PyTorch (numbers by optimizers.py among the resources). */
class GradientClippingTest {
    private final Variable w = Variable.parameter(Tensor.zeros(Shape.of(2, 2)));
    private final Variable b = Variable.parameter(Tensor.zeros(Shape.of(3)));
    private final Variable unused = Variable.parameter(Tensor.zeros(Shape.of(2)));
    private final Map<String, Variable> parameters = new LinkedHashMap<>(Map.of("w", w, "b", b, "unused", unused));

    private void gradients(float first) {
        w.backward(Tensor.of(Shape.of(2, 2), first, -2, 3, 0.5f));
        b.backward(Tensor.of(Shape.of(3), 0.25f, -4, 0.125f));
    }

    @ParameterizedTest(name = "at most {0}")
    @CsvSource(delimiter = '|', textBlock = """
            100.0 | 1.000000000 | -2.000000000 | 3.000000000 | 0.500000000 | 0.250000000 | -4.000000000 | 0.125000000
            2.0   | 0.363167634 | -0.726335267 | 1.089502901 | 0.181583817 | 0.090791908 | -1.452670534 | 0.045395954
            0.01  | 0.001815838 | -0.003631676 | 0.005447515 | 0.000907919 | 0.000453960 | -0.007263353 | 0.000226980
            """)
    void agreesWithPyTorch(double max, float w0, float w1, float w2, float w3, float b0, float b1, float b2) {
        gradients(1);
        assertEquals(5.507097693, GradientClipping.clipNorm(parameters, max), 1e-9);
        assertArrayEquals(new float[] {w0, w1, w2, w3}, w.gradient().toArray(), 1e-7f);
        assertArrayEquals(new float[] {b0, b1, b2}, b.gradient().toArray(), 1e-7f);
        assertFalse(unused.hasGradient());
    }

    @Test
    void zeroGradientsStayZero() {
        w.backward(Tensor.zeros(Shape.of(2, 2)));
        assertEquals(0, GradientClipping.clipNorm(parameters, 1e-9));
        assertArrayEquals(new float[4], w.gradient().toArray());
    }

    @Test
    void squaresDoNotOverflow() {
        w.backward(Tensor.full(Shape.of(2, 2), 1e30f));
        assertEquals(2e30, GradientClipping.clipNorm(parameters, 1), 1e23);
        assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 0.5f}, w.gradient().toArray(), 1e-6f);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity"})
    void namesTheParameterWhoseGradientIsNotFinite(float value) {
        gradients(value);
        assertEquals(
                "clipNorm: the gradient of 'w' is not finite; lower the learning rate or look for the cause in anomaly mode",
                assertThrows(ArithmeticException.class, () -> GradientClipping.clipNorm(parameters, 1))
                        .getMessage());
        assertArrayEquals(new float[] {0.25f, -4, 0.125f}, b.gradient().toArray(), "nothing may be changed");
    }

    @Test
    void refusesALimitThatIsNotPositive() {
        assertEquals(
                "clipNorm: the largest norm must be positive, not 0.0",
                assertThrows(IllegalArgumentException.class, () -> GradientClipping.clipNorm(parameters, 0))
                        .getMessage());
    }
}
