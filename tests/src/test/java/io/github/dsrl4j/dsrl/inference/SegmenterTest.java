package io.github.dsrl4j.dsrl.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.VariedModel;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class SegmenterTest {
    private static final int TRAINED_HEIGHT = 40;
    private static final int TRAINED_WIDTH = 56;

    private static ModelDescription description(Variant variant) {
        return new ModelDescription(
                "espnetv2",
                0.5,
                ClassSet.CAMVID.count(),
                ClassSet.CAMVID,
                DsrlOptions.of(variant),
                TRAINED_HEIGHT,
                TRAINED_WIDTH);
    }

    private static Segmenter segmenter(Variant variant) {
        ModelDescription description = description(variant);
        return Segmenter.of(description, VariedModel.of(description, 5));
    }

    private static ColorImage picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % width * 5 + i / 3 / width * 3 + i % 3 * 40);
        }
        return new ColorImage(width, height, rgb);
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                arguments(1, 1),
                arguments(2, 45),
                arguments(16, 16),
                arguments(31, 33),
                arguments(48, 32),
                arguments(TRAINED_WIDTH, TRAINED_HEIGHT),
                arguments(65, 47));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void labelsHaveTheSizeOfTheImageTimesTheFactor(int width, int height) {
        for (Variant variant : List.of(Variant.BASELINE, Variant.DSRL)) {
            Segmenter segmenter = segmenter(variant);
            int factor = variant == Variant.BASELINE ? 1 : 2;
            assertEquals(factor, segmenter.factor());
            Segmentation result = segmenter.segment(picture(width, height));
            assertEquals(factor * width, result.labels().width());
            assertEquals(factor * height, result.labels().height());
            assertEquals(factor * width, result.mask().getWidth());
            assertEquals(factor * height, result.overlay().getHeight());
            ClassSet.CAMVID.check(result.labels(), variant.label());
            double sum = 0;
            for (double share : result.shares()) {
                sum += share;
            }
            assertEquals(1, sum, 1e-9);
            assertTrue(result.time().toNanos() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void imagesThatFitGoInAsTheyAre(Variant variant) {
        ModelDescription description = description(variant);
        DualSuperResolution model = VariedModel.of(description, 5);
        Segmenter segmenter = Segmenter.of(description, model);
        // Sides that are multiples of 16; the trained size, whose sides are not.
        for (ColorImage image : List.of(picture(64, 48), picture(TRAINED_WIDTH, TRAINED_HEIGHT))) {
            assertEquals(various(direct(model, image)), segmenter.segment(image).labels());
        }
    }

    @Test
    void otherImagesAreFilledUpWithTheirLastPixels() {
        ModelDescription description = description(Variant.DSRL);
        DualSuperResolution model = VariedModel.of(description, 5);
        ColorImage image = picture(37, 33);
        byte[] filled = new byte[3 * 48 * 48];
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 48; x++) {
                int color = image.pixel(Math.min(x, 36), Math.min(y, 32));
                int at = 3 * (48 * y + x);
                filled[at] = (byte) (color >> 16);
                filled[at + 1] = (byte) (color >> 8);
                filled[at + 2] = (byte) color;
            }
        }
        Segmenter segmenter = Segmenter.of(description, model);
        LabelMap whole = various(direct(model, new ColorImage(48, 48, filled)));
        LabelMap labels = segmenter.segment(image).labels();
        for (int y = 0; y < labels.height(); y++) {
            for (int x = 0; x < labels.width(); x++) {
                assertEquals(whole.label(x, y), labels.label(x, y));
            }
        }
    }

    private static LabelMap direct(DualSuperResolution model, ColorImage image) {
        model.eval();
        Tensor input = Tensor.of(Shape.of(1, 3, image.height(), image.width()), image.toPlanar(Normalization.IMAGENET));
        Tensor logits = Gradients.off(() -> model.apply(Variable.of(input))).value();
        return Predictions.of(logits, ClassSet.CAMVID.count()).getFirst();
    }

    /** The labels, if they are of several classes: to find constant ones again would prove nothing. */
    private static LabelMap various(LabelMap labels) {
        int[] counts = new int[ClassSet.CAMVID.count()];
        for (byte label : labels.labels()) {
            counts[label]++;
        }
        long classes = Arrays.stream(counts).filter(count -> count > 20).count();
        assertTrue(classes >= 3, () -> "pixels of each class: " + Arrays.toString(counts));
        return labels;
    }

    @Test
    void manyThreadsSeeWhatOneSees() throws Exception {
        Segmenter segmenter = segmenter(Variant.DSRL);
        List<ColorImage> images = List.of(picture(64, 48), picture(37, 33), picture(80, 32), picture(33, 64));
        List<LabelMap> expected = images.stream()
                .map(image -> various(segmenter.segment(image).labels()))
                .toList();
        try (var threads = Executors.newFixedThreadPool(4)) {
            var results = new ArrayList<Future<LabelMap>>();
            for (int i = 0; i < 24; i++) {
                ColorImage image = images.get(i % images.size());
                results.add(threads.submit(() -> segmenter.segment(image).labels()));
            }
            for (int i = 0; i < results.size(); i++) {
                assertEquals(expected.get(i % images.size()), results.get(i).get(), "call " + i);
            }
        }
    }

    @Test
    void javasOwnImagesAreTheSame() {
        Segmenter segmenter = segmenter(Variant.SSSR);
        ColorImage image = picture(50, 34);
        assertEquals(
                various(segmenter.segment(image).labels()),
                segmenter.segment(image.toBufferedImage()).labels());
    }

    @Test
    void loadsFilesAndRunFolders(@TempDir Path folder) {
        ModelDescription description = description(Variant.DSRL);
        DualSuperResolution model = VariedModel.of(description, 5);
        Path file = folder.resolve("best.safetensors");
        ModelFile.write(file, description, model, Map.of("seed", 5));
        ColorImage image = picture(48, 48);
        LabelMap expected = various(direct(model, image));
        assertEquals(expected, Segmenter.load(file).segment(image).labels());
        Segmenter fromFolder = Segmenter.load(folder);
        assertEquals(expected, fromFolder.segment(image).labels());
        assertEquals(description, fromFolder.description());
        assertEquals(ClassSet.CAMVID, fromFolder.classes());
    }

    @Test
    void whatIsNoModelIsNamed(@TempDir Path folder) throws IOException {
        var missing = assertThrows(CheckpointException.class, () -> Segmenter.load(folder));
        assertTrue(missing.getMessage().contains("best.safetensors"), missing.getMessage());
        Path weights = folder.resolve("weights.safetensors");
        Safetensors.write(weights, Map.of("w", Tensor.scalar(1)));
        var bare = assertThrows(CheckpointException.class, () -> Segmenter.load(weights));
        assertTrue(bare.getMessage().contains("neither a description of a dsrl4j model"), bare.getMessage());
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertThrows(CheckpointException.class, () -> Segmenter.load(text));
    }

    @Test
    void overlayMixesAtTheSizeOfTheLabels() {
        var labels = new LabelMap(4, 2, new byte[] {0, 0, 1, 1, 0, 0, 1, 1});
        ColorImage image = new ColorImage(2, 1, new byte[] {0, 0, 0, 0, 0, 0});
        var result = new Segmentation(image, labels, ClassSet.CAMVID, java.time.Duration.ofMillis(1));
        assertEquals(0x808080, result.coloredMask().pixel(0, 0));
        assertEquals(0x404040, result.coloredOverlay(0.5).pixel(1, 1));
        assertEquals(0x400000, result.coloredOverlay(0.5).pixel(3, 0));
        assertEquals(result.coloredMask(), result.coloredOverlay(1));
        assertEquals(0.5, result.shares()[0]);
        assertThrows(IllegalArgumentException.class, () -> result.coloredOverlay(1.1));
    }
}
