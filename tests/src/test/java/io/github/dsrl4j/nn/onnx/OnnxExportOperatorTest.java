package io.github.dsrl4j.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation with random options, exported and run by ONNX Runtime. */
class OnnxExportOperatorTest {
    /** Sums in another order. */
    private static final double TOLERANCE = 1e-5;

    private static final int SEEDS = 4;

    /** A function of an input and parameters named p0, p1, ... */
    static final class Model extends Layer {
        private final List<Variable> parameters = new ArrayList<>();
        private final BiFunction<Variable, List<Variable>, Variable> function;

        Model(BiFunction<Variable, List<Variable>, Variable> function, Tensor... parameters) {
            this.function = function;
            for (Tensor parameter : parameters) {
                this.parameters.add(parameter("p" + this.parameters.size(), parameter));
            }
        }

        @Override
        protected Variable forward(Variable x) {
            return function.apply(x, parameters);
        }
    }

    record Case(String name, Layer model, Shape input, boolean anySize) {
        @Override
        public String toString() {
            return name + " " + input;
        }
    }

    private static Layer of(BiFunction<Variable, List<Variable>, Variable> function, Tensor... parameters) {
        return new Model(function, parameters);
    }

    static Stream<Case> cases() {
        var cases = new ArrayList<Case>();
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            int channels = 4 + 4 * random.nextInt(3);
            Shape input = Shape.of(1 + random.nextInt(2), channels, 9 + random.nextInt(20), 9 + random.nextInt(20));
            addImages(cases, random, input);
            addConvolutions(cases, random, input);
            addShapes(cases, random, input);
            addRest(cases, random, input);
        }
        return cases.stream();
    }

    private static void addConvolutions(List<Case> cases, Random random, Shape input) {
        int in = input.dim(1);
        int groups = List.of(1, 2, 4, in).get(random.nextInt(4));
        int out = groups * (1 + random.nextInt(3));
        int height = 1 + random.nextInt(3);
        int width = 1 + random.nextInt(3);
        var options = new ConvolutionOptions(
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                groups);
        Tensor weight = Tensor.randn(random, out, in / groups, height, width);
        Tensor bias = Tensor.randn(random, out);
        cases.add(new Case("conv2d " + options, of((x, p) -> x.conv2d(p.get(0), options), weight), input, true));
        cases.add(new Case(
                "conv2d bias " + options,
                of((x, p) -> x.conv2d(p.get(0), p.get(1), options), weight, bias),
                input,
                true));
        int strideHeight = 1 + random.nextInt(3);
        int strideWidth = 1 + random.nextInt(3);
        var transposed = new TransposedConvolutionOptions(
                strideHeight,
                strideWidth,
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(strideHeight),
                random.nextInt(strideWidth),
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                groups);
        Tensor kernel = Tensor.randn(random, in, out / groups, height + 1, width + 1);
        cases.add(new Case(
                "convTranspose2d " + transposed,
                of((x, p) -> x.convTranspose2d(p.get(0), p.get(1), transposed), kernel, bias),
                input,
                true));
    }

    private static void addImages(List<Case> cases, Random random, Shape input) {
        int height = 1 + random.nextInt(8);
        int width = 1 + random.nextInt(8);
        cases.add(new Case(
                "adaptive %d x %d".formatted(height, width),
                of((x, p) -> x.adaptiveAveragePool2d(height, width)),
                input,
                true));
        cases.add(new Case(
                "adaptive, larger",
                of((x, p) -> x.adaptiveAveragePool2d(
                        Math.max(5, (int) Math.ceil(x.shape().dim(2) * 0.1)),
                        (int) Math.ceil(x.shape().dim(3) * 1.5))),
                input,
                true));
        cases.add(new Case("adaptive 1 x 1", of((x, p) -> x.adaptiveAveragePool2d(1, 1)), input, true));
        cases.add(new Case(
                "adaptive, even",
                of((x, p) -> x.adaptiveAveragePool2d(3, 5)),
                Shape.of(2, 3, 3 * (1 + random.nextInt(4)), 5 * (1 + random.nextInt(4))),
                true));
        var pooling = PoolingOptions.kernel(2 + random.nextInt(3), 2 + random.nextInt(3))
                .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                .padding(random.nextInt(2), random.nextInt(2));
        cases.add(new Case("maxPool " + pooling, of((x, p) -> x.maxPool2d(pooling)), input, true));
        cases.add(
                new Case("averagePool, counted " + pooling, of((x, p) -> x.averagePool2d(pooling, true)), input, true));
        cases.add(new Case("averagePool " + pooling, of((x, p) -> x.averagePool2d(pooling, false)), input, true));
        for (boolean corners : new boolean[] {true, false}) {
            cases.add(new Case(
                    "bilinear %s %d x %d".formatted(corners, height, width),
                    of((x, p) -> x.resizeBilinear(3 * height, 3 * width, corners)),
                    input,
                    true));
            cases.add(new Case(
                    "bilinear " + corners,
                    of((x, p) -> x.resizeBilinear(
                            2 * x.shape().dim(2),
                            Math.max(3, Math.ceilDiv(3 * x.shape().dim(3), 4)),
                            corners)),
                    input,
                    true));
        }
        cases.add(new Case("nearest", of((x, p) -> x.resizeNearest(5 * height, 7 * width)), input, true));
        cases.add(new Case(
                "nearest, whole",
                of((x, p) -> x.resizeNearest(3 * x.shape().dim(2), 2 * x.shape().dim(3))),
                input,
                true));
        cases.add(new Case(
                "nearest, of half",
                of((x, p) -> x.resizeNearest(
                        x.shape().dim(2) / 2, Math.ceilDiv(8 * x.shape().dim(3), 5))),
                input,
                true));
    }

    private static void addShapes(List<Case> cases, Random random, Shape input) {
        int channels = input.dim(1);
        int top = random.nextInt(4);
        cases.add(new Case("pad", of((x, p) -> x.pad(top, 1, 2, 0)), input, true));
        cases.add(new Case("channelShuffle", of((x, p) -> x.channelShuffle(channels / 4 * 2)), input, true));
        cases.add(new Case(
                "channelShuffle of rows", of((x, p) -> x.mean(3).mean(2).channelShuffle(4)), input, true));
        cases.add(new Case("pixelShuffle", of((x, p) -> x.pixelShuffle(2)), input, true));
        cases.add(new Case("slice", of((x, p) -> x.slice(1, 1, 3).slice(-2, top, 7)), input, true));
        cases.add(new Case(
                "crop",
                of((x, p) -> {
                    int half = x.shape().dim(2) / 2;
                    Variable small =
                            x.averagePool2d(PoolingOptions.kernel(3).stride(2).padding(1), true);
                    return small.shape().dim(2) == half ? small : small.slice(2, 0, half);
                }),
                input,
                true));
        cases.add(new Case("concat", of((x, p) -> Variable.concat(-3, x, x.relu(), x.slice(1, 0, 1))), input, true));
        cases.add(new Case("permute", of((x, p) -> x.permute(0, -1, 1, 2)), input, true));
        cases.add(new Case("flatten", of((x, p) -> x.reshape(x.shape().dim(0), channels, -1)), input, true));
        cases.add(new Case(
                "reshape",
                of((x, p) ->
                        x.reshape(x.shape().dim(0), 2, channels / 2, x.shape().dim(2), -1)),
                input,
                true));
        cases.add(new Case("flatten all", of((x, p) -> x.reshape(x.shape().dim(0), -1)), input, false));
    }

    private static void addRest(List<Case> cases, Random random, Shape input) {
        int channels = input.dim(1);
        var norm = new BatchNorm2d(channels, 0.1f, 0.01f);
        norm.state().forEach((name, tensor) -> {
            float[] values = new float[tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.5f + random.nextFloat();
            }
            tensor.copyFrom(values);
        });
        cases.add(new Case("batchNorm", new Sequential(norm), input, true));
        cases.add(new Case("prelu", of((x, p) -> x.prelu(p.get(0)), Tensor.randn(random, channels)), input, true));
        cases.add(new Case("prelu, one slope", of((x, p) -> x.prelu(p.get(0)), Tensor.randn(random, 1)), input, true));
        cases.add(new Case(
                "prelu, plus the slope",
                of((x, p) -> x.prelu(p.get(0)).mean(3).mean(2).plus(p.get(0)), Tensor.randn(random, channels)),
                input,
                true));
        cases.add(new Case(
                "linear",
                of(
                        (x, p) -> x.mean(3).mean(2).linear(p.get(0), p.get(1)),
                        Tensor.randn(random, 3, channels),
                        Tensor.randn(random, 3)),
                input,
                true));
        cases.add(new Case(
                "linear of images",
                of(
                        (x, p) -> x.permute(0, 2, 3, 1).linear(p.get(0), p.get(1)),
                        Tensor.randn(random, 3, channels),
                        Tensor.randn(random, 3)),
                input,
                true));
        cases.add(new Case("matmul", of((x, p) -> x.matmul(x.permute(0, 1, 3, 2))), input, true));
        cases.add(new Case("softmax", of((x, p) -> x.softmax(1)), input, true));
        cases.add(new Case("logSoftmax", of((x, p) -> x.logSoftmax(-1)), input, true));
        cases.add(new Case("max", of((x, p) -> x.max(1)), input, true));
        cases.add(new Case("sum", of((x, p) -> x.sum(-1)), input, true));
        cases.add(new Case("sum of all", of((x, p) -> x.mean(3).sum()), input, true));
        cases.add(new Case("mean of all", of((x, p) -> x.mean()), input, true));
        cases.add(new Case(
                "chain",
                of((x, p) -> x.relu()
                        .plus(x.sigmoid())
                        .times(x.tanh())
                        .minus(x.abs())
                        .negate()),
                input,
                true));
        cases.add(new Case(
                "functions",
                of((x, p) -> x.exp()
                        .dividedBy(x.square().plus(0.5f).sqrt())
                        .plus(x.abs().plus(1).log().times(-2.5f))),
                input,
                true));
        cases.add(new Case(
                "broadcast",
                of((x, p) -> x.times(p.get(0)).plus(p.get(0)), Tensor.randn(random, channels, 1, 1)),
                input,
                true));
        cases.add(new Case("nothing", of((x, p) -> x), input, true));
        cases.add(new Case("a parameter", of((x, p) -> p.get(0).plus(0), Tensor.randn(random, 3)), input, true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void onnxRuntimeAgrees(Case theCase) {
        check(theCase, Extents.FIXED, theCase.input);
        check(theCase, Extents.ANY_BATCH, theCase.input, theCase.input.with(0, 3));
        if (theCase.anySize) {
            check(
                    theCase,
                    Extents.ANY_SIZE,
                    theCase.input,
                    Shape.of(2, theCase.input.dim(1), 31, 47),
                    Shape.of(1, theCase.input.dim(1), 52, 21));
        }
    }

    private static void check(Case theCase, Extents extents, Shape... inputs) {
        byte[] file = OnnxExport.toModel(theCase.model, theCase.input, OnnxOptions.DEFAULT.withExtents(extents))
                .toBytes();
        try (OnnxRuntime runtime = OnnxRuntime.load(file)) {
            for (Shape shape : inputs) {
                Tensor input = Tensor.randn(new Random(1), shape.dims());
                double difference =
                        OnnxRuntime.difference(OnnxRuntime.forward(theCase.model, input), runtime.run(input));
                assertTrue(difference <= TOLERANCE, () -> "%s at %s: %s".formatted(extents, shape, difference));
            }
        }
    }

    private static ModelProto export(Layer model, Shape input, Extents extents) {
        return OnnxExport.toModel(model, input, OnnxOptions.DEFAULT.withExtents(extents));
    }

    private static Layer shuffledNetwork() {
        var random = new Random(0);
        return of(
                (x, p) -> x.conv2d(p.get(0), ConvolutionOptions.stride(2).padding(1))
                        .prelu(p.get(1))
                        .resizeBilinear(x.shape().dim(2), x.shape().dim(3), true),
                Tensor.randn(random, 4, 3, 3, 3),
                Tensor.randn(random, 4));
    }

    @Test
    void namesAndShapesAreKept() {
        ModelProto model = export(shuffledNetwork(), Shape.of(1, 3, 9, 11), Extents.FIXED);
        List<TensorProto> initializers = model.graph().initializers();
        assertEquals("p0", initializers.get(0).name());
        assertEquals(List.of(4L, 3L, 3L, 3L), initializers.get(0).dims());
        assertEquals("p1", initializers.get(1).name());
        assertEquals(List.of(4L, 1L, 1L), initializers.get(1).dims());
        assertEquals(
                List.of("Conv", "PRelu", "Resize", "Identity"),
                model.graph().nodes().stream().map(NodeProto::operator).toList());
        assertEquals(
                "input: FLOAT[1, 3, 9, 11]", model.graph().inputs().getFirst().toString());
        assertEquals(
                "output: FLOAT[1, 4, 9, 11]", model.graph().outputs().getFirst().toString());
    }

    @Test
    void symbolicExtentsAreNamed() {
        ModelProto batch = export(shuffledNetwork(), Shape.of(1, 3, 9, 11), Extents.ANY_BATCH);
        assertEquals(
                "output: FLOAT[batch, 4, 9, 11]",
                batch.graph().outputs().getFirst().toString());
        ModelProto size = export(shuffledNetwork(), Shape.of(1, 3, 9, 11), Extents.ANY_SIZE);
        assertEquals(
                "input: FLOAT[batch, 3, height, width]",
                size.graph().inputs().getFirst().toString());
        assertEquals(
                Optional.of(
                        List.of(Dimension.of("batch"), Dimension.of(4), Dimension.of("height"), Dimension.of("width"))),
                size.graph().outputs().getFirst().shape());
        assertEquals(
                size.graph().nodes().size(),
                new LinkedHashSet<>(size.graph().nodes().stream()
                                .map(NodeProto::name)
                                .toList())
                        .size());
    }

    @Test
    void unknownOperationsAndSizesAreNamed() {
        Layer random = of((x, p) -> x.meanSquaredError(x));
        assertMessage("operation 'meanSquaredError' in layer '' has no counterpart", random, Extents.FIXED);
        Layer square = of((x, p) -> x.resizeNearest((int) Math.sqrt(x.shape().dim(2)), 3));
        assertMessage(
                "resizeNearest in layer '' needs a size in dimension 2, such as [3, 41, 22", square, Extents.ANY_SIZE);
        Layer pooled =
                of((x, p) -> x.maxPool2d(PoolingOptions.kernel(1 + x.shape().dim(2) % 3)));
        assertMessage("the options of maxPool2d in layer '' depend on the size of the input", pooled, Extents.ANY_SIZE);
        Layer branching = of((x, p) -> x.shape().dim(2) > 100 ? x.relu() : x.tanh());
        assertMessage("the model computes otherwise for input", branching, Extents.ANY_SIZE);
        Layer fixed = of((x, p) -> x.plus(p.get(0)), Tensor.randn(new Random(0), 1, 3, 9, 11));
        assertMessage("the model does not take inputs of other sizes", fixed, Extents.ANY_SIZE);
        var clash = assertThrows(
                OnnxException.class,
                () -> OnnxExport.toModel(
                        shuffledNetwork(),
                        Shape.of(1, 3, 9, 11),
                        new OnnxOptions(Extents.FIXED, "p0", "y", "", Map.of())));
        assertTrue(clash.getMessage().contains("two values have the name 'p0'"), clash.getMessage());
    }

    private static void assertMessage(String message, Layer model, Extents extents) {
        var e = assertThrows(OnnxException.class, () -> export(model, Shape.of(1, 3, 9, 11), extents));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    /** A network that needs multiples of 8 is traced at such sizes. */
    @Test
    void aNetworkOfCertainMultiplesIsExported() {
        Layer model = of((x, p) -> {
            Variable small = x.averagePool2d(PoolingOptions.kernel(8), true);
            return small.resizeBilinear(
                            8 * small.shape().dim(2), 8 * small.shape().dim(3), false)
                    .plus(x);
        });
        check(new Case("multiples", model, Shape.of(1, 2, 16, 24), true), Extents.ANY_SIZE, Shape.of(2, 2, 40, 48));
    }
}
