package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.profile.Allocation;
import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A backward pass gives the memory back that nobody reads any more, and only that. */
final class ReleaseTest {
    private static final int SIZE = 10_000;

    private final Variable x = Variable.parameter(Tensor.full(Shape.of(SIZE), 0.5f));

    private static float[] poison() {
        return Tensor.full(Shape.of(SIZE), Float.NaN).array();
    }

    private long peakOf(Function<Variable, Variable> loss) throws Exception {
        var memory = new StepMemory();
        memory.run(() -> {
            loss.apply(x).backward();
            return null;
        });
        return memory.peakBytes() / (SIZE * Float.BYTES);
    }

    @Test
    void whatNoOperationSavedIsFreeWhenTheBackwardPassBegins() throws Exception {
        int depth = 40;
        long peak = peakOf(start -> {
            Variable y = start;
            for (int i = 0; i < depth; i++) {
                y = y.plus(start).times(0.5f);
            }
            return y.sum();
        });
        assertEquals(2L * depth, peak, "gradients find room in the memory of forgotten results");
    }

    @Test
    void whatAnOperationSavedIsFreeOnceItsGradientIsThrough() throws Exception {
        var memory = new StepMemory();
        var lentAtTheEnd = new ArrayList<Float>();
        memory.run(() -> {
            Variable y = x;
            for (int i = 0; i < 10; i++) {
                y = y.sigmoid();
            }
            y.sum().backward();
            // Ten more of this size fit where the ten results were.
            for (int i = 0; i < 10; i++) {
                lentAtTheEnd.add(poison()[0]);
            }
            return null;
        });
        assertEquals(10, lentAtTheEnd.size());
        assertTrue(memory.peakBytes() <= 13L * SIZE * Float.BYTES, () -> memory.peakBytes() + " bytes");
    }

    @Test
    void aResultThatNobodyAskedForCannotBeReadAfterwards() throws Exception {
        new StepMemory().run(() -> {
            Variable y = x.sigmoid();
            Variable z = y.square();
            z.sum().backward();
            assertEquals(
                    "variable: the value of shape [10000] is no longer there: the memory of this result of square was given back by a"
                            + " backward pass or at the end of the step; ask for value() before backward, or copy it",
                    assertThrows(IllegalStateException.class, z::value).getMessage());
            assertThrows(IllegalStateException.class, y::value);
            assertThrows(IllegalStateException.class, y::detach);
            assertThrows(IllegalStateException.class, y::relu);
            assertEquals(Shape.of(SIZE), y.shape());
            return null;
        });
    }

    @Test
    void aResultThatSomebodyAskedForStays() throws Exception {
        new StepMemory().run(() -> {
            Variable y = x.sigmoid();
            Variable view = y.reshape(100, 100);
            Variable detached = view.square().detach();
            Tensor value = view.value();
            view.sum().backward();
            poison();
            poison();
            poison();
            assertEquals((float) (1 / (1 + Math.exp(-0.5))), y.value().get(7), 1e-6f);
            assertEquals(y.value().get(7), value.get(0, 7));
            assertEquals(value.get(0, 7) * value.get(0, 7), detached.value().get(0, 7), 1e-6f);
            return null;
        });
    }

    @Test
    void singleValuesInputsAndWhatTheCallerMadeStay() throws Exception {
        new StepMemory().run(() -> {
            Tensor input = Tensor.full(Shape.of(SIZE), 2);
            Tensor mask = Tensor.full(Shape.of(SIZE), 3);
            Variable first =
                    Variable.of(input).times(x).times(Variable.of(mask)).mean();
            Variable total = first.plus(x.mean());
            total.backward();
            poison();
            poison();
            assertEquals(3f, first.value().item());
            assertEquals(3.5f, total.value().item());
            assertEquals(2f, input.get(5));
            assertEquals(3f, mask.get(5));
            return null;
        });
    }

    @Test
    void labelsOfTheCallerStay() throws Exception {
        Variable logits = Variable.parameter(Values.normal(2, 5, 4, 4));
        new StepMemory().run(() -> {
            Tensor labels = Tensor.full(Shape.of(2, 4, 4), 1);
            logits.square().crossEntropy(labels, 255, null).backward();
            Tensor.full(Shape.of(2, 4, 4), 9);
            assertEquals(1, labels.get(1, 2, 3));
            return null;
        });
    }

    @Test
    void aGraphBesideTheOneThatWasDifferentiatedKeepsWhatItNeeds() throws Exception {
        float[] expected = twoLosses(new StepMemory(), false);
        assertArrayEquals(expected, twoLosses(new StepMemory(), true));
    }

    /** Two graphs on one detached result; where {@code inStep}, with numbers that are wrong in all memory that is free between them. */
    private static float[] twoLosses(StepMemory memory, boolean inStep) throws Exception {
        Variable a = Variable.parameter(Values.normal(3, 4));
        Variable b = Variable.parameter(Values.other(3, 4));
        Variable c = Variable.parameter(Values.positive(3, 4));
        java.util.concurrent.Callable<float[]> step = () -> {
            Variable shared = a.times(b).sigmoid();
            Variable cut = shared.detach();
            Variable first = shared.square().sum();
            Variable second = cut.times(c).relu().times(cut).sum();
            first.backward();
            for (int i = 0; i < 8; i++) {
                Tensor.full(Shape.of(3, 4), Float.NaN);
            }
            second.backward();
            return c.gradient().toArray();
        };
        return inStep ? memory.run(step) : step.call();
    }

    @Test
    void aGraphOfAnEarlierStepIsRefused() throws Exception {
        var memory = new StepMemory();
        Variable loss = memory.run(() -> x.sigmoid().square().sum());
        memory.run(() -> {
            Tensor mine = Tensor.full(Shape.of(SIZE), 4);
            assertThrows(IllegalStateException.class, loss::backward);
            assertEquals(4, mine.get(1));
            return null;
        });
        assertFalse(x.hasGradient());
    }

    @Test
    void aStepAllocatesLittleMoreThanItsGraph() throws Exception {
        // Scalar kernels, as those of the Vector API allocate vectors until they are compiled.
        Device device = new CpuDevice(KernelChoice.scalar("test"));
        Variable weight = Variable.parameter(Values.normal(8, 8, 3, 3).to(device));
        Variable slope = Variable.parameter(Values.positive(8).to(device));
        Variable input = Variable.of(Values.normal(2, 8, 20, 20).to(device));
        List<Variable> parameters = List.of(weight, slope);
        var memory = new StepMemory();
        int depth = 10;
        long least = Long.MAX_VALUE;
        long reserved = 0;
        for (int step = 0; step < 12; step++) {
            long before = Allocation.ofThisThread();
            memory.run(() -> {
                parameters.forEach(Variable::clearGradient);
                Variable y = input;
                for (int i = 0; i < depth; i++) {
                    y = y.conv2d(weight, ConvolutionOptions.DEFAULT.padding(1))
                            .prelu(slope)
                            .plus(y);
                }
                y.square().mean().backward();
                return null;
            });
            long allocated = Allocation.ofThisThread() - before;
            least = Math.min(least, allocated);
            assertTrue(step == 0 || reserved == memory.reservedBytes(), "memory grew at step " + step);
            reserved = memory.reservedBytes();
        }
        long operations = 3L * depth + 2;
        long perOperation = least / operations;
        assertTrue(perOperation < 4_000, () -> perOperation + " bytes an operation");
        long bytes = least;
        assertTrue(bytes < memory.reservedBytes() / 5, () -> bytes + " bytes beside " + memory.reservedBytes());
    }
}
