package io.github.dsrl4j.nn.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.network.EspNetV2;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.nn.profile.Allocation;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
    private static final int CLASSES = 7;

    private static DualSuperResolution model(Variant variant, EspNetV2.Width width) {
        var random = RandomSource.seeded(11);
        var model =
                DualSuperResolution.forInference(random, new EspNetV2(random, width, CLASSES), DsrlOptions.of(variant));
        Models.randomise(model, random);
        return model;
    }

    private static Layer small() {
        var random = RandomSource.seeded(2);
        var layer = new Sequential(
                new Conv2d(random, 3, 8, 3, ConvolutionOptions.stride(2).padding(1), false),
                new BatchNorm2d(8),
                new PRelu(8),
                new Conv2d(
                        random, 8, 8, 3, ConvolutionOptions.DEFAULT.padding(1).groups(8), true),
                new PRelu(8));
        Models.randomise(layer, random);
        return layer;
    }

    @ParameterizedTest
    @CsvSource({
        "BASELINE, HALF, 1, 64, 96",
        "BASELINE, HALF, 1, 57, 75",
        "BASELINE, HALF, 3, 32, 35",
        "SSSR, HALF, 1, 64, 64",
        "SSSR, HALF, 2, 45, 61",
        "SSSR_SISR, HALF, 1, 33, 32",
        "DSRL, HALF, 1, 50, 38",
        "DSRL, TWO, 1, 32, 64",
        "BASELINE, ONE_AND_A_HALF, 1, 39, 32"
    })
    void agreesWithTheNetwork(Variant variant, EspNetV2.Width width, int images, int height, int side) {
        Models.assertAgrees(model(variant, width), Shape.of(images, 3, height, side));
    }

    @Test
    void fusesWhatFollowsConvolutions() {
        Plan plan = Plan.compile(model(Variant.SSSR, EspNetV2.Width.HALF), Shape.of(1, 3, 32, 32));
        var kinds = plan.profile(Tensor.zeros(plan.input()), 1).byOperation().rows().stream()
                .map(row -> row.operation())
                .toList();
        assertTrue(kinds.contains("conv2d 1x1 groups 4 + batchNorm + plus + prelu"), kinds::toString);
        assertTrue(
                kinds.contains("conv2d 3x3 depthwise + batchNorm + prelu + times + plus + batchNorm + prelu"),
                kinds::toString);
        // Parts of concatenations are computed in place; normalisation stays where a concatenation precedes it.
        assertTrue(kinds.stream().noneMatch("concat"::equals), kinds::toString);
        assertTrue(kinds.contains("batchNorm + prelu"), kinds::toString);
    }

    @Test
    void givesTheSameBitsForAnyNumberOfThreads() {
        var model = model(Variant.SSSR, EspNetV2.Width.HALF);
        Tensor x = Tensor.randn(new Random(3), 1, 3, 61, 70);
        float[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            Plan plan = Plan.compile(model, x.shape(), model::apply, new VectorKernels(threads));
            float[] actual = plan.run(x).toArray();
            expected = expected == null ? actual : expected;
            assertArrayEquals(expected, actual, threads + " threads");
        }
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        Plan plan = Plan.compile(model(Variant.BASELINE, EspNetV2.Width.HALF), Shape.of(1, 3, 32, 48));
        var inputs = new ArrayList<Tensor>();
        var expected = new ArrayList<float[]>();
        for (int i = 0; i < 4; i++) {
            inputs.add(Tensor.randn(new Random(i), 1, 3, 32, 48));
            expected.add(plan.run(inputs.get(i)).toArray());
        }
        assertNotEquals(expected.get(0)[0], expected.get(1)[0]);
        try (var executor = Executors.newFixedThreadPool(4)) {
            var results = new ArrayList<Future<float[]>>();
            for (int i = 0; i < 40; i++) {
                Tensor x = inputs.get(i % 4);
                results.add(executor.submit(() -> plan.run(x).toArray()));
            }
            for (int i = 0; i < results.size(); i++) {
                assertArrayEquals(expected.get(i % 4), results.get(i).get(), "call " + i);
            }
        }
    }

    /** With kernels that allocate nothing, as these scalar ones, so that what the plan allocates is seen. */
    @Test
    void allocatesNothingACall() {
        var layer = new Sequential(
                Models.function(x -> Variable.concat(
                        1, x.resizeNearest(16, 20), x.slice(2, 1, 17).slice(3, 2, 22))),
                new BatchNorm2d(6),
                new PRelu(6),
                Models.function(x -> x.times(x.max(3).softmax(1).sigmoid().reshape(1, 6, 16, 1))
                        .plus(x)
                        .channelShuffle(2)));
        Plan plan = Plan.compile(layer, Shape.of(1, 3, 32, 40), layer::apply, new ScalarKernels());
        float[] x = new float[plan.input().size()];
        float[] y = new float[plan.output().size()];
        assertEquals(0, leastAllocation(() -> plan.run(x, y)));
        Tensor in = Tensor.zeros(plan.input());
        Tensor out = Tensor.zeros(plan.output());
        assertEquals(0, leastAllocation(() -> plan.run(in, out)));
    }

    /** Of several calls, since in one of them the Java machine may compile something. */
    private static long leastAllocation(Runnable call) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long before = Allocation.ofThisThread();
            call.run();
            least = Math.min(least, Allocation.ofThisThread() - before);
        }
        return least;
    }

    @Test
    void worksInMuchLessMemoryThanTheResultsOfAllOperations() {
        Plan plan = Plan.compile(model(Variant.BASELINE, EspNetV2.Width.TWO), Shape.of(1, 3, 64, 128));
        // Level 1 alone is 32 channels at half the size; its neighbours share the rest.
        assertTrue(plan.arenaBytes() < 1_000_000, () -> plan.arenaBytes() + " bytes");
        assertEquals(
                0,
                Plan.compile(Models.function(Variable::relu), Shape.of(1, 3, 4, 4))
                        .arenaBytes());
    }

    @Test
    void keepsTheWeightsThatItWasCompiledWith() {
        Layer layer = small();
        Plan plan = Plan.compile(layer, Shape.of(1, 3, 8, 8));
        Tensor x = Tensor.randn(new Random(1), 1, 3, 8, 8);
        float[] before = plan.run(x).toArray();
        layer.state().values().forEach(tensor -> tensor.copyFrom(new float[tensor.size()]));
        assertArrayEquals(before, plan.run(x).toArray());
        assertEquals(0, Plan.compile(layer, x.shape()).run(x).toArray()[5]);
    }

    @Test
    void takesArraysTensorsAndSlices() {
        Plan plan = Plan.compile(small(), Shape.of(1, 3, 6, 10));
        assertEquals(Shape.of(1, 3, 6, 10), plan.input());
        assertEquals(Shape.of(1, 8, 3, 5), plan.output());
        Tensor two = Tensor.randn(new Random(1), 2, 3, 6, 10);
        Tensor second = two.slice(1, 2);
        float[] expected = plan.run(second).toArray();
        float[] array = new float[plan.output().size()];
        plan.run(second.toArray(), array);
        assertArrayEquals(expected, array);
        Tensor results = Tensor.zeros(Shape.of(3, 8, 3, 5));
        int version = results.version();
        plan.run(second, results.slice(1, 2));
        assertArrayEquals(expected, results.slice(1, 2).toArray());
        assertArrayEquals(new float[array.length], results.slice(2, 3).toArray());
        assertNotEquals(version, results.version());
    }

    @Test
    void returnsSeveralResults() {
        var random = RandomSource.seeded(4);
        var model = DualSuperResolution.forTraining(
                random, new EspNetV2(random, EspNetV2.Width.HALF, CLASSES), DsrlOptions.of(Variant.DSRL));
        Models.randomise(model, random);
        for (int images = 1; images <= 2; images++) {
            Tensor x = Tensor.randn(new Random(1), images, 3, 33, 46);
            Plan plan = Plan.compileAll(model, x.shape(), input -> results(model, input));
            assertEquals(
                    List.of(Shape.of(images, CLASSES, 66, 92), Shape.of(images, 3, 66, 92), x.shape()), plan.outputs());
            List<Tensor> actual = plan.runAll(x);
            List<Variable> expected = model.evaluating(() -> Gradients.off(() -> results(model, Variable.of(x))));
            for (int i = 0; i < actual.size(); i++) {
                Models.assertClose(expected.get(i).value(), actual.get(i));
            }
            assertMessage(IllegalStateException.class, "plan: there are 3 results, of shapes [[", () -> plan.run(x));
        }
    }

    private static List<Variable> results(DualSuperResolution model, Variable input) {
        DsrlOutput output = model.train(input);
        return List.of(output.segmentation(), output.image(), input);
    }

    @Test
    void returnsOneResultTwice() {
        Plan plan = Plan.compileAll(Models.function(x -> x), Shape.of(1, 4), x -> {
            Variable y = x.relu();
            return List.of(y, y, y.plus(1));
        });
        List<Tensor> results = plan.runAll(Tensor.of(plan.input(), -1, 2, -3, 4));
        assertArrayEquals(new float[] {0, 2, 0, 4}, results.get(0).toArray());
        assertArrayEquals(new float[] {0, 2, 0, 4}, results.get(1).toArray());
        assertArrayEquals(new float[] {1, 3, 1, 5}, results.get(2).toArray());
    }

    @Test
    void saysWhatDoesNotFit() {
        Plan plan = Plan.compile(small(), Shape.of(1, 3, 6, 10));
        assertMessage(
                ShapeException.class,
                "plan: compiled for input [1, 3, 6, 10], got [1, 3, 6, 11]; compile another plan for it",
                () -> plan.run(Tensor.zeros(Shape.of(1, 3, 6, 11))));
        assertMessage(
                ShapeException.class,
                "plan: the output has shape [1, 8, 3, 5], not [1, 8, 5, 3]",
                () -> plan.run(Tensor.zeros(plan.input()), Tensor.zeros(Shape.of(1, 8, 5, 3))));
        assertMessage(
                ShapeException.class,
                "plan: the output [1, 8, 3, 5] needs 120 elements, the array has 119",
                () -> plan.run(new float[180], new float[119]));
        assertMessage(
                ShapeException.class,
                "plan: the input [1, 3, 6, 10] needs 180 elements, the array has 1",
                () -> plan.run(new float[1], new float[120]));
        Plan square = Plan.compile(Models.function(Variable::relu), Shape.of(1, 4));
        float[] shared = new float[4];
        assertMessage(
                IllegalArgumentException.class,
                "plan: input and output are one array, but the input is read while the output is written",
                () -> square.run(shared, shared));
        assertMessage(
                IllegalArgumentException.class,
                "plan: a profile needs at least 1 run, not 0",
                () -> plan.profile(Tensor.zeros(plan.input()), 0));
    }

    @Test
    void refusesWhatCannotBeCompiled() {
        Shape two = Shape.of(2, 3, 4, 4);
        assertMessage(
                IllegalArgumentException.class,
                "plan: no step for operation 'meanSquaredError' in layer ''; run the layer itself instead",
                () -> Plan.compile(Models.function(x -> x.meanSquaredError(x)), two.with(0, 1)));
        refused(
                "plan: mean in layer '' may mix the images of a batch: its output is [3, 4, 4] for one image and [3, 4, 4] for 2",
                x -> x.mean(0));
        refused("plan: softmax in layer '' may mix the images of a batch", x -> x.softmax(0));
        refused(
                "plan: permute in layer '' may mix the images of a batch",
                x -> x.permute(1, 0, 2, 3).permute(1, 0, 2, 3));
        refused("plan: reshape in layer '' may mix the images of a batch", x -> x.reshape(1, -1, 4, 4));
        refused(
                "plan: the model does 1 operations on one image and 2 on 2; compile it for one image at a time",
                x -> x.shape().dim(0) == 2 ? x.relu().relu() : x.relu());
        assertEquals(
                Shape.of(3, 4, 4),
                Plan.compile(Models.function(x -> x.mean(0)), two.with(0, 1)).output());
    }

    private static void refused(String message, UnaryOperator<Variable> function) {
        assertMessage(
                IllegalArgumentException.class,
                message,
                () -> Plan.compile(Models.function(function), Shape.of(2, 3, 4, 4)));
    }

    private static void assertMessage(Class<? extends RuntimeException> type, String start, Executable call) {
        String message = assertThrows(type, call).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
