package io.github.dsrl4j.dsrl.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Planar;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.Predictions;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.Evaluator;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.TrainingOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pictures of a report, decoded from the page, against what the models make of the images: each must stand under its name. */
final class GalleryTest {
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;

    private static final Pattern FIGURE = Pattern.compile(
            "<figure>(.*?)<figcaption><b>(.*?)</b> <span>(.*?)</span></figcaption></figure>", Pattern.DOTALL);
    private static final Pattern IMAGE = Pattern.compile("data:image/png;base64,([^\"]*)\"");

    private static final Dataset STREETS = Streets.of(3, 2 * WIDTH, 2 * HEIGHT, 5, Split.TEST);
    private static final List<ReportedModel> MODELS = new ArrayList<>();
    private static final List<Figure> FIGURES = new ArrayList<>();

    /** A picture of the page: the layers that lie above each other, the title and the remark below. */
    private record Figure(List<ColorImage> layers, String title, String remark) {}

    @BeforeAll
    static void report() throws Exception {
        MODELS.add(model(Variant.BASELINE, 3));
        MODELS.add(model(Variant.DSRL, 8));
        String page = new Report("Test", "Pictures", "Three streets.", "dsrl", MODELS, STREETS).html();
        Matcher figures = FIGURE.matcher(page);
        while (figures.find()) {
            var layers = new ArrayList<ColorImage>();
            Matcher images = IMAGE.matcher(figures.group(1));
            while (images.find()) {
                layers.add(decode(images.group(1)));
            }
            FIGURES.add(new Figure(layers, figures.group(2), figures.group(3)));
        }
    }

    private static ReportedModel model(Variant variant, long seed) throws Exception {
        var description =
                new ModelDescription("espnetv2", 0.5, 11, ClassSet.CAMVID, DsrlOptions.of(variant), HEIGHT, WIDTH);
        var options = new TrainingOptions(
                new TrainingOptions.Data("streets:8", null, 1, 1, false),
                new TrainingOptions.Optimisation("sgd", 0.1, 0, "constant", 0, 0, "none"),
                1,
                4,
                1);
        DualSuperResolution model = VariedModel.of(description, seed);
        Evaluation evaluation =
                new Evaluator(STREETS, HEIGHT, WIDTH, 2).evaluate(model, variant.superResolvesImage(), Progress.NONE);
        return new ReportedModel(new RunDirectory.Run(description, options, Map.of()), List.of(), model, evaluation);
    }

    private static ColorImage decode(String base64) throws IOException {
        return ColorImage.of(
                ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64))));
    }

    private static List<Figure> titled(String title) {
        List<Figure> found =
                FIGURES.stream().filter(figure -> figure.title().equals(title)).toList();
        assertTrue(!found.isEmpty(), "a picture called " + title);
        return found;
    }

    private static DsrlOutput output(ReportedModel model, Sample sample) {
        float[] large = sample.image().toPlanar(Normalization.IMAGENET);
        Tensor input = Tensor.of(Shape.of(1, 3, HEIGHT, WIDTH), Planar.halvePlanar(large, 3, 2 * HEIGHT, 2 * WIDTH));
        return Gradients.off(() -> model.model().train(Variable.of(input)));
    }

    private static LabelMap labels(ReportedModel model, Sample sample) {
        return Predictions.of(output(model, sample).segmentation().value(), 11).getFirst();
    }

    /** Intersection over union of both maps at the truth's size, over the classes that occur in one of them. */
    private static double meanIou(LabelMap truth, LabelMap predicted) {
        long[] both = new long[11];
        long[] either = new long[11];
        for (int y = 0; y < truth.height(); y++) {
            for (int x = 0; x < truth.width(); x++) {
                int t = truth.label(x, y);
                int p = predicted.label(x * predicted.width() / truth.width(), y * predicted.height() / truth.height());
                if (t == p) {
                    both[t]++;
                    either[t]++;
                } else if (t < 11) {
                    either[t]++;
                    either[p]++;
                }
            }
        }
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < 11; c++) {
            if (either[c] > 0) {
                sum += both[c] / (double) either[c];
                classes++;
            }
        }
        return sum / classes;
    }

    @Test
    void everyPredictionStandsUnderItsModelsName() {
        for (int i = 0; i < STREETS.size(); i++) {
            Sample sample = STREETS.get(i);
            assertNotEquals(
                    labels(MODELS.get(0), sample).resizeNearest(2 * WIDTH, 2 * HEIGHT),
                    labels(MODELS.get(1), sample),
                    "models that can be told apart");
            for (ReportedModel model : MODELS) {
                Figure figure = titled(model.name()).get(i);
                LabelMap labels = labels(model, sample);
                assertEquals(
                        List.of(sample.image(), ClassSet.CAMVID.colorize(labels)),
                        figure.layers(),
                        "photograph and labels of image %d by %s".formatted(i, model.name()));
                assertEquals(
                        String.format(
                                Locale.ROOT,
                                "%d × %d, mIoU %.1f %%",
                                labels.width(),
                                labels.height(),
                                100 * meanIou(sample.labels(), labels)),
                        figure.remark());
            }
        }
    }

    @Test
    void inputAndTruthAreThoseOfTheImage() {
        for (int i = 0; i < STREETS.size(); i++) {
            Sample sample = STREETS.get(i);
            assertEquals(
                    List.of(sample.image(), ClassSet.CAMVID.colorize(sample.labels())),
                    titled("Truth").get(i).layers());
            Figure input = FIGURES.stream()
                    .filter(figure ->
                            figure.title().equals("Input") && figure.remark().endsWith("all they see"))
                    .toList()
                    .get(i);
            assertEquals(List.of(sample.image().halve()), input.layers());
        }
    }

    @Test
    void theImageBranchStandsBetweenBilinearAndOriginal() {
        // The first of each title is the whole of the first image; details follow.
        Sample sample = STREETS.get(0);
        float[] planar = output(MODELS.get(1), sample).image().value().toArray();
        ColorImage branch = ColorImage.fromPlanar(planar, 0, 2 * WIDTH, 2 * HEIGHT, Normalization.IMAGENET);
        ColorImage bilinear = sample.image().halve().resizeBilinear(2 * WIDTH, 2 * HEIGHT);
        assertEquals(List.of(branch), titled("Image branch").getFirst().layers());
        assertEquals(List.of(bilinear), titled("Bilinear").getFirst().layers());
        assertEquals(List.of(sample.image()), titled("Original").getFirst().layers());
        assertEquals(
                psnr(branch, sample.image()), titled("Image branch").getFirst().remark());
        assertEquals(
                psnr(bilinear, sample.image()), titled("Bilinear").getFirst().remark());
    }

    private static String psnr(ColorImage image, ColorImage original) {
        double sum = 0;
        for (int i = 0; i < image.rgb().length; i++) {
            sum += Math.pow(((image.rgb()[i] & 0xff) - (original.rgb()[i] & 0xff)) / 255.0, 2);
        }
        return String.format(Locale.ROOT, "PSNR %.1f dB", 10 * Math.log10(image.rgb().length / sum));
    }

    /** The tiles at the top: each model's score of all images. */
    @Test
    void scoresStandBesideTheirModels() {
        String page = new Report("Test", "Pictures", "Three streets.", "dsrl", MODELS, STREETS).html();
        for (ReportedModel model : MODELS) {
            String score = String.format(
                    Locale.ROOT,
                    "%.1f %%",
                    100 * model.evaluation().fullResolution().meanIou());
            assertTrue(
                    page.contains("<b>%s</b><span>mIoU of %s, ".formatted(score, model.name())),
                    () -> model.name() + " has " + score);
        }
    }
}
