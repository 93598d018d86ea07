package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The generator of street scenes: the same bytes everywhere, all classes, in about CamVid's shares. */
final class StreetsTest {
    private static String hash(Sample sample) {
        return Pictures.sha256(sample.image().rgb(), sample.labels().labels());
    }

    /**
     * The bytes of a scene. They may change only with a better generator, together with its version number: saved runs name
     * the data that they were trained on.
     */
    @ParameterizedTest
    @CsvSource({
        "0, d4d69c157cb01d50e8a995cebbeecdc54bb7d2ded91bef8fd088f71e4bf2f3bf",
        "41, 55e8a15c1664ee36c47a7b9208833b417478161911798991578927368af0f7ae"
    })
    void bytesAreFixed(int index, String expected) {
        assertEquals(expected, hash(Streets.of(100, 120, 90, 7, Split.TRAIN).get(index)));
    }

    @Test
    void aSampleDependsOnSeedSplitAndIndexAlone() {
        var dataset = Streets.of(6, 96, 72, 3, Split.TRAIN);
        var expected = IntStream.range(0, 6).mapToObj(i -> hash(dataset.get(i))).toList();
        assertEquals(6, new HashSet<>(expected).size());
        var backwards = Streets.of(50, 96, 72, 3, Split.TRAIN);
        for (int i = 5; i >= 0; i--) {
            assertEquals(expected.get(i), hash(backwards.get(i)));
        }
        var parallel = IntStream.range(0, 6)
                .parallel()
                .mapToObj(i -> hash(dataset.get(i)))
                .toList();
        assertEquals(expected, parallel);
        assertNotEquals(
                expected.get(0), hash(Streets.of(6, 96, 72, 4, Split.TRAIN).get(0)));
        assertNotEquals(
                expected.get(0), hash(Streets.of(6, 96, 72, 3, Split.VAL).get(0)));
    }

    @Test
    void describesItself() {
        var dataset = Streets.of(6, 96, 72, 3, Split.VAL);
        assertEquals("streets/val", dataset.name());
        assertEquals(6, dataset.size());
        assertEquals("val_5", dataset.get(5).name());
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.get(6));
        var fingerprints = new HashSet<String>();
        for (var other : new Dataset[] {
            dataset,
            Streets.of(7, 96, 72, 3, Split.VAL),
            Streets.of(6, 72, 96, 3, Split.VAL),
            Streets.of(6, 96, 72, 4, Split.VAL),
            Streets.of(6, 96, 72, 3, Split.TEST)
        }) {
            fingerprints.add(other.fingerprint());
        }
        assertEquals(5, fingerprints.size());
        assertEquals(dataset.fingerprint(), Streets.of(6, 96, 72, 3, Split.VAL).fingerprint());
    }

    /** Percentages over 48 scenes; the bounds are wide enough for another good generator, and too narrow for a broken one. */
    @Test
    void classesHaveAboutTheSharesOfCamVid() {
        double[][] bounds = {
            {12, 23},
            {17, 30},
            {0.5, 2.5},
            {26, 38},
            {3, 8},
            {6, 14},
            {0.6, 2.5},
            {0.5, 2.5},
            {3.5, 9},
            {0.3, 1.5},
            {0.12, 0.8},
            {1, 6}
        };
        var counts = new long[12];
        var scenes = new int[12];
        var dataset = Streets.of(48, 160, 120, 5, Split.TRAIN);
        for (int i = 0; i < 48; i++) {
            var sample = dataset.get(i);
            ClassSet.CAMVID.check(sample.labels(), sample.name());
            var seen = new boolean[12];
            for (byte label : sample.labels().labels()) {
                counts[label]++;
                seen[label] = true;
            }
            for (int k = 0; k < 12; k++) {
                scenes[k] += seen[k] ? 1 : 0;
            }
        }
        for (int k = 0; k < 12; k++) {
            double share = 100.0 * counts[k] / (48 * 160 * 120);
            assertTrue(
                    share > bounds[k][0] && share < bounds[k][1],
                    "class " + k + " has " + share + " %, outside " + Arrays.toString(bounds[k]));
            assertTrue(scenes[k] >= 24, "class " + k + " is in " + scenes[k] + " of 48 scenes only");
        }
    }

    /** What the picture shows must agree with the labels: sky is brighter than road, and stands above it. */
    @Test
    void labelsFitThePicture() {
        var dataset = Streets.of(16, 160, 120, 9, Split.TRAIN);
        int brighter = 0;
        for (int i = 0; i < 16; i++) {
            var sample = dataset.get(i);
            var light = new double[12];
            var rows = new double[12];
            var count = new long[12];
            for (int y = 0; y < 120; y++) {
                for (int x = 0; x < 160; x++) {
                    int label = sample.labels().label(x, y);
                    light[label] += sample.image().pixel(x, y) >> 8 & 0xFF;
                    rows[label] += y;
                    count[label]++;
                }
            }
            brighter += light[0] / count[0] > light[3] / count[3] ? 1 : 0;
            assertTrue(rows[0] / count[0] < 50 && rows[3] / count[3] > 75, "sky must be above, road below");
        }
        assertTrue(brighter >= 15, "the sky is brighter than the road in " + brighter + " of 16 scenes only");
    }

    /** Halving the labels must cost something: else there would be nothing for super-resolution to win. */
    @Test
    void thinThingsNeedResolution() {
        var dataset = Streets.of(8, 240, 180, 2, Split.TRAIN);
        long poles = 0;
        long lost = 0;
        for (int i = 0; i < 8; i++) {
            var full = dataset.get(i).labels();
            var coarse = full.resizeNearest(60, 45).resizeNearest(240, 180);
            for (int p = 0; p < full.labels().length; p++) {
                if (full.labels()[p] == 2) {
                    poles++;
                    lost += coarse.labels()[p] != 2 ? 1 : 0;
                }
            }
        }
        assertTrue(poles > 500 && lost > 0.3 * poles, lost + " of " + poles + " pole pixels are lost at a quarter");
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "17, 33", "512, 64", "64, 200"})
    void anySizeWorks(int width, int height) {
        var sample = Streets.of(3, width, height, 1, Split.TEST).get(2);
        assertEquals(width, sample.labels().width());
        assertEquals(height, sample.image().height());
    }

    @Test
    void argumentsAreChecked() {
        var error = assertThrows(DatasetException.class, () -> Streets.of(0, 64, 48, 1, Split.TRAIN));
        assertEquals("streets: 0 samples; at least 1 is expected", error.getMessage());
        error = assertThrows(DatasetException.class, () -> Streets.of(1, 64, 8, 1, Split.TRAIN));
        assertEquals(
                "streets: size 64 x 8; at least 16 x 16 and at most 178956970 pixels are expected", error.getMessage());
    }
}
