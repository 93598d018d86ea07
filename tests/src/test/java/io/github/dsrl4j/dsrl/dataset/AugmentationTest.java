package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Image and labels must go through the same geometry, and only the image through colours. */
final class AugmentationTest {
    private static final int PAD = 0x7C7468;

    private final LabelMap labels = Pictures.blocks(96, 72, 12);
    private final Sample sample = new Sample("s", Pictures.encode(labels), labels);

    private static Augmentation plain(double scale, int width, int height) {
        return Augmentation.standard(width, height, ClassSet.CAMVID)
                .withScale(scale, scale)
                .withFlipProbability(0)
                .withJitter(ColorJitter.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void imageAndLabelsMoveTogether(long seed) {
        var augmentation = Augmentation.standard(80, 64, ClassSet.CAMVID).withJitter(ColorJitter.NONE);
        var result = augmentation.apply(sample, new SplittableRandom(seed));
        assertEquals(80, result.image().width());
        assertEquals(64, result.image().height());
        int inside = 0;
        for (int y = 2; y < 62; y++) {
            for (int x = 2; x < 78; x++) {
                int label = result.labels().label(x, y);
                // Away from the blocks' borders, where bilinear interpolation mixes colours.
                if (flat(result.labels(), x, y, 2) && !isPadding(result, x, y)) {
                    inside++;
                    assertEquals(20 * label + 5, result.image().pixel(x, y) >> 16, "red at (" + x + ", " + y + ")");
                }
            }
        }
        assertTrue(inside > 300, "only " + inside + " pixels were compared");
    }

    private static boolean isPadding(Sample s, int x, int y) {
        return s.labels().label(x, y) == 11 && s.image().pixel(x, y) == PAD;
    }

    private static boolean flat(LabelMap map, int x, int y, int radius) {
        for (int dy = -radius; dy <= radius; dy++) {
            for (int dx = -radius; dx <= radius; dx++) {
                if (map.label(x + dx, y + dy) != map.label(x, y)) {
                    return false;
                }
            }
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({"0.5", "0.77", "1", "1.37", "2"})
    void theCropIsAWindowOfTheResizedSample(double scale) {
        int width = (int) Math.round(96 * scale);
        int height = (int) Math.round(72 * scale);
        var image = Pictures.texture(96, 72);
        var wholeImage = image.resizeBilinear(width, height);
        var wholeLabels = labels.resizeNearest(width, height);
        var augmentation = plain(scale, 40, 30);
        var places = new HashSet<Integer>();
        for (long seed = 0; seed < 8; seed++) {
            var crop = augmentation.apply(new Sample("t", image, labels), new SplittableRandom(seed));
            int found = -1;
            for (int place = 0; place < (width - 39) * (height - 29); place++) {
                int left = place % (width - 39);
                int top = place / (width - 39);
                if (crop.image().pixel(0, 0) == wholeImage.pixel(left, top)
                        && crop.image().equals(window(wholeImage, left, top))) {
                    found = place;
                    assertEquals(window(wholeLabels, left, top), crop.labels());
                }
            }
            assertTrue(found >= 0, "the crop is no window of the resized image");
            places.add(found);
        }
        assertTrue(places.size() > 4, "the crop hardly moves: " + places);
    }

    private static ColorImage window(ColorImage image, int left, int top) {
        var rgb = new byte[3 * 40 * 30];
        for (int y = 0; y < 30; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), rgb, 3 * 40 * y, 3 * 40);
        }
        return new ColorImage(40, 30, rgb);
    }

    private static LabelMap window(LabelMap map, int left, int top) {
        var window = new byte[40 * 30];
        for (int y = 0; y < 30; y++) {
            System.arraycopy(map.labels(), (top + y) * map.width() + left, window, 40 * y, 40);
        }
        return new LabelMap(40, 30, window);
    }

    @Test
    void theFullSizeAtScaleOneIsTheSampleItself() {
        assertEquals(sample, plain(1, 96, 72).apply(sample, new SplittableRandom(5)));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0", "0.5, 1", "0.8, 1", "1.5, 0", "1.5, 1"})
    void flippingIsAMirrorImage(double scale, long seed) {
        var straight = plain(scale, 90, 80).apply(sample, new SplittableRandom(seed));
        var flipped = plain(scale, 90, 80).withFlipProbability(1).apply(sample, new SplittableRandom(seed));
        for (int y = 0; y < 80; y++) {
            for (int x = 0; x < 90; x++) {
                assertEquals(straight.image().pixel(x, y), flipped.image().pixel(89 - x, y));
                assertEquals(straight.labels().label(x, y), flipped.labels().label(89 - x, y));
            }
        }
        assertNotEquals(straight, flipped);
    }

    @Test
    void whatIsMissingIsMeanColourAndIgnored() {
        var all = new Sample("u", Pictures.encode(Pictures.uniform(96, 72, 2)), Pictures.uniform(96, 72, 2));
        var places = new HashSet<Integer>();
        for (long seed = 0; seed < 10; seed++) {
            // Jitter must not reach the padding: normalised, it has to stay 0.
            var result = plain(0.5, 60, 50).withJitter(ColorJitter.MILD).apply(all, new SplittableRandom(seed));
            int padded = 0;
            int first = -1;
            for (int i = 0; i < 60 * 50; i++) {
                if (result.labels().labels()[i] == 11) {
                    padded++;
                    assertEquals(PAD, result.image().pixel(i % 60, i / 60));
                } else {
                    assertEquals(2, result.labels().labels()[i]);
                    assertNotEquals(PAD, result.image().pixel(i % 60, i / 60));
                    first = first < 0 ? i : first;
                }
            }
            assertEquals(60 * 50 - 48 * 36, padded);
            places.add(first);
        }
        assertTrue(places.size() > 5, "the sample always lies at the same place: " + places);
    }

    @Test
    void samplesMayBeSmallerAlongOneAxisOnly() {
        var result = plain(1, 40, 100).apply(sample, new SplittableRandom(3));
        long ignored = 0;
        for (int i = 0; i < 4000; i++) {
            ignored += result.image().pixel(i % 40, i / 40) == PAD ? 1 : 0;
        }
        assertEquals(40 * 28, ignored);
    }

    @Test
    void theSameRandomsGiveTheSameSample() {
        var augmentation = Augmentation.standard(64, 48, ClassSet.CAMVID);
        var random = new SplittableRandom(11);
        var first = augmentation.apply(sample, random);
        assertEquals(first, augmentation.apply(sample, new SplittableRandom(11)));
        assertNotEquals(first, augmentation.apply(sample, random));
        var same = new SplittableRandom(11);
        plain(1, 10, 10).apply(sample, same);
        var reference = new SplittableRandom(11);
        augmentation.apply(sample, reference);
        assertEquals(reference.nextLong(), same.nextLong(), "options do not change how much is drawn");
    }

    @Test
    void scaleAndFlipCoverTheirRange() {
        var augmentation = Augmentation.standard(4, 4, ClassSet.CAMVID).withJitter(ColorJitter.NONE);
        // A ramp whose step tells the scale and whose direction tells the flip.
        var rgb = new byte[3 * 256 * 4];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % 256);
        }
        var ramp = new Sample("ramp", new ColorImage(256, 4, rgb), Pictures.uniform(256, 4, 0));
        int flipped = 0;
        int enlarged = 0;
        var random = new SplittableRandom(1);
        for (int i = 0; i < 400; i++) {
            var row = augmentation.apply(ramp, random).image();
            int y = 1;
            int step = (row.pixel(3, y) & 0xFF) - (row.pixel(0, y) & 0xFF);
            flipped += step < 0 ? 1 : 0;
            enlarged += Math.abs(step) < 3 ? 1 : 0;
            assertTrue(Math.abs(step) <= 6, "step " + step + " is more than a scale of 0.5 explains");
        }
        assertEquals(200, flipped, 50);
        assertEquals(200, enlarged, 70);
    }

    /** What is drawn from 0..1, and the width of 96 pixels at a scale of 0.5 to 2 that is even in its logarithm. */
    @ParameterizedTest
    @CsvSource({"0, 48", "0.25, 68", "0.5, 96", "0.75, 136", "0.999999, 192"})
    void scalesAreEvenInTheirLogarithm(double drawn, int width) {
        RandomGenerator constant = new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException("only nextDouble is drawn");
            }

            @Override
            public double nextDouble() {
                return drawn;
            }
        };
        // In a crop that is larger than the scaled sample all else is the ignored label, which the sample has nowhere.
        var wide = new Sample("w", Pictures.texture(96, 1), Pictures.uniform(96, 1, 0));
        var augmentation = Augmentation.standard(200, 2, ClassSet.CAMVID)
                .withFlipProbability(0)
                .withJitter(ColorJitter.NONE);
        var labels = augmentation.apply(wide, constant).labels();
        int columns = 0;
        for (int x = 0; x < 200; x++) {
            columns += labels.label(x, 0) == 0 || labels.label(x, 1) == 0 ? 1 : 0;
        }
        assertEquals(width, columns);
    }

    @Test
    void jitterOfZeroChangesNothingAndMildStaysMild() {
        var image = Pictures.texture(32, 32);
        var rgb = image.rgb().clone();
        ColorJitter.NONE.draw(new SplittableRandom(1)).apply(rgb);
        assertEquals(image, new ColorImage(32, 32, rgb));
        ColorJitter.MILD.draw(new SplittableRandom(1)).apply(rgb);
        assertNotEquals(image, new ColorImage(32, 32, rgb));
    }

    /** Factors of brightness, contrast, saturation and turns of hue, a colour in an image of mean luma 100, and its image. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 0, 0A6432, 0A6432",
        "1.5, 1, 1, 0, 0A6432, 0F964B",
        "2, 1, 1, 0, C8C8C8, FFFFFF",
        "1, 0.5, 1, 0, C8C8C8, 969696",
        "1.5, 0.5, 1, 0, C8C8C8, E1E1E1",
        "0.5, 1.5, 1, 0, C8C8C8, 7D7D7D",
        "0.5, 1, 0, 0, FF0000, 262626",
        "1, 1, 0, 0, FF0000, 4C4C4C",
        "1, 1, 1, 0.25, 808080, 808080",
        "1, 1, 1, 0.5, 646496, 6E6E3C"
    })
    void jitterFollowsItsFormula(
            double brightness, double contrast, double saturation, double turns, String from, String to) {
        int color = Integer.parseInt(from, 16);
        // A second pixel brings the mean luma of the two to 100.
        double luma = 0.299 * (color >> 16) + 0.587 * (color >> 8 & 0xFF) + 0.114 * (color & 0xFF);
        byte other = (byte) Math.round(200 - luma);
        byte[] rgb = {(byte) (color >> 16), (byte) (color >> 8), (byte) color, other, other, other};
        new ColorJitter.Transform(brightness, contrast, saturation, turns).apply(rgb);
        int expected = Integer.parseInt(to, 16);
        for (int c = 0; c < 3; c++) {
            // One step for the rounding of the second pixel.
            assertEquals(expected >> (16 - 8 * c) & 0xFF, rgb[c] & 0xFF, 1, "channel " + c);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.1, 0.33, 0.5})
    void hueKeepsGreyAndLuma(double turns) {
        byte[] rgb = {90, 110, 100, 50, 50, 50};
        new ColorJitter.Transform(1, 1, 1, turns).apply(rgb);
        assertEquals(0.299 * 90 + 0.587 * 110 + 0.114 * 100, 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], 1);
        assertEquals("[50, 50, 50]", Arrays.toString(Arrays.copyOfRange(rgb, 3, 6)));
    }

    @Test
    void optionsAreChecked() {
        var standard = Augmentation.standard(8, 8, ClassSet.CAMVID);
        assertMessage(
                "augmentation: scale 2.0..0.5; 0 < min <= max <= 16 is expected", () -> standard.withScale(2, 0.5));
        assertMessage("augmentation: scale 0.0..1.0; 0 < min <= max <= 16 is expected", () -> standard.withScale(0, 1));
        assertMessage(
                "augmentation: crop 0 x 8; both must be positive", () -> Augmentation.standard(0, 8, ClassSet.CAMVID));
        assertMessage(
                "augmentation: flip probability 1.1; it must lie in [0, 1]", () -> standard.withFlipProbability(1.1));
        assertMessage("colour jitter: hue is 0.6; it must lie in [0, 0.5]", () -> new ColorJitter(0, 0, 0, 0.6));
        assertMessage("colour jitter: contrast is -0.1; it must lie in [0, 1.0]", () -> new ColorJitter(0, -0.1, 0, 0));
        assertMessage(
                "sample 's': the image is 4 x 3, its labels are 3 x 4; they must agree",
                () -> new Sample("s", Pictures.texture(4, 3), Pictures.uniform(3, 4, 0)));
    }

    private static void assertMessage(String expected, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                expected, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
