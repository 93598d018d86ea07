package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.DatasetException;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Labels are read once before training: counted, checked, and remembered. */
final class LabelSurveyTest {
    private static final ClassSet CLASSES =
            new ClassSet("three", List.of(new ClassInfo("a", 1), new ClassInfo("b", 2), new ClassInfo("c", 3)), 255);

    /** Image 1: a x 4, b x 2, ignored x 2; image 2: a x 3, c x 1. */
    private static final byte[][] LABELS = {{0, 0, 0, 0, 1, 1, -1, -1}, {0, 2, 0, 0}};

    /** Labels without images; an empty map is one that cannot be read. */
    private record Labels(byte[]... maps) implements Dataset {
        @Override
        public String name() {
            return "labels/train";
        }

        @Override
        public ClassSet classes() {
            return CLASSES;
        }

        @Override
        public int size() {
            return maps.length;
        }

        @Override
        public Sample get(int index) {
            var labels = labels(index);
            return new Sample("s" + index, new ColorImage(labels.width(), 1, new byte[3 * labels.width()]), labels);
        }

        @Override
        public LabelMap labels(int index) {
            if (maps[index].length == 0) {
                throw new DatasetException("map %d: is broken".formatted(index));
            }
            return new LabelMap(maps[index].length, 1, maps[index]);
        }

        @Override
        public String fingerprint() {
            return "f";
        }
    }

    @Test
    void everyKindOfClassWeightsIsItsOwn() {
        var dataset = new Labels(LABELS);
        assertNull(Recipes.classWeights("none", dataset));
        // 1 / ln(1.02 + 0.7), 1 / ln(1.02 + 0.2), 1 / ln(1.02 + 0.1)
        assertArrayEquals(
                new float[] {1.843915f, 5.028895f, 8.823891f},
                Recipes.classWeights("enet", dataset).toArray(),
                1e-5f);
        // Frequencies 7 / 10, 2 / 6, 1 / 4; the median is 1 / 3.
        assertArrayEquals(
                new float[] {10f / 21, 1, 4f / 3},
                Recipes.classWeights("median", dataset).toArray(),
                1e-6f);
        assertEquals(
                "class weights: there are no 'other'; choose enet, median or none",
                assertThrows(IllegalArgumentException.class, () -> Recipes.classWeights("other", dataset))
                        .getMessage());
    }

    @Test
    void aRunRemembersWhatWasCounted() {
        var provenance = new LinkedHashMap<String, Object>();
        LabelSurvey.put(provenance, LabelSurvey.of(new Labels(LABELS)));
        Map<String, Object> read = Json.parseObject(Json.write(provenance));
        // Of a data set whose labels cannot be read again.
        var remembered = LabelSurvey.of(read, new Labels(new byte[0]));
        assertArrayEquals(new long[] {7, 2, 1}, remembered.pixels());
        assertArrayEquals(new long[] {10, 6, 4}, remembered.pixelsWherePresent());
        assertArrayEquals(
                new long[] {7, 2, 1},
                LabelSurvey.of(Map.of(), new Labels(LABELS)).pixels(),
                "a run from before counts again");
    }

    @Test
    void theFirstBadLabelMapIsNamed() {
        assertMessage("map 1: is broken", new Labels(LABELS[0], new byte[0]));
        assertMessage(
                "map 0: is broken; and 2 more of the 4 label maps of labels/train cannot be used",
                new Labels(new byte[0], LABELS[0], new byte[0], new byte[0]));
    }

    @Test
    void labelsThatAreAllIgnoredAreRefused() {
        assertMessage(
                "labels/train: no pixel of its 2 label maps has a class, all have the ignored id 255; are they of another set of classes?",
                new Labels(new byte[] {-1, -1}, new byte[] {-1}));
    }

    private static void assertMessage(String expected, Dataset dataset) {
        assertEquals(
                expected,
                assertThrows(DatasetException.class, () -> LabelSurvey.of(dataset))
                        .getMessage());
    }
}
