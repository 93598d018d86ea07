package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tape: what a backward pass reaches, adds up, frees and refuses. */
final class BackwardTest {
    private static Tensor vector(float... values) {
        return Tensor.of(Shape.of(values.length), values);
    }

    private static Variable parameter(float... values) {
        return Variable.parameter(vector(values));
    }

    private static void assertGradient(Variable variable, float... expected) {
        assertArrayEquals(expected, variable.gradient().toArray());
    }

    private static String stateError(Runnable action) {
        return assertThrows(IllegalStateException.class, action::run).getMessage();
    }

    @Test
    void gradientsAddUpOverBackwardPasses() {
        Variable x = parameter(2, 3);
        x.square().sum().backward();
        x.times(10).sum().backward();
        assertGradient(x, 14, 16);
        x.clearGradient();
        assertFalse(x.hasGradient());
        x.square().sum().backward();
        assertGradient(x, 4, 6);
    }

    @Test
    void aGradientIsMissingUntilThereIsOne() {
        Variable x = parameter(2, 3);
        assertEquals("gradient: no backward pass has reached this variable of shape [2]", stateError(x::gradient));
    }

    /** Pooling adds to the gradient that another use left, whatever the order. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatPoolingAddsToIsTheSum(boolean retained) throws Exception {
        Function<Variable, Variable> square = Variable::square;
        Function<Variable, Variable> window =
                y -> y.averagePool2d(PoolingOptions.kernel(3).stride(2).padding(1), true);
        Function<Variable, Variable> adaptive = y -> y.adaptiveAveragePool2d(2, 3);
        Function<Variable, Variable> global = y -> y.adaptiveAveragePool2d(1, 1);
        Function<Variable, Variable> shared = y -> y.plus(y);
        var uses = List.of(square, window, adaptive, global, shared, window);
        Tensor value = Tensor.randn(new Random(1), 2, 3, 5, 7);
        double[] expected = new double[value.size()];
        for (var use : uses) {
            float[] gradient = gradientOfUses(value, false, List.of(use));
            for (int i = 0; i < expected.length; i++) {
                expected[i] += gradient[i];
            }
        }
        for (int first = 0; first < uses.size(); first++) {
            var order = new ArrayList<>(uses);
            Collections.rotate(order, first);
            float[] gradient = gradientOfUses(value, retained, order);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], gradient[i], 1e-4, "beginning with use " + first + ", element " + i);
            }
        }
    }

    /** The gradient of the sum of squares of what all uses make of a result. */
    private static float[] gradientOfUses(Tensor value, boolean retained, List<Function<Variable, Variable>> uses)
            throws Exception {
        return new StepMemory().run(() -> {
            Variable x = Variable.parameter(value);
            Variable y = x.times(1);
            if (retained) {
                y.retainGradient();
            }
            Variable sum = uses.getFirst().apply(y).square().sum();
            for (var use : uses.subList(1, uses.size())) {
                sum = sum.plus(use.apply(y).square().sum());
            }
            sum.backward();
            if (retained) {
                assertArrayEquals(x.gradient().toArray(), y.gradient().toArray(), 1e-4f);
            }
            return x.gradient().toArray();
        });
    }

    @Test
    void usesOfOneResultAddUp() {
        Variable x = parameter(1, 2, 3);
        Variable y = x.square();
        // Three uses of y: as an operand twice, and through a shape that shares storage.
        Variable z = y.plus(y).plus(y.reshape(1, 3).sum(0)).plus(x);
        z.backward(vector(1, 10, 100));
        assertGradient(x, 1 * 7, 10 * 13, 100 * 19);
    }

    @Test
    void aSharedUpstreamIsNotAddedToInPlace() {
        Variable a = parameter(1, 2);
        Variable b = parameter(3, 4);
        Variable left = a.times(2);
        Variable right = b.times(3);
        // Both sides of the sum get the same upstream tensor, and then more gradients come, in either order.
        Variable sum = left.plus(right);
        Variable total = right.times(7).plus(left.times(5)).plus(sum).plus(left.times(11));
        Tensor upstream = vector(1, 10);
        total.backward(upstream);
        assertGradient(a, 2 * (1 + 5 + 11), 20 * (1 + 5 + 11));
        assertGradient(b, 3 * (1 + 7), 30 * (1 + 7));
        assertArrayEquals(new float[] {1, 10}, upstream.toArray());
    }

    @Test
    void oneGradientForTwoInputsIsSharedSafely() throws Exception {
        Variable a = parameter(1, 2);
        Variable b = parameter(3, 4);
        Variable c = parameter(0, 0);
        new StepMemory().run(() -> {
            Variable left = b.times(1);
            // While the gradient of the left waits, that of c takes memory of the same size.
            left.plus(c.exp())
                    .plus(Variable.apply(new TwiceTheSame(), a, left))
                    .sum()
                    .backward();
            return null;
        });
        assertGradient(a, 3, 3);
        assertGradient(b, 4, 4);
        assertGradient(c, 1, 1);
    }

    /** 3 (a + b), with the same new tensor as the gradient of both. */
    private record TwiceTheSame() implements Operation {
        @Override
        public String name() {
            return "twiceTheSame";
        }

        @Override
        public Tensor forward(Saved saved, Tensor... inputs) {
            float[] a = inputs[0].toArray();
            float[] b = inputs[1].toArray();
            return Tensor.of(Shape.of(2), 3 * (a[0] + b[0]), 3 * (a[1] + b[1]));
        }

        @Override
        public Tensor[] backward(Saved saved, Tensor upstream) {
            float[] dy = upstream.toArray();
            Tensor shared = Tensor.of(Shape.of(2), 3 * dy[0], 3 * dy[1]);
            return new Tensor[] {shared, shared};
        }
    }

    @Test
    void retainedGradientsOfIntermediateResults() {
        Variable x = parameter(1, 2);
        Variable y = x.times(3).retainGradient();
        Variable z = y.square().retainGradient();
        z.plus(y).backward(vector(1, 1));
        assertGradient(y, 2 * 3 + 1, 2 * 6 + 1);
        assertGradient(z, 1, 1);
        assertGradient(x, 3 * 7, 3 * 13);
    }

    @Test
    void retainedGradientOfTheRoot() {
        Variable y = parameter(1, 2).times(3).retainGradient();
        y.backward(vector(5, 6));
        assertGradient(y, 5, 6);
    }

    @Test
    void backwardFromAParameterItself() {
        Variable x = parameter(4);
        x.backward();
        assertGradient(x, 1);
    }

    @Test
    void nothingFlowsThroughDetachOrIntoConstants() {
        Variable x = parameter(2);
        Variable constant = Variable.of(vector(5));
        Variable y = x.square();
        y.detach().times(x).plus(constant).backward();
        assertGradient(x, 4);
        assertFalse(constant.hasGradient());
        assertFalse(y.detach().requiresGradient());
        assertSame(y.value(), y.detach().value());
    }

    @Test
    void nothingIsRecordedWithGradientsOff() {
        Variable x = parameter(2);
        Variable y = Gradients.off(() -> {
            assertFalse(Gradients.recording());
            return x.square().plus(x);
        });
        assertTrue(Gradients.recording());
        assertFalse(y.requiresGradient());
        assertEquals(
                "backward: nothing here requires a gradient; was the loss computed from a parameter, with gradients on?",
                stateError(y::backward));
    }

    @Test
    void theGraphIsUsedUp() {
        Variable x = parameter(2, 3);
        Variable saving = x.square();
        saving.sum().backward();
        assertEquals(
                "square: backward was already run through this graph, which is freed on the way; run forward again",
                stateError(() -> saving.backward(vector(1, 1))));
        Variable keepingNothing = x.plus(1);
        keepingNothing.backward(vector(1, 1));
        assertEquals(
                "affine: backward was already run through this graph, which is freed on the way; run forward again",
                stateError(() -> keepingNothing.backward(vector(1, 1))));
        assertGradient(x, 5, 7);
    }

    @Test
    void aPartUsedUpByAnotherGraphIsFoundBeforeAnyGradientChanges() {
        Variable x = parameter(2);
        Variable w = parameter(7);
        Variable shared = x.square();
        shared.times(2).backward();
        Variable second = shared.times(w);
        assertEquals(
                "square: backward was already run through this graph, which is freed on the way; run forward again",
                stateError(second::backward));
        assertFalse(w.hasGradient());
        assertGradient(x, 8);
    }

    @Test
    void aValueChangedInPlaceAfterItWasSavedIsFoundBeforeAnyGradientChanges() {
        Variable x = parameter(2, 3);
        Variable w = parameter(5, 7);
        Variable y = x.times(w);
        x.value().copyFrom(new float[] {9, 9});
        assertEquals(
                "times: tensor 0 of shape [2], saved for backward, was changed in place afterwards (version 2, saved at 1); change a copy instead",
                stateError(() -> y.plus(w).backward(vector(1, 1))));
        assertFalse(w.hasGradient());
    }

    @Test
    void aChangeThroughSharedStorageIsFound() {
        Tensor whole = Tensor.of(Shape.of(2, 2), 1, 2, 3, 4);
        Variable x = Variable.parameter(whole.slice(0, 1));
        Variable y = x.square().sum();
        whole.copyFrom(new float[4]);
        assertTrue(stateError(y::backward)
                .startsWith("square: tensor 0 of shape [1, 2], saved for backward, was changed"));
    }

    @Test
    void aChangeOfWhatWasNotSavedDoesNoHarm() {
        Variable x = parameter(2, 3);
        Variable y = x.relu().plus(x);
        x.value().copyFrom(new float[] {9, 9});
        y.backward(vector(1, 1));
        assertGradient(x, 2, 2);
    }

    @Test
    void theUpdateOfAParameterBetweenStepsDoesNoHarm() {
        Variable w = parameter(3);
        for (int step = 0; step < 3; step++) {
            w.clearGradient();
            w.square().backward();
            w.value()
                    .copyFrom(
                            new float[] {w.value().item() - 0.25f * w.gradient().item()});
        }
        assertEquals(3 / 8f, w.value().item());
    }

    @Test
    void runningStatisticsChangedBeforeTheBackwardPassOfAnEvaluationAreFound() {
        Variable x = Variable.parameter(Values.normal(2, 1, 2, 2));
        Variable one = parameter(1);
        Tensor mean = vector(0);
        Tensor variance = vector(1);
        Variable y = x.batchNorm(one, one, mean, variance, false, 0.1f, 1e-5f);
        x.batchNorm(one, one, mean, variance, true, 0.1f, 1e-5f);
        assertTrue(stateError(() -> y.mean().backward())
                .startsWith("batchNorm: tensor 2 of shape [1], saved for backward"));
    }

    @Test
    void theLossMustBeOneValue() {
        Variable x = parameter(1, 2);
        assertEquals(
                "backward: the loss must be a single value, this has shape [2]; reduce it (mean, sum) or pass the upstream gradient",
                assertThrows(ShapeException.class, () -> x.square().backward()).getMessage());
        assertEquals(
                "backward: the upstream gradient has shape [1], the value has shape [2]",
                assertThrows(ShapeException.class, () -> x.square().backward(vector(1)))
                        .getMessage());
    }

    @Test
    void inputsMustLiveOnOneDevice() {
        Variable x = parameter(1, 2);
        Variable elsewhere = Variable.of(Tensor.zeros(TestDevice.SCALAR.require(), Shape.of(2)));
        String message = assertThrows(IllegalArgumentException.class, () -> x.plus(elsewhere))
                .getMessage();
        assertEquals(
                "plus: all inputs must live on one device: input 0 of shape [2] is on %s, input 1 of shape [2] is on %s; move one with Tensor.to"
                        .formatted(
                                x.value().device().description(),
                                TestDevice.SCALAR.require().description()),
                message);
        String upstream = assertThrows(
                        IllegalArgumentException.class,
                        () -> x.square().backward(Tensor.zeros(TestDevice.SCALAR.require(), Shape.of(2))))
                .getMessage();
        assertTrue(upstream.startsWith("backward: the upstream gradient is on "), upstream);
    }

    @Test
    void aDeepGraphNeedsNoStack() {
        int depth = 100_000;
        Variable x = parameter(1);
        Variable y = x;
        for (int i = 0; i < depth; i++) {
            y = y.plus(x);
        }
        y.backward();
        assertGradient(x, depth + 1);
    }

    @Test
    void aWideGraphOfSharedResultsIsVisitedOnce() {
        Variable x = parameter(1);
        Variable y = x;
        for (int i = 0; i < 60; i++) {
            y = y.plus(y).times(0.5f);
        }
        y.backward();
        assertGradient(x, 1);
    }

    @Test
    void operationsThatBreakTheContractAreNamed() {
        Variable x = parameter(1, 2);
        assertEquals(
                "wrong: backward returned a tensor that was saved by forward; it must return a new one",
                stateError(() -> Variable.apply(new Wrong(Wrong.How.RETURNS_SAVED), x)
                        .sum()
                        .backward()));
        assertEquals(
                "wrong: gradient 0 has shape [3], its input has shape [2]",
                stateError(() -> Variable.apply(new Wrong(Wrong.How.RETURNS_ANOTHER_SHAPE), x)
                        .sum()
                        .backward()));
        assertEquals(
                "wrong: backward returned 2 gradients for 1 inputs",
                stateError(() -> Variable.apply(new Wrong(Wrong.How.RETURNS_TOO_MANY), x)
                        .sum()
                        .backward()));
    }

    /** The identity, with a wrong gradient. */
    private record Wrong(How how) implements Operation {
        enum How {
            RETURNS_SAVED,
            RETURNS_ANOTHER_SHAPE,
            RETURNS_TOO_MANY
        }

        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public Tensor forward(Saved saved, Tensor... inputs) {
            saved.keep(inputs[0]);
            return inputs[0].copy();
        }

        @Override
        public Tensor[] backward(Saved saved, Tensor upstream) {
            return switch (how) {
                case RETURNS_SAVED -> new Tensor[] {saved.tensor(0)};
                case RETURNS_ANOTHER_SHAPE -> new Tensor[] {Tensor.zeros(Shape.of(3))};
                case RETURNS_TOO_MANY -> new Tensor[] {upstream, upstream};
            };
        }
    }
}
