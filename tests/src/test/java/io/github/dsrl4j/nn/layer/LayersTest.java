package io.github.dsrl4j.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer: the names and shapes of its state, the shape it gives, and that it is the operation it says on its own state. */
class LayersTest {
    private static final Shape IMAGE = Shape.of(2, 8, 6, 10);

    /** What a layer should compute, written with operations alone. */
    interface Formula<L extends Layer> extends BiFunction<L, Variable, Variable> {}

    private static RandomGenerator random() {
        return RandomSource.seeded(3);
    }

    private static <L extends Layer> Arguments layer(
            L layer, Shape input, String state, Shape output, Formula<? super L> formula) {
        return Arguments.of(layer.getClass().getSimpleName() + " " + state, layer, input, state, output, formula);
    }

    static Stream<Arguments> layers() {
        var options = ConvolutionOptions.stride(2).padding(1).groups(2);
        var transposed = TransposedConvolutionOptions.stride(2).padding(1).outputPadding(1);
        var window = PoolingOptions.kernel(3).stride(2).padding(1);
        return Stream.of(
                layer(
                        new Conv2d(random(), 8, 12, 3, options, true),
                        IMAGE,
                        "weight [12, 4, 3, 3], bias [12]",
                        Shape.of(2, 12, 3, 5),
                        (l, x) -> x.conv2d(l.weight(), l.bias(), l.options())),
                layer(
                        new Conv2d(random(), 8, 4, 3, 1, ConvolutionOptions.DEFAULT.padding(1, 0), false),
                        IMAGE,
                        "weight [4, 8, 3, 1]",
                        Shape.of(2, 4, 6, 10),
                        (l, x) -> x.conv2d(l.weight(), ConvolutionOptions.DEFAULT.padding(1, 0))),
                layer(
                        new ConvTranspose2d(random(), 8, 6, 3, transposed, false),
                        IMAGE,
                        "weight [8, 6, 3, 3]",
                        Shape.of(2, 6, 12, 20),
                        (l, x) -> x.convTranspose2d(l.weight(), l.options())),
                layer(
                        new ConvTranspose2d(
                                random(),
                                8,
                                6,
                                4,
                                TransposedConvolutionOptions.stride(2).groups(2),
                                true),
                        IMAGE,
                        "weight [8, 3, 4, 4], bias [6]",
                        Shape.of(2, 6, 14, 22),
                        (l, x) -> x.convTranspose2d(l.weight(), l.bias(), l.options())),
                layer(
                        new BatchNorm2d(8),
                        IMAGE,
                        "weight [8], bias [8], running_mean [8], running_var [8], num_batches_tracked []",
                        IMAGE,
                        (l, x) -> x.times((float) (1 / Math.sqrt(1 + 1e-5)))),
                layer(new PRelu(8), IMAGE, "weight [8]", IMAGE, (l, x) -> x.prelu(l.weight())),
                layer(new PRelu(1, 0.5f), IMAGE, "weight [1]", IMAGE, (l, x) -> x.prelu(l.weight())),
                layer(new Relu(), IMAGE, "", IMAGE, (l, x) -> x.relu()),
                layer(new Sigmoid(), IMAGE, "", IMAGE, (l, x) -> x.sigmoid()),
                layer(new Tanh(), IMAGE, "", IMAGE, (l, x) -> x.tanh()),
                layer(new MaxPool2d(window), IMAGE, "", Shape.of(2, 8, 3, 5), (l, x) -> x.maxPool2d(window)),
                layer(
                        new AveragePool2d(window),
                        IMAGE,
                        "",
                        Shape.of(2, 8, 3, 5),
                        (l, x) -> x.averagePool2d(window, true)),
                layer(
                        new AveragePool2d(window, false),
                        IMAGE,
                        "",
                        Shape.of(2, 8, 3, 5),
                        (l, x) -> x.averagePool2d(window, false)),
                layer(
                        new AdaptiveAveragePool2d(1, 2),
                        IMAGE,
                        "",
                        Shape.of(2, 8, 1, 2),
                        (l, x) -> x.adaptiveAveragePool2d(1, 2)),
                layer(Resize.by(2, true), IMAGE, "", Shape.of(2, 8, 12, 20), (l, x) -> x.resizeBilinear(12, 20, true)),
                layer(Resize.to(5, 7, false), IMAGE, "", Shape.of(2, 8, 5, 7), (l, x) -> x.resizeBilinear(5, 7, false)),
                layer(new PixelShuffle(2), IMAGE, "", Shape.of(2, 2, 12, 20), (l, x) -> x.pixelShuffle(2)),
                layer(new ChannelShuffle(4), IMAGE, "", IMAGE, (l, x) -> x.channelShuffle(4)),
                layer(
                        new Linear(random(), 10, 3),
                        Shape.of(4, 10),
                        "weight [3, 10], bias [3]",
                        Shape.of(4, 3),
                        (l, x) -> x.linear(l.weight(), l.bias())),
                layer(new Dropout(0.5f, 1), IMAGE, "", IMAGE, (l, x) -> x),
                layer(new Dropout2d(0.5f, 1), IMAGE, "", IMAGE, (l, x) -> x),
                layer(
                        new Sequential(new PRelu(8), new Sigmoid(), new PRelu(1)),
                        IMAGE,
                        "0.weight [8], 2.weight [1]",
                        IMAGE,
                        (l, x) -> x.prelu(l.parameters().get("0.weight")).sigmoid()),
                layer(
                        Sequential.of(Map.entry("act", new PRelu(8)), Map.entry("up", Resize.by(3, false))),
                        IMAGE,
                        "act.weight [8]",
                        Shape.of(2, 8, 18, 30),
                        (l, x) -> x.prelu(l.parameters().get("act.weight")).resizeBilinear(18, 30, false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void computesItsFormulaAtInference(
            String name, Layer layer, Shape input, String state, Shape output, Formula<Layer> formula) {
        assertEquals(
                state,
                layer.state().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue().shape())
                        .collect(Collectors.joining(", ")));
        layer.eval();
        Variable x = Variable.of(Tensor.randn(random(), input.dims()));
        Variable y = layer.apply(x);
        assertEquals(output, y.shape());
        assertArrayEquals(formula.apply(layer, x).value().toArray(), y.value().toArray(), 1e-6f);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void gradientsReachEveryParameter(
            String name, Layer layer, Shape input, String state, Shape output, Formula<Layer> formula) {
        Variable x = Variable.parameter(Tensor.randn(random(), input.dims()));
        layer.apply(x).sum().backward();
        assertTrue(x.hasGradient());
        layer.parameters().forEach((parameter, value) -> assertTrue(value.hasGradient(), parameter));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        () -> new Conv2d(random(), 0, 4, 3, ConvolutionOptions.DEFAULT, true),
                        "conv2d: input channels must be at least 1, not 0"),
                mistake(
                        () -> new Conv2d(random(), 4, 4, 3, 0, ConvolutionOptions.DEFAULT, true),
                        "conv2d: kernel width must be at least 1, not 0"),
                mistake(
                        () -> new Conv2d(random(), 6, 8, 3, ConvolutionOptions.DEFAULT.groups(4), true),
                        "conv2d: 4 groups must divide both 6 input and 8 output channels"),
                mistake(
                        () -> new ConvTranspose2d(
                                random(), 8, 6, 3, TransposedConvolutionOptions.DEFAULT.groups(4), true),
                        "convTranspose2d: 4 groups must divide both 8 input and 6 output channels"),
                mistake(() -> new BatchNorm2d(0), "batchNorm2d: channels must be at least 1, not 0"),
                mistake(() -> new PRelu(-1), "prelu: channels must be at least 1, not -1"),
                mistake(() -> new Linear(random(), 3, 0), "linear: output features must be at least 1, not 0"),
                mistake(() -> new Dropout(1, 0), "dropout: the rate must be at least 0 and less than 1, not 1.0"),
                mistake(
                        () -> new Dropout2d(Float.NaN, 0),
                        "dropout2d: the rate must be at least 0 and less than 1, not NaN"),
                mistake(() -> Resize.by(0, true), "resize: factor must be at least 1, not 0"),
                mistake(() -> Resize.to(3, 0, true), "resize: width must be at least 1, not 0"),
                mistake(() -> new PixelShuffle(0), "pixelShuffle: factor must be at least 1, not 0"),
                mistake(() -> new ChannelShuffle(0), "channelShuffle: groups must be at least 1, not 0"),
                mistake(
                        () -> new AdaptiveAveragePool2d(0, 1),
                        "adaptiveAveragePool2d: height must be at least 1, not 0"),
                mistake(
                        () -> Sequential.of(Map.entry("a", new Relu()), Map.entry("a", new Tanh())),
                        "sequential: the name 'a' appears twice"));
    }

    private static Arguments mistake(Supplier<Layer> action, String message) {
        return Arguments.of(action, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void saysWhatIsWrong(Supplier<Layer> action, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, action::get).getMessage());
    }
}
