package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.VariedModel;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Planar;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scores of both protocols, counted by hand: on labels that are larger than the prediction, of other proportions, and different in
 * every image.
 */
final class EvaluatorTest {
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;
    private static final int CLASSES = 11;
    private static final int IGNORED = 11;
    /** Labels and photographs of an image: neither the prediction's size nor a multiple of it. */
    private static final int FULL_WIDTH = 130;

    private static final int FULL_HEIGHT = 94;

    private static ModelDescription description(Variant variant) {
        return new ModelDescription("espnetv2", 0.5, CLASSES, ClassSet.CAMVID, DsrlOptions.of(variant), HEIGHT, WIDTH);
    }

    /** An image without smooth places, so that neighbouring pixels get other labels. */
    private static ColorImage photograph(long seed) {
        byte[] rgb = new byte[3 * FULL_WIDTH * FULL_HEIGHT];
        var random = new SplittableRandom(seed);
        int[] colors = random.ints(12 * 9 * 3, 0, 256).toArray();
        for (int i = 0; i < FULL_WIDTH * FULL_HEIGHT; i++) {
            int block = (i / FULL_WIDTH / 11 * 12 + i % FULL_WIDTH / 11) * 3;
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) Math.clamp(colors[block + c] + random.nextInt(-40, 41), 0, 255);
            }
        }
        return new ColorImage(FULL_WIDTH, FULL_HEIGHT, rgb);
    }

    private static float[] large(ColorImage photograph) {
        return photograph.resizeBilinear(2 * WIDTH, 2 * HEIGHT).toPlanar(Normalization.IMAGENET);
    }

    private static DsrlOutput output(DualSuperResolution model, ColorImage photograph) {
        Tensor input = Tensor.of(
                Shape.of(1, 3, HEIGHT, WIDTH), Planar.halvePlanar(large(photograph), 3, 2 * HEIGHT, 2 * WIDTH));
        return Gradients.off(() -> model.train(Variable.of(input)));
    }

    /** The class with the highest score, pixel by pixel. */
    private static int[][] predict(DualSuperResolution model, ColorImage photograph) {
        Tensor logits = output(model, photograph).segmentation().value();
        int height = logits.shape().dim(2);
        int width = logits.shape().dim(3);
        float[] scores = logits.toArray();
        int[][] labels = new int[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 1; c < CLASSES; c++) {
                    if (scores[(c * height + y) * width + x] > scores[(labels[y][x] * height + y) * width + x]) {
                        labels[y][x] = c;
                    }
                }
            }
        }
        return labels;
    }

    /** Right where (x + 2 y) mod 3 is not 0, ignored at the left. */
    private static LabelMap truth(int[][] predicted, int sample) {
        byte[] labels = new byte[FULL_WIDTH * FULL_HEIGHT];
        for (int y = 0; y < FULL_HEIGHT; y++) {
            for (int x = 0; x < FULL_WIDTH; x++) {
                int label = predicted[y * predicted.length / FULL_HEIGHT][x * predicted[0].length / FULL_WIDTH];
                boolean right = (x + 2 * y + sample) % 3 != 0;
                labels[y * FULL_WIDTH + x] = (byte) (x < 20 ? IGNORED : right ? label : (label + 3) % CLASSES);
            }
        }
        return new LabelMap(FULL_WIDTH, FULL_HEIGHT, labels);
    }

    private static ListedSamples samples(DualSuperResolution model, int count) {
        var samples = new ArrayList<Sample>();
        for (int s = 0; s < count; s++) {
            ColorImage photograph = photograph(s);
            samples.add(new Sample("s" + s, photograph, truth(predict(model, photograph), s)));
        }
        return new ListedSamples("made/val", samples);
    }

    /** Counts of truth and prediction over a grid, of which a pixel is the one of each map in which its centre lies. */
    private static void count(long[][] counts, LabelMap truth, int[][] predicted, int height, int width) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int label = truth.label(
                        (2 * x + 1) * truth.width() / (2 * width), (2 * y + 1) * truth.height() / (2 * height));
                int prediction = predicted[(2 * y + 1) * predicted.length / (2 * height)][
                        (2 * x + 1) * predicted[0].length / (2 * width)];
                if (label != IGNORED) {
                    counts[label][prediction]++;
                }
            }
        }
    }

    private static void assertCounts(long[][] expected, ConfusionMatrix actual, String what) {
        long all = 0;
        long moved = 0;
        for (int t = 0; t < CLASSES; t++) {
            for (int p = 0; p < CLASSES; p++) {
                all += expected[t][p];
                moved += Math.abs(expected[t][p] - actual.count(t, p));
            }
        }
        // The compiled plan rounds otherwise than the graph: a pixel may change sides between two equal scores.
        assertTrue(moved <= 2e-3 * all, "%s: %d of %d counts differ".formatted(what, moved, all));
        assertEquals(iou(expected), actual.meanIou(), 2e-3, what);
    }

    private static double iou(long[][] counts) {
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < CLASSES; c++) {
            long either = -counts[c][c];
            for (int k = 0; k < CLASSES; k++) {
                either += counts[c][k] + counts[k][c];
            }
            if (either > 0) {
                sum += counts[c][c] / (double) either;
                classes++;
            }
        }
        return sum / classes;
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"BASELINE", "SSSR"})
    void bothProtocolsByHand(Variant variant) throws Exception {
        DualSuperResolution model = VariedModel.of(description(variant), 4);
        ListedSamples samples = samples(model, 3);
        long[][] full = new long[CLASSES][CLASSES];
        long[][] reduced = new long[CLASSES][CLASSES];
        var perImage = new ArrayList<Double>();
        for (Sample sample : samples.samples()) {
            int[][] predicted = predict(model, sample.image());
            count(full, sample.labels(), predicted, FULL_HEIGHT, FULL_WIDTH);
            count(reduced, sample.labels(), predicted, predicted.length, predicted[0].length);
            long[][] own = new long[CLASSES][CLASSES];
            count(own, sample.labels(), predicted, FULL_HEIGHT, FULL_WIDTH);
            perImage.add(iou(own));
        }
        assertTrue(Math.abs(iou(full) - iou(reduced)) > 5e-3, "the protocols can be told apart");
        Evaluation evaluation = new Evaluator(samples, HEIGHT, WIDTH, 2).evaluate(model, false, Progress.NONE);
        assertEquals(3, evaluation.images());
        assertCounts(full, evaluation.fullResolution(), "full resolution");
        assertCounts(reduced, evaluation.predictionResolution(), "prediction's resolution");
        assertEquals(
                List.of("s0", "s1", "s2"),
                evaluation.perImage().stream().map(ImageScore::image).toList());
        for (int s = 0; s < 3; s++) {
            assertEquals(perImage.get(s), evaluation.perImage().get(s).meanIou(), 4e-3, "image " + s);
        }
        assertTrue(Double.isNaN(evaluation.psnr()) && Double.isNaN(evaluation.ssim()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void theBatchSizeChangesNothing(int batch) throws Exception {
        DualSuperResolution model = VariedModel.of(description(Variant.SSSR), 4);
        ListedSamples samples = samples(model, 3);
        Evaluation one = new Evaluator(samples, HEIGHT, WIDTH, 1).evaluate(model, false, Progress.NONE);
        Evaluation other = new Evaluator(samples, HEIGHT, WIDTH, batch).evaluate(model, false, Progress.NONE);
        assertEquals(one.fullResolution().meanIou(), other.fullResolution().meanIou());
        assertEquals(one.perImage(), other.perImage());
    }

    @Test
    void theImageBranchIsScoredAgainstThePhotograph() throws Exception {
        DualSuperResolution model = VariedModel.of(description(Variant.DSRL), 4);
        ListedSamples samples = samples(model, 2);
        double psnr = 0;
        for (Sample sample : samples.samples()) {
            float[] image = output(model, sample.image()).image().value().toArray();
            float[] original = large(sample.image());
            double squares = 0;
            for (int i = 0; i < image.length; i++) {
                squares += Math.pow(pixel(image, i) - pixel(original, i), 2);
            }
            psnr += 10 * Math.log10(image.length / squares) / 2;
        }
        Evaluation evaluation = new Evaluator(samples, HEIGHT, WIDTH, 2).evaluate(model, true, Progress.NONE);
        assertEquals(psnr, evaluation.psnr(), 1e-3);
        assertTrue(evaluation.ssim() > -1 && evaluation.ssim() < 1);
    }

    private static double pixel(float[] normalised, int i) {
        double[] mean = {0.485, 0.456, 0.406};
        double[] std = {0.229, 0.224, 0.225};
        int c = i / (4 * HEIGHT * WIDTH);
        return Math.clamp(normalised[i] * std[c] + mean[c], 0, 1);
    }

    @Test
    void theModelIsScoredAsItIsUsed() throws Exception {
        DualSuperResolution model = VariedModel.of(description(Variant.SSSR), 4);
        ListedSamples samples = samples(model, 1);
        double expected = new Evaluator(samples, HEIGHT, WIDTH, 1)
                .evaluate(model, false, Progress.NONE)
                .fullResolution()
                .meanIou();
        model.train();
        assertEquals(
                expected,
                new Evaluator(samples, HEIGHT, WIDTH, 1)
                        .evaluate(model, false, Progress.NONE)
                        .fullResolution()
                        .meanIou());
    }
}
