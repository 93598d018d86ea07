package io.github.dsrl4j.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.Observer;
import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Batch normalisation and PReLU are one operation in training, and the ones they always were at inference. */
class ActivatedBatchNormTest {
    /** Not the square of a number of groups: that many are shuffled back by a second shuffle, which would hide a wrong way round. */
    private static final int CHANNELS = 12;

    private final BatchNorm2d norm = new BatchNorm2d(CHANNELS);
    private final PRelu activation = new PRelu(CHANNELS, 0.3f);

    ActivatedBatchNormTest() {
        var random = new Random(3);
        norm.weight().value().copyFrom(Tensor.randn(random, CHANNELS));
        norm.bias().value().copyFrom(Tensor.randn(random, CHANNELS));
    }

    private static Tensor randn(int seed, int... dims) {
        return Tensor.randn(new Random(seed), dims);
    }

    /** The value, and the gradients of inputs and parameters, of one training step in memory of its own. */
    private List<float[]> step(Function<Variable[], Variable> function, Tensor... inputs) throws Exception {
        return new StepMemory().run(() -> {
            Variable[] leaves = Arrays.stream(inputs).map(Variable::parameter).toArray(Variable[]::new);
            // Results that nobody but the graph holds, whose memory gradients may take.
            Variable[] made = Arrays.stream(leaves).map(leaf -> leaf.times(1)).toArray(Variable[]::new);
            Variable y = function.apply(made);
            var results = new ArrayList<float[]>();
            results.add(y.value().toArray());
            List<Variable> parameters = List.of(norm.weight(), norm.bias(), activation.weight());
            parameters.forEach(Variable::clearGradient);
            y.times(Variable.of(randn(77, y.shape().dims()))).sum().backward();
            for (Variable leaf : leaves) {
                results.add(leaf.gradient().toArray());
            }
            for (Variable parameter : parameters) {
                results.add(parameter.gradient().toArray());
            }
            results.add(norm.runningMean().toArray());
            results.add(norm.runningVariance().toArray());
            results.add(norm.buffers().get("num_batches_tracked").toArray());
            return results;
        });
    }

    private void resetStatistics() {
        norm.runningMean().copyFrom(new float[CHANNELS]);
        norm.runningVariance().copyFrom(Tensor.full(Shape.of(CHANNELS), 1));
        norm.buffers().get("num_batches_tracked").copyFrom(new float[1]);
    }

    private void assertSame(
            Function<Variable[], Variable> fused, Function<Variable[], Variable> apart, Tensor... inputs)
            throws Exception {
        List<float[]> expected = step(apart, inputs);
        resetStatistics();
        List<float[]> actual = step(fused, inputs);
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), 2e-4f, "result " + i);
        }
    }

    @Test
    void aloneItIsTheComposition() throws Exception {
        assertSame(
                v -> norm.applyActivated(activation, v),
                v -> activation.apply(norm.apply(v[0])),
                randn(1, 2, CHANNELS, 5, 7));
    }

    @Test
    void ofPartsItIsThatOfTheirConcatenation() throws Exception {
        assertSame(
                v -> norm.applyActivated(activation, v),
                v -> activation.apply(norm.apply(Variable.concat(1, v))),
                randn(1, 2, 2, 5, 7),
                randn(2, 2, 3, 5, 7),
                randn(3, 2, 7, 5, 7));
    }

    @Test
    void theSumWithAResidualIsActivated() throws Exception {
        assertSame(
                v -> norm.applyAddedAndActivated(activation, v[0], v[1]),
                v -> activation.apply(norm.apply(v[0]).plus(v[1])),
                randn(1, 2, CHANNELS, 5, 7),
                randn(2, 2, CHANNELS, 5, 7));
    }

    @Test
    void theResidualMayLieInParts() throws Exception {
        assertSame(
                v -> norm.applyAddedAndActivated(activation, v[0], v[1], v[2]),
                v -> activation.apply(norm.apply(v[0]).plus(Variable.concat(1, v[1], v[2]))),
                randn(1, 2, CHANNELS, 5, 7),
                randn(2, 2, 4, 5, 7),
                randn(3, 2, CHANNELS - 4, 5, 7));
    }

    @Test
    void aPartOfTheResidualMayBeUsedElsewhereOrConstant() throws Exception {
        Variable constant = Variable.of(randn(3, 2, 2, 5, 7));
        assertSame(
                v -> norm.applyAddedAndActivated(activation, v[0], v[1], constant)
                        .plus(v[0])
                        .plus(Variable.concat(1, v[1].square(), constant)),
                v -> activation
                        .apply(norm.apply(v[0]).plus(Variable.concat(1, v[1], constant)))
                        .plus(v[0])
                        .plus(Variable.concat(1, v[1].square(), constant)),
                randn(1, 2, CHANNELS, 5, 7),
                randn(2, 2, CHANNELS - 2, 5, 7));
    }

    @Test
    void channelsAreShuffledOnTheWayOut() throws Exception {
        var shuffle = new ChannelShuffle(3);
        assertSame(
                v -> norm.applyActivatedAndShuffled(activation, shuffle, v),
                v -> shuffle.apply(activation.apply(norm.apply(v[0]))),
                randn(1, 2, CHANNELS, 5, 7));
        resetStatistics();
        assertSame(
                v -> norm.applyActivatedAndShuffled(activation, shuffle, v),
                v -> shuffle.apply(activation.apply(norm.apply(Variable.concat(1, v)))),
                randn(1, 2, 2, 5, 7),
                randn(2, 2, CHANNELS - 2, 5, 7));
    }

    @Test
    void aResidualThatIsTheInputIsAddedToo() throws Exception {
        assertSame(
                v -> norm.applyAddedAndActivated(activation, v[0], v[0]),
                v -> activation.apply(norm.apply(v[0]).plus(v[0])),
                randn(1, 2, CHANNELS, 5, 7));
    }

    @Test
    void anInputThatOthersUseIsNotOverwritten() throws Exception {
        assertSame(
                v -> norm.applyActivated(activation, v).plus(v[0].square()),
                v -> activation.apply(norm.apply(v[0])).plus(v[0].square()),
                randn(1, 2, CHANNELS, 5, 7));
    }

    @Test
    void aResidualMayBeConstant() throws Exception {
        Variable constant = Variable.of(randn(2, 2, CHANNELS, 5, 7));
        assertSame(
                v -> norm.applyAddedAndActivated(activation, v[0], constant),
                v -> activation.apply(norm.apply(v[0]).plus(constant)),
                randn(1, 2, CHANNELS, 5, 7));
    }

    @Test
    void whatWasAskedForBeforeTheBackwardPassStays() throws Exception {
        float[] kept = new StepMemory().run(() -> {
            Variable x = Variable.parameter(randn(1, 2, CHANNELS, 5, 7)).times(1);
            Tensor value = x.value();
            Variable y = norm.applyActivated(activation, x);
            y.retainGradient();
            y.sum().backward();
            assertArrayEquals(Tensor.full(y.shape(), 1).toArray(), y.gradient().toArray(), "the retained gradient");
            return value.toArray();
        });
        assertArrayEquals(randn(1, 2, CHANNELS, 5, 7).toArray(), kept);
    }

    private static List<String> operations(Runnable action) {
        var names = new ArrayList<String>();
        var observer = new Observer() {
            @Override
            public void forward(Operation operation, Tensor[] inputs, Tensor output, long nanoseconds) {
                names.add(operation.name());
            }
        };
        Observer.watch(observer, () -> {
            action.run();
            return null;
        });
        return names;
    }

    @Test
    void oneOperationInTrainingAndTheOldOnesAtInference() {
        Variable x = Variable.of(randn(1, 1, CHANNELS, 2, 2));
        var sequence = new Sequential(new Sigmoid(), norm, activation);
        assertEquals(List.of("sigmoid", "batchNormPrelu"), operations(() -> sequence.apply(x)));
        assertEquals(List.of("batchNormPrelu"), operations(() -> norm.applyAddedAndActivated(activation, x, x)));
        var shuffle = new ChannelShuffle(3);
        assertEquals(
                List.of("batchNormPrelu"), operations(() -> norm.applyActivatedAndShuffled(activation, shuffle, x)));
        sequence.eval();
        assertEquals(List.of("sigmoid", "batchNorm", "prelu"), operations(() -> sequence.apply(x)));
        assertEquals(
                List.of("batchNorm", "plus", "prelu"), operations(() -> norm.applyAddedAndActivated(activation, x, x)));
        assertEquals(
                List.of("batchNorm", "prelu", "channelShuffle"),
                operations(() -> norm.applyActivatedAndShuffled(activation, shuffle, x)));
        Variable part = Variable.of(randn(1, 1, 1, 2, 2));
        Variable rest = Variable.of(randn(2, 1, CHANNELS - 1, 2, 2));
        assertEquals(
                List.of("concat", "batchNorm", "prelu"), operations(() -> norm.applyActivated(activation, part, rest)));
        assertEquals(
                List.of("batchNorm", "concat", "plus", "prelu"),
                operations(() -> norm.applyAddedAndActivated(activation, x, part, rest)));
    }

    @Test
    void oneSlopeForAllChannelsIsAppliedApart() {
        Variable x = Variable.of(randn(1, 1, CHANNELS, 2, 2));
        var sequence = new Sequential(norm, new PRelu(1));
        assertEquals(List.of("batchNorm", "prelu"), operations(() -> sequence.apply(x)));
    }
}
