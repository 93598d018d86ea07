package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Training in step memory: the same bits as without, and no growth. */
final class StepMemoryBackwardTest {
    /** A small network with all that reuse can trip over: shared upstreams, reshapes, residual sums, several losses. */
    private static final class Network {
        private final Variable first = Variable.parameter(Values.normal(4, 3, 3, 3));
        private final Variable scale = Variable.parameter(Values.positive(4));
        private final Variable shift = Variable.parameter(Values.normal(4));
        private final Variable slope = Variable.parameter(Values.positive(4));
        private final Variable second = Variable.parameter(Values.normal(4, 1, 3, 3));
        private final Variable up = Variable.parameter(Values.normal(8, 5, 2, 2));
        private final Tensor mean = Tensor.zeros(Shape.of(4));
        private final Tensor variance = Tensor.full(Shape.of(4), 1);

        List<Variable> parameters() {
            return List.of(first, scale, shift, slope, second, up);
        }

        Variable loss(Variable x, Tensor labels) {
            Variable a = x.conv2d(first, ConvolutionOptions.DEFAULT.padding(1))
                    .batchNorm(scale, shift, mean, variance, true, 0.1f, 1e-5f)
                    .prelu(slope);
            Variable b = a.conv2d(second, ConvolutionOptions.DEFAULT.padding(1).groups(4))
                    .plus(a)
                    .relu();
            Variable logits =
                    Variable.concat(1, a, b.plus(a)).convTranspose2d(up, TransposedConvolutionOptions.stride(2));
            Variable affinity = a.featureAffinity(b.reshape(b.shape().dims()));
            return logits.crossEntropy(labels, 255, null)
                    .plus(affinity.times(0.5f))
                    .plus(b.meanSquaredError(a));
        }
    }

    private static float step(Network network, int seed) {
        Variable x = Variable.of(seed % 2 == 0 ? Values.normal(2, 3, 5, 6) : Values.other(2, 3, 5, 6));
        float[] ids = new float[2 * 10 * 12];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % 7 == 0 ? 255 : (i + seed) % 5;
        }
        network.parameters().forEach(Variable::clearGradient);
        Variable loss = network.loss(x, Tensor.of(Shape.of(2, 10, 12), ids));
        loss.backward();
        for (Variable parameter : network.parameters()) {
            float[] w = parameter.value().toArray();
            float[] g = parameter.gradient().toArray();
            for (int i = 0; i < w.length; i++) {
                w[i] -= 0.01f * g[i];
            }
            parameter.value().copyFrom(w);
        }
        return loss.value().item();
    }

    private static float run(StepMemory memory, Callable<Float> step) throws Exception {
        return memory.run(step);
    }

    @Test
    void trainingIsTheSameBitsWithAndWithoutAndMemoryDoesNotGrow() throws Exception {
        var plain = new Network();
        var stepped = new Network();
        var memory = new StepMemory();
        long peak = 0;
        var losses = new ArrayList<Float>();
        for (int i = 0; i < 6; i++) {
            int seed = i;
            float expected = step(plain, seed);
            float actual = run(memory, () -> step(stepped, seed));
            assertEquals(expected, actual, "loss of step " + i);
            for (int p = 0; p < plain.parameters().size(); p++) {
                assertArrayEquals(
                        plain.parameters().get(p).gradient().toArray(),
                        stepped.parameters().get(p).gradient().toArray(),
                        "gradient " + p + " of step " + i);
                assertArrayEquals(
                        plain.parameters().get(p).value().toArray(),
                        stepped.parameters().get(p).value().toArray(),
                        "parameter " + p + " after step " + i);
            }
            assertArrayEquals(plain.mean.toArray(), stepped.mean.toArray());
            assertTrue(i == 0 || memory.peakBytes() == peak, "memory grew at step " + i);
            peak = memory.peakBytes();
            losses.add(actual);
        }
        assertNotEquals(losses.get(0), losses.get(5), "the steps did nothing");
    }

    @Test
    void gradientsOnTheWayGiveTheirMemoryBack() throws Exception {
        int depth = 50;
        int size = 10_000;
        Variable x = Variable.parameter(Tensor.full(Shape.of(size), 0.5f));
        var memory = new StepMemory();
        memory.run(() -> {
            Variable y = x;
            for (int i = 0; i < depth; i++) {
                y = y.sigmoid();
            }
            y.sum().backward();
            return null;
        });
        long values = (long) depth * size * Float.BYTES;
        assertTrue(memory.peakBytes() >= values);
        assertTrue(
                memory.peakBytes() <= values + 4L * size * Float.BYTES,
                () -> "peak %d for %d bytes of values".formatted(memory.peakBytes(), values));
    }

    @Test
    void anUpstreamGradientOfTheCallerStaysHis() throws Exception {
        Variable x = Variable.parameter(Values.normal(3, 4));
        new StepMemory().run(() -> {
            Tensor upstream = Values.other(3, 4);
            float[] before = upstream.toArray();
            x.plus(x).backward(upstream);
            x.square().backward(upstream);
            Tensor.zeros(Shape.of(3, 4));
            assertArrayEquals(before, upstream.toArray());
            return null;
        });
    }

    @Test
    void gradientsOutliveTheStep() throws Exception {
        Variable x = Variable.parameter(Values.normal(3, 4));
        var memory = new StepMemory();
        memory.run(() -> {
            x.square().sum().backward();
            return null;
        });
        float[] gradient = x.gradient().toArray();
        memory.run(() -> Tensor.full(Shape.of(3, 4), 7).get(0, 0));
        assertArrayEquals(gradient, x.gradient().toArray());
    }
}
