package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.nn.data.DataLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole training runs against {@link HandTraining}: same weights, same running statistics, same losses. The images are their own
 * mirror images and the scale is 1, so that augmentation leaves them as they are.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class TrainingByHandTest {
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;
    private static final double[] EQUAL =
            DoubleStream.generate(() -> 1).limit(11).toArray();

    @TempDir
    private Path folder;

    private static ListedSamples images(int count) {
        return ListedSamples.symmetric("made/train", count, 2 * WIDTH, 2 * HEIGHT, 1);
    }

    private static ListedSamples validation() {
        return ListedSamples.symmetric("made/val", 1, 2 * WIDTH, 2 * HEIGHT, 2);
    }

    private static ModelDescription description(DsrlOptions options) {
        return new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, options, HEIGHT, WIDTH);
    }

    private static TrainingOptions options(TrainingOptions.Optimisation optimisation, int epochs, int batch) {
        return new TrainingOptions(
                new TrainingOptions.Data("made", "/made", 1, 1, false), optimisation, epochs, batch, 3);
    }

    /** A recipe, with the rate that its schedule has at each step. */
    record Recipe(String name, TrainingOptions.Optimisation optimisation, DoubleUnaryOperator rate) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static DoubleUnaryOperator warmed(DoubleUnaryOperator rate, int steps) {
        return t -> rate.applyAsDouble(t) * (t < steps ? 0.01 + 0.99 * t / steps : 1);
    }

    private static Recipe recipe(
            String optimizer, double rate, double decay, String schedule, double warmup, double clip) {
        var optimisation = new TrainingOptions.Optimisation(optimizer, rate, decay, schedule, warmup, clip, "none");
        // Four steps in all, two in each epoch.
        DoubleUnaryOperator rates = switch (schedule) {
            case "poly" -> t -> rate * Math.pow(1 - t / 4, 0.9);
            case "cosine" -> t -> rate * (1 + Math.cos(Math.PI * t / 4)) / 2;
            default -> t -> rate;
        };
        return new Recipe(
                "%s, decay %s, %s, warm-up %s, clip %s".formatted(optimizer, decay, schedule, warmup, clip),
                optimisation,
                warmed(rates, (int) Math.round(2 * warmup)));
    }

    static Stream<Arguments> runs() {
        var paper = DsrlOptions.of(Variant.DSRL);
        var heavy = new DsrlOptions(Variant.DSRL, true, 0.7f, 2.5f, 4, 8, 16, false);
        var detached = new DsrlOptions(Variant.DSRL, false, 0.2f, 4f, 8, 16, 32, true);
        return Stream.of(
                arguments(paper, recipe("sgd", 3e-4, 0, "constant", 0, 0)),
                arguments(heavy, recipe("sgd", 1e-3, 0.1, "poly", 1.5, 0)),
                arguments(detached, recipe("sgd", 2e-3, 0, "cosine", 0, 0.05)),
                arguments(DsrlOptions.of(Variant.SSSR_SISR), recipe("adam", 1e-5, 0.05, "poly", 0.5, 0)),
                arguments(DsrlOptions.of(Variant.SSSR), recipe("adamw", 1e-5, 0.5, "cosine", 1, 0)),
                arguments(DsrlOptions.of(Variant.BASELINE), recipe("sgd", 2e-3, 0.01, "poly", 1, 0.5)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("runs")
    void stepsAndEpochs(DsrlOptions dsrl, Recipe recipe) throws Exception {
        compare(dsrl, options(recipe.optimisation(), 2, 3), images(6), recipe.rate(), EQUAL);
    }

    @ParameterizedTest
    @MethodSource
    void classWeightsOf(String kind) throws Exception {
        Dataset train = images(2);
        long[] counts = new long[12];
        long[] where = new long[12];
        for (int s = 0; s < 2; s++) {
            long[] here = new long[12];
            for (byte label : train.get(s).labels().labels()) {
                here[label]++;
            }
            for (int c = 0; c < 11; c++) {
                counts[c] += here[c];
                where[c] += here[c] > 0 ? 4L * HEIGHT * WIDTH - here[11] : 0;
            }
        }
        counts[11] = 0;
        double all = Arrays.stream(counts).sum();
        double[] shares = new double[11];
        Arrays.setAll(shares, c -> (double) counts[c] / where[c]);
        double median = Arrays.stream(shares).sorted().toArray()[5];
        double[] weights = new double[11];
        Arrays.setAll(weights, c -> kind.equals("enet") ? 1 / Math.log(1.02 + counts[c] / all) : median / shares[c]);
        assertNotEquals(weights[0], weights[10], "weights that differ");
        var optimisation = new TrainingOptions.Optimisation("sgd", 2e-3, 0, "constant", 0, 0, kind);
        compare(DsrlOptions.of(Variant.SSSR), options(optimisation, 2, 2), train, t -> 2e-3, weights);
    }

    static List<String> classWeightsOf() {
        return List.of("enet", "median");
    }

    private void compare(
            DsrlOptions dsrl, TrainingOptions options, Dataset train, DoubleUnaryOperator rate, double[] weights)
            throws Exception {
        ModelDescription description = description(dsrl);
        var directory = new RunDirectory(folder.resolve("run"));
        Trainer trainer = Trainer.start(directory, description, options, train, validation());
        Map<String, float[]> before = values(trainer.model());
        assertTrue(trainer.train(Progress.NONE, () -> false).finished());

        var hand = new HandTraining(description, options, weights);
        int stepsPerEpoch = train.size() / options.batchSize();
        for (int epoch = 0; epoch < options.epochs(); epoch++) {
            StepLosses sum = StepLosses.ZERO;
            List<List<Sample>> batches = batches(train, options, epoch);
            for (int s = 0; s < stepsPerEpoch; s++) {
                sum = sum.plus(hand.step(batches.get(s), rate.applyAsDouble(epoch * stepsPerEpoch + s)));
            }
            assertLosses(sum.dividedBy(stepsPerEpoch), directory.metrics().get(epoch));
            assertEquals(
                    rate.applyAsDouble(epoch * stepsPerEpoch),
                    ((Number) directory.metrics().get(epoch).get("learning_rate")).doubleValue(),
                    1e-12);
        }
        assertSame(before, values(hand.model()), values(trainer.model()));
    }

    /** The images in the order that the loader, which has tests of its own, gives them in. */
    private static List<List<Sample>> batches(Dataset train, TrainingOptions options, int epoch) throws Exception {
        var batches = new ArrayList<List<Sample>>();
        try (var loader = new DataLoader<>(
                train.size(),
                options.batchSize(),
                true,
                true,
                options.seed(),
                1,
                (index, random) -> train.get(index))) {
            loader.epoch(epoch, 0).forEach(batches::add);
        }
        return batches;
    }

    private static Map<String, float[]> values(DualSuperResolution model) {
        var values = new java.util.LinkedHashMap<String, float[]>();
        model.state().forEach((name, tensor) -> values.put(name, tensor.toArray()));
        return values;
    }

    private static void assertLosses(StepLosses expected, Map<String, Object> actual) {
        assertLoss("loss", expected.total(), actual);
        assertLoss("cross_entropy", expected.crossEntropy(), actual);
        assertLoss("mse", expected.image(), actual);
        assertLoss("affinity", expected.affinity(), actual);
    }

    private static void assertLoss(String name, double expected, Map<String, Object> actual) {
        if (Double.isNaN(expected)) {
            assertFalse(actual.containsKey(name), name);
        } else {
            assertEquals(expected, ((Number) actual.get(name)).doubleValue(), 1e-4 * expected, name);
        }
    }

    /** The two ways must have come to the same place, measured by the distance from where they began. */
    private static void assertSame(
            Map<String, float[]> before, Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        double apart = 0;
        double moved = 0;
        for (String name : expected.keySet()) {
            float[] from = before.get(name);
            float[] to = expected.get(name);
            float[] there = actual.get(name);
            if (name.endsWith("num_batches_tracked")) {
                assertTrue(to[0] > 0, name);
                assertEquals(to[0], there[0], name);
                continue;
            }
            double ownApart = 0;
            double ownMoved = 0;
            double norm = 0;
            for (int i = 0; i < to.length; i++) {
                ownApart += Math.pow(there[i] - to[i], 2);
                ownMoved += Math.pow(to[i] - from[i], 2);
                norm += Math.pow(to[i], 2);
            }
            // What hardly moves at all is as far off as rounding makes it.
            assertEquals(
                    0,
                    Math.sqrt(ownApart),
                    0.05 * Math.sqrt(ownMoved) + 1e-5 * Math.sqrt(norm) + 1e-7,
                    () -> name + ": distance between the two ways");
            apart += ownApart;
            moved += ownMoved;
        }
        assertTrue(moved > 0, "nothing was trained");
        assertEquals(0, Math.sqrt(apart / moved), 5e-4, "of the way of all weights");
    }

    @Test
    void trainingLowersTheLossAndLearnsTheImages() throws Exception {
        var optimisation = new TrainingOptions.Optimisation("adamw", 5e-3, 0, "constant", 0, 0, "none");
        var directory = new RunDirectory(folder.resolve("learnt"));
        Trainer trainer = Trainer.start(
                directory,
                description(DsrlOptions.of(Variant.DSRL)),
                options(optimisation, 12, 2),
                images(2),
                images(2));
        Map<String, float[]> before = values(trainer.model());
        trainer.train(Progress.NONE, () -> false);
        List<Map<String, Object>> metrics = directory.metrics();
        for (String name : List.of("loss", "cross_entropy", "mse")) {
            double first = ((Number) metrics.getFirst().get(name)).doubleValue();
            double last = ((Number) metrics.getLast().get(name)).doubleValue();
            assertTrue(last < 0.85 * first, "%s: %s at first, %s at last".formatted(name, first, last));
        }
        values(trainer.model()).forEach((name, values) -> {
            // The slopes of the three down-sampling units are in no graph.
            if (!name.matches("base_net\\.level[234]_0\\.eesp\\.module_act\\.weight")) {
                assertFalse(Arrays.equals(before.get(name), values), name + " was not trained");
            }
        });
    }
}
