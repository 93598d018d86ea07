package io.github.dsrl4j.nn.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/** Models for plans, and the comparison with their plain forward pass. */
final class Models {
    /** What a plan may differ by, relative to the largest value of the result. */
    static final double TOLERANCE = 1e-4;

    private Models() {}

    /** A layer without parameters. */
    static Layer function(UnaryOperator<Variable> function) {
        return new Layer() {
            @Override
            protected Variable forward(Variable x) {
                return function.apply(x);
            }
        };
    }

    /** How two layers work together. */
    @FunctionalInterface
    interface Pair {
        Variable apply(Variable x, Layer a, Layer b);
    }

    /** A case of a table: a model of two layers. */
    static Arguments with(String name, Shape input, int steps, Layer a, Layer b, Pair function) {
        Layer layer = new Layer() {
            private final Layer first = child("a", a);
            private final Layer second = child("b", b);

            @Override
            protected Variable forward(Variable x) {
                return function.apply(x, first, second);
            }
        };
        return Arguments.of(Named.of(name, layer), input, steps);
    }

    static Variable[] prepend(Variable first, Variable... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(Variable[]::new);
    }

    /** Gives running statistics, slopes, scales and shifts values with which a mistake is seen. */
    static void randomise(Module model, RandomGenerator random) {
        model.state().forEach((name, tensor) -> {
            float[] values = tensor.toArray();
            for (int i = 0; i < values.length; i++) {
                if (name.endsWith("running_var")) {
                    values[i] = 0.5f + random.nextFloat();
                } else if (tensor.shape().rank() == 1) {
                    values[i] += (float) (0.3 * random.nextGaussian());
                }
            }
            tensor.copyFrom(values);
        });
    }

    static Tensor plain(Layer model, Tensor x) {
        return model.evaluating(() -> Gradients.off(() -> model.apply(Variable.of(x))))
                .value();
    }

    /** Compiles a model and compares its results for two inputs, one after the other, with the plain forward pass. */
    static Plan assertAgrees(Layer model, Shape input) {
        Plan plan = Plan.compile(model, input);
        for (int i = 0; i < 2; i++) {
            Tensor x = Tensor.randn(new Random(i), input.dims());
            assertClose(plain(model, x), plan.run(x));
        }
        return plan;
    }

    static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        float[] a = expected.toArray();
        float[] b = actual.toArray();
        double largest = 1;
        for (float value : a) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < a.length; i++) {
            assertEquals(a[i], b[i], TOLERANCE * largest, "element " + i + " of " + expected.shape());
        }
    }
}
