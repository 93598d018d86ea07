package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Planar;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.inference.Predictions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which epoch's model is kept as the best: the one with the highest validation score of all so far. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class BestModelTest {
    private static final int SIDE = 32;

    @TempDir
    private Path folder;

    /** Labels of which the model that is being validated has a given share right, another one in each epoch. */
    private record Rigged(RunDirectory directory, Dataset images, List<Double> right, AtomicInteger validations)
            implements Dataset {
        @Override
        public String name() {
            return "rigged/val";
        }

        @Override
        public ClassSet classes() {
            return images.classes();
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public Sample get(int index) {
            Sample sample = images.get(index);
            DualSuperResolution model = directory.lastModel();
            float[] large = sample.image().toPlanar(Normalization.IMAGENET);
            Tensor input = Tensor.of(Shape.of(1, 3, SIDE, SIDE), Planar.halvePlanar(large, 3, 2 * SIDE, 2 * SIDE));
            LabelMap predicted = Predictions.of(
                            Gradients.off(() -> model.apply(Variable.of(input))).value(),
                            classes().count())
                    .getFirst();
            byte[] labels = predicted.labels();
            double share = right.get(validations.getAndIncrement());
            for (int i = 0; i < labels.length * (1 - share); i++) {
                labels[i] = (byte) ((labels[i] + 1) % classes().count());
            }
            return new Sample(sample.name(), sample.image(), predicted);
        }

        @Override
        public LabelMap labels(int index) {
            // Counted before the run begins, when there is no model yet.
            return images.labels(index);
        }

        @Override
        public String fingerprint() {
            return "rigged";
        }
    }

    /** Keeps a copy of the best model as it was after every epoch. */
    private final class Keeper implements Progress {
        @Override
        public void epoch(Map<String, Object> metrics) {
            try {
                Files.copy(run().best(), kept(((Number) metrics.get("epoch")).intValue()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RunDirectory run() {
        return new RunDirectory(folder.resolve("run"));
    }

    private Path kept(int epoch) {
        return folder.resolve("best" + epoch);
    }

    private Rigged rigged(Double... right) {
        return new Rigged(
                run(),
                ListedSamples.symmetric("made/val", 1, 2 * SIDE, 2 * SIDE, 2),
                List.of(right),
                new AtomicInteger());
    }

    private static Dataset images() {
        return ListedSamples.symmetric("made/train", 4, 2 * SIDE, 2 * SIDE, 1);
    }

    private Trainer start(Dataset validation, int epochs) {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.SSSR), SIDE, SIDE);
        var options = new TrainingOptions(
                new TrainingOptions.Data("made", "/made", 0.5, 2, true),
                new TrainingOptions.Optimisation("adamw", 1e-3, 0, "constant", 0, 0, "none"),
                epochs,
                2,
                1);
        return Trainer.start(run(), description, options, images(), validation);
    }

    private List<Double> scores() {
        return run().metrics().stream()
                .map(line -> ((Number) line.get("validation_miou")).doubleValue())
                .toList();
    }

    private void assertBestIs(int epoch, int of) throws IOException {
        assertEquals(of, scores().size());
        assertArrayEquals(Files.readAllBytes(kept(epoch)), Files.readAllBytes(run().best()));
        Map<String, Object> provenance = ModelFile.read(run().best()).provenance();
        assertEquals((long) epoch, provenance.get("epoch"));
        assertEquals(scores().get(epoch - 1), provenance.get("validation_miou"));
    }

    @Test
    void aLaterEpochThatIsBetterThanTheLastButNotThanTheBestIsNotKept() throws Exception {
        start(rigged(0.9, 0.3, 0.6), 3).train(new Keeper(), () -> false);
        assertTrue(scores().get(0) > scores().get(2) && scores().get(2) > scores().get(1), () -> "" + scores());
        assertBestIs(1, 3);
    }

    @Test
    void theBestEpochIsKeptWhereverItStands() throws Exception {
        start(rigged(0.3, 0.6, 0.9, 0.5), 4).train(new Keeper(), () -> false);
        assertBestIs(3, 4);
        assertFalse(java.util.Arrays.equals(Files.readAllBytes(kept(1)), Files.readAllBytes(kept(2))));
    }

    @Test
    void theBestScoreOutlivesAStop() throws Exception {
        Rigged validation = rigged(0.9, 0.3, 0.6);
        var steps = new AtomicInteger();
        // Asked after the first step of each epoch; stops in the middle of the second and of the third.
        assertFalse(start(validation, 3)
                .train(new Keeper(), () -> steps.incrementAndGet() == 2)
                .finished());
        assertFalse(Trainer.resume(run(), images(), validation)
                .train(new Keeper(), () -> steps.incrementAndGet() == 3)
                .finished());
        assertTrue(Trainer.resume(run(), images(), validation)
                .train(new Keeper(), () -> false)
                .finished());
        assertBestIs(1, 3);
    }
}
