package io.github.dsrl4j.nn.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.nn.layer.AdaptiveAveragePool2d;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.ConvTranspose2d;
import io.github.dsrl4j.nn.layer.Linear;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.nn.layer.Sigmoid;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation, and each way in which operations join or share memory, against the plain forward pass. */
class PlanOperationsTest {
    private static final Shape IMAGE = Shape.of(1, 4, 7, 9);
    private static final RandomGenerator RANDOM = RandomSource.seeded(5);

    private static Conv2d conv(int in, int out, int kernel, ConvolutionOptions options, boolean bias) {
        return new Conv2d(RANDOM, in, out, kernel, options, bias);
    }

    private static Conv2d pointwise(int in, int out) {
        return conv(in, out, 1, ConvolutionOptions.DEFAULT, false);
    }

    /** A parameter of a shape, with values around 1. */
    private static final class Parameters extends Layer {
        private final Variable[] values;
        private final UnaryOperator<Variable[]> function;

        Parameters(UnaryOperator<Variable[]> function, Shape... shapes) {
            this.function = function;
            values = new Variable[shapes.length];
            for (int i = 0; i < shapes.length; i++) {
                values[i] = parameter("p" + i, Tensor.randn(RANDOM, shapes[i].dims()));
            }
        }

        @Override
        protected Variable forward(Variable x) {
            return function.apply(Models.prepend(x, values))[0];
        }
    }

    private static Arguments of(String name, Shape input, int steps, Layer layer) {
        return Arguments.of(Named.of(name, layer), input, steps);
    }

    private static Arguments function(String name, Shape input, int steps, UnaryOperator<Variable> function) {
        return of(name, input, steps, Models.function(function));
    }

    static Stream<Arguments> single() {
        return Stream.of(
                function("relu", IMAGE, 1, Variable::relu),
                function("sigmoid", IMAGE, 1, Variable::sigmoid),
                function("tanh", IMAGE, 1, Variable::tanh),
                function("exp", IMAGE, 1, Variable::exp),
                function("log of a square", IMAGE, 2, x -> x.square().plus(1).log()),
                function(
                        "square root of an absolute value",
                        IMAGE,
                        2,
                        x -> x.abs().sqrt()),
                function("negate", IMAGE, 1, Variable::negate),
                function("affine", IMAGE, 1, x -> x.times(3).plus(2)),
                function("quotient", IMAGE, 2, x -> x.dividedBy(x.square().plus(1))),
                function("difference", IMAGE, 2, x -> x.minus(x.exp())),
                function("softmax", IMAGE, 1, x -> x.softmax(1)),
                function("log softmax", IMAGE, 1, x -> x.logSoftmax(-3)),
                function("max", IMAGE, 1, x -> x.max(1)),
                function("mean", IMAGE, 2, x -> x.mean(3).mean(-1)),
                function("mean of all", IMAGE, 1, Variable::mean),
                function("sum", IMAGE, 1, x -> x.sum(2)),
                function(
                        "max pooling",
                        IMAGE,
                        1,
                        x -> x.maxPool2d(PoolingOptions.kernel(3).stride(2).padding(1))),
                function(
                        "average pooling",
                        IMAGE,
                        1,
                        x -> x.averagePool2d(PoolingOptions.kernel(3).stride(2).padding(1), false)),
                function("adaptive pooling", IMAGE, 1, x -> x.adaptiveAveragePool2d(3, 4)),
                function("bilinear", IMAGE, 1, x -> x.resizeBilinear(13, 5, true)),
                function("nearest", IMAGE, 1, x -> x.resizeNearest(13, 5)),
                function("pad", IMAGE, 1, x -> x.pad(1, 2, 3, 4)),
                function("permute", IMAGE, 1, x -> x.permute(0, 2, -1, 1)),
                function("channel shuffle", IMAGE, 1, x -> x.channelShuffle(2)),
                function("pixel shuffle", IMAGE, 1, x -> x.pixelShuffle(2)),
                function("slice of columns", IMAGE, 1, x -> x.slice(-1, 2, 8)),
                of("linear", Shape.of(5, 6), 1, new Linear(RANDOM, 6, 3)),
                function("vector", Shape.of(6), 1, x -> x.relu().times(2)));
    }

    static Stream<Arguments> fused() {
        var shared = new PRelu(4);
        return Stream.of(
                of("batch norm folds", IMAGE, 1, new Sequential(pointwise(4, 6), new BatchNorm2d(6))),
                of(
                        "two batch norms fold",
                        IMAGE,
                        1,
                        new Sequential(pointwise(4, 6), new BatchNorm2d(6), new BatchNorm2d(6))),
                of(
                        "batch norm folds into groups with a bias",
                        IMAGE,
                        1,
                        new Sequential(
                                conv(
                                        4,
                                        6,
                                        3,
                                        ConvolutionOptions.stride(2).padding(1).groups(2),
                                        true),
                                new BatchNorm2d(6),
                                new PRelu(6))),
                of(
                        "batch norm folds into a transposed convolution",
                        IMAGE,
                        1,
                        new Sequential(
                                new ConvTranspose2d(
                                        RANDOM,
                                        4,
                                        6,
                                        3,
                                        TransposedConvolutionOptions.stride(2)
                                                .padding(1)
                                                .outputPadding(1)
                                                .groups(2),
                                        false),
                                new BatchNorm2d(6),
                                new PRelu(1))),
                of(
                        "batch norm of another epsilon folds",
                        IMAGE,
                        1,
                        new Sequential(pointwise(4, 6), new BatchNorm2d(6, 0.1f, 0.5f))),
                of(
                        "batch norms of two epsilons",
                        IMAGE,
                        1,
                        new Sequential(pointwise(4, 6), new BatchNorm2d(6, 0.1f, 1e-3f), new BatchNorm2d(6, 0.1f, 2))),
                of(
                        "batch norm of another epsilon alone",
                        IMAGE,
                        1,
                        new Sequential(new BatchNorm2d(4, 0.1f, 0.5f), new PRelu(4))),
                of("batch norm alone", IMAGE, 1, new Sequential(new BatchNorm2d(4), new PRelu(4))),
                Models.with(
                        "batch norm of a value with two readers",
                        IMAGE,
                        2,
                        pointwise(4, 4),
                        new BatchNorm2d(4),
                        (x, conv, norm) -> {
                            Variable y = conv.apply(x);
                            return norm.apply(y).plus(y);
                        }),
                Models.with(
                        "residual and activation",
                        IMAGE,
                        1,
                        pointwise(4, 4),
                        shared,
                        (x, conv, act) -> act.apply(conv.apply(x).plus(x))),
                Models.with(
                        "residual from the other side",
                        IMAGE,
                        1,
                        pointwise(4, 4),
                        shared,
                        (x, conv, act) -> act.apply(x.plus(conv.apply(x)))),
                Models.with(
                        "both operands are convolutions",
                        IMAGE,
                        2,
                        pointwise(4, 4),
                        pointwise(4, 4),
                        (x, a, b) -> a.apply(x).plus(b.apply(x))),
                Models.with(
                        "gate by channel",
                        IMAGE,
                        3,
                        new Sequential(conv(4, 4, 3, ConvolutionOptions.DEFAULT.padding(1), true), new PRelu(4)),
                        new Sequential(new AdaptiveAveragePool2d(1, 1), pointwise(4, 4), new Sigmoid()),
                        (x, a, b) -> a.apply(x).times(b.apply(x))),
                Models.with(
                        "gate by pixel",
                        IMAGE,
                        2,
                        pointwise(4, 4),
                        pointwise(4, 4),
                        (x, a, b) -> a.apply(x).times(b.apply(x).sigmoid())),
                Models.with(
                        "a long chain",
                        IMAGE,
                        3,
                        new Sequential(pointwise(4, 4), new PRelu(4)),
                        new Sequential(new BatchNorm2d(4), new PRelu(4)),
                        (x, a, b) -> b.apply(
                                a.apply(x).times(x.adaptiveAveragePool2d(1, 1)).plus(x.resizeBilinear(7, 9, true)))),
                of(
                        "constants by channel",
                        IMAGE,
                        1,
                        new Parameters(
                                p -> new Variable[] {p[0].times(p[1]).plus(p[2]).times(p[3])},
                                Shape.of(4, 1, 1),
                                Shape.of(1, 4, 1, 1),
                                Shape.of(1))),
                of(
                        "constants of the whole shape",
                        IMAGE,
                        1,
                        new Parameters(p -> new Variable[] {p[0].times(p[1]).plus(p[1])}, IMAGE)),
                of(
                        "constants by row",
                        IMAGE,
                        1,
                        new Parameters(p -> new Variable[] {p[0].times(p[1]).relu()}, Shape.of(7, 1))),
                of(
                        "a constant that is stretched over both",
                        Shape.of(1, 1, 7, 9),
                        1,
                        new Parameters(p -> new Variable[] {p[0].plus(p[1])}, Shape.of(1, 4, 1, 1))),
                of(
                        "a computed weight",
                        IMAGE,
                        2,
                        new Parameters(
                                p -> new Variable[] {p[0].conv2d(p[1].exp(), ConvolutionOptions.DEFAULT)},
                                Shape.of(3, 4, 1, 1))));
    }

    static Stream<Arguments> memory() {
        return Stream.of(
                function("the input itself", IMAGE, 1, x -> x),
                function("a view of the input", IMAGE, 1, x -> x.reshape(1, -1)),
                function("a slice of the input", IMAGE, 1, x -> x.slice(1, 1, 3)),
                function("a view of a result", IMAGE, 1, x -> x.exp().reshape(4, -1)),
                function("a result that is read again", IMAGE, 2, x -> {
                    Variable y = x.exp();
                    return y.plus(y.relu());
                }),
                function("twice the same", IMAGE, 2, x -> {
                    Variable y = x.exp();
                    return y.plus(y).times(y);
                }),
                function(
                        "a chain in place",
                        IMAGE,
                        3,
                        x -> Variable.concat(1, x.exp(), x).sigmoid()),
                function("parts that are read after the concatenation was changed", IMAGE, 4, x -> {
                    Variable part = x.exp();
                    Variable whole = Variable.concat(1, part, x.square());
                    return whole.relu().slice(1, 2, 6).plus(part);
                }),
                function("parts that are read before", IMAGE, 4, x -> {
                    Variable a = x.exp();
                    Variable b = x.square().plus(a);
                    return Variable.concat(1, a, b).tanh().exp();
                }),
                function("the same part twice", IMAGE, 2, x -> {
                    Variable a = x.exp();
                    return Variable.concat(1, a, a, x);
                }),
                function("a part and a view of it", IMAGE, 2, x -> {
                    Variable a = x.exp();
                    return Variable.concat(1, a, a.reshape(1, 2, 14, 9).reshape(1, 4, 7, 9));
                }),
                function("concatenations of concatenations", IMAGE, 3, x -> {
                    Variable inner = Variable.concat(1, x.exp(), x.square());
                    return Variable.concat(1, inner, x.exp());
                }),
                function("a part of two concatenations", IMAGE, 5, x -> {
                    Variable a = x.exp();
                    return Variable.concat(1, a, x.square()).plus(Variable.concat(1, x.abs(), a));
                }),
                function("concatenation of rows", IMAGE, 3, x -> Variable.concat(2, x.exp(), x.square())),
                function("concatenation of the input", IMAGE, 1, x -> Variable.concat(1, x, x)),
                function("a slice across parts", IMAGE, 3, x -> {
                    Variable a = x.exp();
                    return a.plus(Variable.concat(1, a, x.square()).slice(1, 3, 7));
                }),
                function("slices of channels are views", IMAGE, 2, x -> {
                    Variable y = x.exp();
                    return y.slice(1, 0, 2).relu().plus(y.slice(1, 2, 4));
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"single", "fused", "memory"})
    void agreesWithTheForwardPass(Layer layer, Shape input, int steps) {
        Models.randomise(layer, RANDOM);
        Plan plan = Models.assertAgrees(layer, input);
        assertEquals(
                steps,
                plan.profile(Tensor.zeros(input), 1).rows().size(),
                () -> "steps of\n" + plan.profile(Tensor.zeros(input), 1).toText());
    }
}
