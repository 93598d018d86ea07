package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models wired at random, of operations that join, share memory or work in place: whatever is overwritten too early gives a wrong
 * result for one of them.
 */
class PlanRandomGraphsTest {
    private static final int CHANNELS = 4;
    private static final int OPERATIONS = 14;

    /** A model that applies its operations one after the other, each to some of the values so far, all of one shape. */
    private static final class Wired extends Layer {
        private final List<Function<List<Variable>, Variable>> program = new ArrayList<>();
        private final Random random;

        Wired(long seed) {
            random = new Random(seed);
            for (int i = 0; i < OPERATIONS; i++) {
                program.add(operation(i));
            }
            Models.randomise(this, random);
        }

        @Override
        protected Variable forward(Variable x) {
            var values = new ArrayList<Variable>();
            values.add(x);
            for (var operation : program) {
                values.add(operation.apply(values));
            }
            return values.getLast();
        }

        private Function<List<Variable>, Variable> operation(int index) {
            // Mostly recent values, so that the model is deep, too.
            int a = Math.max(0, index - random.nextInt(4));
            int b = random.nextInt(index + 1);
            return switch (random.nextInt(12)) {
                case 0 -> {
                    var conv = child(
                            "conv" + index,
                            new Conv2d(random, CHANNELS, CHANNELS, 1, ConvolutionOptions.DEFAULT, false));
                    yield v -> conv.apply(v.get(a));
                }
                case 1 -> {
                    var options = ConvolutionOptions.DEFAULT.padding(1).groups(CHANNELS);
                    var conv = child("conv" + index, new Conv2d(random, CHANNELS, CHANNELS, 3, options, true));
                    yield v -> conv.apply(v.get(a));
                }
                case 2 -> {
                    var norm = child("norm" + index, new BatchNorm2d(CHANNELS));
                    yield v -> norm.apply(v.get(a));
                }
                case 3 -> {
                    var act = child("act" + index, new PRelu(CHANNELS));
                    yield v -> act.apply(v.get(a));
                }
                case 4 -> v -> v.get(a).tanh();
                case 5 -> v -> v.get(a).plus(v.get(b)).times(0.5f);
                case 6 -> v -> v.get(a).times(v.get(b).sigmoid());
                case 7 ->
                    v -> v.get(a).times(v.get(b).adaptiveAveragePool2d(1, 1).tanh());
                case 8 -> v -> v.get(a).channelShuffle(2).relu();
                case 9 ->
                    v -> v.get(a).maxPool2d(PoolingOptions.kernel(3).stride(1).padding(1));
                case 10 -> {
                    var mix = child(
                            "mix" + index,
                            new Conv2d(random, 2 * CHANNELS, CHANNELS, 1, ConvolutionOptions.DEFAULT, true));
                    var act = child("act" + index, new PRelu(2 * CHANNELS));
                    yield v -> mix.apply(act.apply(Variable.concat(1, v.get(a), v.get(b))));
                }
                default ->
                    v -> Variable.concat(
                            1, v.get(a).slice(1, 1, CHANNELS), v.get(b).slice(1, 0, 1));
            };
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void agreesWithTheForwardPass(int seed) {
        Models.assertAgrees(new Wired(seed), Shape.of(1 + seed % 2, CHANNELS, 5, 6));
    }
}
