package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the gradients of every operation. */
final class OperationGradientTest {
    /** Differences of float32 results over steps of 1/16 and less, extrapolated, are good to about 1e-5. */
    private static final double TOLERANCE = 2e-4;

    static Stream<Arguments> casesOnAllDevices() {
        return Stream.of(TestDevice.values())
                .flatMap(device ->
                        GradientCases.ALL.stream().map(c -> Arguments.argumentSet(device + " " + c, c, device)));
    }

    static List<GradientCase> cases() {
        return GradientCases.ALL;
    }

    @ParameterizedTest
    @MethodSource("casesOnAllDevices")
    void agreesWithDifferences(GradientCase c, TestDevice device) {
        GradCheck.check(c.function(), c.inputsOn(device.require())).assertPasses(TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isOfTheOperationThatTheCaseNames(GradientCase c) {
        var seen = new HashSet<Class<?>>();
        Observer observer = new Observer() {
            @Override
            public void forward(Operation operation, Tensor[] inputs, Tensor output, long nanoseconds) {}

            @Override
            public void backward(Operation operation, Tensor upstream, long nanoseconds) {
                seen.add(operation.getClass());
            }
        };
        Observer.watch(observer, () -> gradients(c, c.inputsOn(Device.cpu()), -1));
        assertTrue(seen.contains(c.operation()), () -> "ran " + seen);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void ofOneInputIsTheSameBitsWhetherOrNotOthersAreAsked(GradientCase c) {
        Tensor[] inputs = c.inputsOn(Device.cpu());
        List<float[]> all = gradients(c, inputs, -1);
        for (int i = 0; i < inputs.length; i++) {
            assertArrayEquals(all.get(i), gradients(c, inputs, i).getFirst(), "input " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheSameBitsInStepMemoryEveryStep(GradientCase c) throws Exception {
        Tensor[] inputs = c.inputsOn(Device.cpu());
        List<float[]> expected = gradients(c, inputs, -1);
        var memory = new StepMemory();
        long peak = 0;
        for (int step = 0; step < 3; step++) {
            List<float[]> actual = memory.run(() -> gradients(c, inputs, -1));
            for (int i = 0; i < inputs.length; i++) {
                assertArrayEquals(expected.get(i), actual.get(i), "input " + i + ", step " + step);
            }
            assertTrue(step == 0 || memory.peakBytes() == peak, "memory grew at step " + step);
            peak = memory.peakBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void leavesInputsAndUpstreamAlone(GradientCase c) {
        Tensor[] inputs = c.inputsOn(Device.cpu());
        Tensor upstream = Values.normal(outputShape(c, inputs));
        float[] before = upstream.toArray();
        Variable[] parameters = Stream.of(inputs).map(Variable::parameter).toArray(Variable[]::new);
        Variable output = c.function().apply(parameters);
        output.backward(upstream);
        assertArrayEquals(before, upstream.toArray());
        for (int i = 0; i < inputs.length; i++) {
            assertArrayEquals(c.inputs().get(i).toArray(), inputs[i].toArray(), "input " + i);
            assertEquals(inputs[i].shape(), parameters[i].gradient().shape());
            assertFalse(parameters[i].gradient().storage() == upstream.storage(), "a gradient on the caller's storage");
        }
    }

    private static int[] outputShape(GradientCase c, Tensor... inputs) {
        Variable[] constants = Stream.of(inputs).map(Variable::of).toArray(Variable[]::new);
        return c.function().apply(constants).shape().dims();
    }

    /** The gradients of all inputs, or of one alone with the others constant. */
    private static List<float[]> gradients(GradientCase c, Tensor[] inputs, int only) {
        Variable[] variables = new Variable[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            variables[i] = only < 0 || only == i ? Variable.parameter(inputs[i]) : Variable.of(inputs[i]);
        }
        Variable output = c.function().apply(variables);
        output.backward(Tensor.randn(new Random(5), output.shape().dims()));
        var gradients = new ArrayList<float[]>();
        for (Variable variable : variables) {
            if (variable.requiresGradient()) {
                gradients.add(variable.gradient().toArray());
            }
        }
        return gradients;
    }
}
