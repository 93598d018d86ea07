package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The gradient check finds what is wrong and passes what is right. */
final class GradCheckTest {
    /** y = x^3, with a gradient that is off by a factor at one element. */
    private record Cube(float factor) implements Operation {
        @Override
        public String name() {
            return "cube";
        }

        @Override
        public Tensor forward(Saved saved, Tensor... inputs) {
            saved.keep(inputs[0]);
            float[] y = inputs[0].toArray();
            for (int i = 0; i < y.length; i++) {
                y[i] = y[i] * y[i] * y[i];
            }
            return Tensor.of(inputs[0].shape(), y);
        }

        @Override
        public Tensor[] backward(Saved saved, Tensor upstream) {
            float[] x = saved.tensor(0).toArray();
            float[] dx = upstream.toArray();
            for (int i = 0; i < dx.length; i++) {
                dx[i] *= 3 * x[i] * x[i] * (i == 2 ? factor : 1);
            }
            return new Tensor[] {Tensor.of(upstream.shape(), dx)};
        }
    }

    @Test
    void passesARightGradient() {
        var report = GradCheck.check(v -> Variable.apply(new Cube(1), v), Values.normal(2, 5));
        report.assertPasses(1e-4);
        assertEquals(1, report.errors().size());
        assertTrue(report.worst() > 0, "float32 differences cannot be exact");
    }

    @Test
    void findsOneWrongElementAndShowsIt() {
        Tensor x = Tensor.of(Shape.of(2, 3), 1, 2, 1.5f, -1, 0.5f, 2);
        var report = GradCheck.check(v -> Variable.apply(new Cube(1.01f), v), x);
        assertFalse(report.passes(1e-4));
        GradCheck.InputError error = report.errors().getFirst();
        assertEquals(2, error.element());
        assertEquals(1.01, error.analytic() / error.numeric(), 1e-4);
        String message = assertThrows(AssertionError.class, () -> report.assertPasses(1e-4))
                .getMessage();
        assertTrue(message.startsWith("gradient check: relative error"), message);
        assertTrue(message.contains("is larger than 0.000100"), message);
        assertTrue(message.contains("input  shape"), message);
        assertTrue(message.contains("    0  [2, 3]"), message);
    }

    @Test
    void takesSmallStepsNearAKink() {
        // Within the first steps of the rectifier's kink, on both sides.
        Tensor x = Tensor.of(Shape.of(4), 0.02f, -0.02f, 0.05f, -3);
        GradCheck.check(v -> v[0].relu(), x).assertPasses(1e-4);
    }

    @Test
    void findsAMissingGradient() {
        var report = GradCheck.check(v -> v[0].times(v[1].detach()), Values.normal(3), Values.other(3));
        assertEquals(1, report.errors().get(1).relativeError(), 1e-3);
        assertTrue(report.errors().get(0).relativeError() < 1e-4);
    }

    @Test
    void aNaNNeverPasses() {
        var report = GradCheck.check(v -> v[0].sqrt(), Tensor.of(Shape.of(2), -1, 1));
        assertTrue(Double.isNaN(report.worst()));
        assertFalse(report.passes(1));
        assertThrows(AssertionError.class, () -> report.assertPasses(1));
    }

    @Test
    void leavesItsInputsAlone() {
        Tensor x = Values.normal(2, 2);
        float[] before = x.toArray();
        int version = x.version();
        GradCheck.check(v -> v[0].square(), x);
        assertArrayEquals(before, x.toArray());
        assertEquals(version, x.version());
    }
}
