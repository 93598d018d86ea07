package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What of the augmentation reaches the network. The rate is so small that the weights stay, and batch norm takes its statistics from
 * the batch, so that the loss of an epoch depends on its images alone.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class AugmentedTrainingTest {
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;
    private static final int EPOCHS = 3;
    private static final double NO_RATE = 1e-30;

    @TempDir
    private Path folder;

    private static ListedSamples symmetric() {
        return ListedSamples.symmetric("made/train", 2, 2 * WIDTH, 2 * HEIGHT, 1);
    }

    /** As {@link #symmetric}, but for a left half that is darker and has another class. */
    private static ListedSamples oneSided() {
        List<Sample> samples = symmetric().samples().stream()
                .map(AugmentedTrainingTest::darkenLeft)
                .toList();
        return new ListedSamples("made/train", samples);
    }

    private static Sample darkenLeft(Sample sample) {
        byte[] rgb = sample.image().rgb().clone();
        byte[] labels = sample.labels().labels().clone();
        for (int i = 0; i < labels.length; i++) {
            if (i % (2 * WIDTH) < WIDTH / 2) {
                Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) 0);
                labels[i] = 0;
            }
        }
        return new Sample(
                sample.name(), new ColorImage(2 * WIDTH, 2 * HEIGHT, rgb), new LabelMap(2 * WIDTH, 2 * HEIGHT, labels));
    }

    private double[] losses(ListedSamples train, double scaleMin, double scaleMax, boolean jitter, long seed)
            throws Exception {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(Variant.SSSR), HEIGHT, WIDTH);
        var options = new TrainingOptions(
                new TrainingOptions.Data("made", "/made", scaleMin, scaleMax, jitter),
                new TrainingOptions.Optimisation("sgd", NO_RATE, 0, "constant", 0, 0, "none"),
                EPOCHS,
                2,
                seed);
        var directory = new RunDirectory(folder.resolve("run" + new SplittableRandom().nextLong()));
        Trainer.start(directory, description, options, train, symmetric()).train(Progress.NONE, () -> false);
        return directory.metrics().stream()
                .mapToDouble(line -> ((Number) line.get("loss")).doubleValue())
                .toArray();
    }

    private static double spread(double[] losses) {
        double mean = Arrays.stream(losses).average().orElseThrow();
        return Arrays.stream(losses).map(loss -> Math.abs(loss - mean)).max().orElseThrow() / mean;
    }

    @Test
    void withoutAnyAugmentationAllEpochsAreAlike() throws Exception {
        assertEquals(0, spread(losses(symmetric(), 1, 1, false, 1)), 2e-5);
    }

    @Test
    void colorJitterChangesEveryEpoch() throws Exception {
        assertTrue(spread(losses(symmetric(), 1, 1, true, 1)) > 2e-4);
    }

    @Test
    void imagesAreFlipped() throws Exception {
        // Four ways to flip two images, of which three epochs see more than one.
        assertTrue(spread(losses(oneSided(), 1, 1, false, 1)) > 2e-3);
    }

    @Test
    void scalesAreDrawnAnewInEveryEpoch() throws Exception {
        assertTrue(spread(losses(symmetric(), 0.5, 2, false, 1)) > 2e-3);
        assertTrue(spread(losses(symmetric(), 1, 2, false, 1)) > 2e-3, "larger ones");
        assertTrue(spread(losses(symmetric(), 0.5, 1, false, 1)) > 2e-3, "smaller ones");
    }

    @Test
    void theSeedDrawsThem() throws Exception {
        double[] one = losses(symmetric(), 0.5, 2, true, 1);
        assertEquals(Arrays.toString(one), Arrays.toString(losses(symmetric(), 0.5, 2, true, 1)));
        assertTrue(Math.abs(one[0] / losses(symmetric(), 0.5, 2, true, 2)[0] - 1) > 2e-3);
    }
}
