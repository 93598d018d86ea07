package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cityscapes' layout, made here in small. */
final class CityscapesTest {
    @TempDir
    Path root;

    private final ColorImage image = Pictures.texture(7, 5);

    @BeforeEach
    void layout() {
        city("ulm", "ulm_000000", "labelTrainIds", Pictures.uniform(7, 5, 18));
        city("aachen", "aachen_000001", "labelTrainIds", Pictures.uniform(7, 5, 255));
        city("aachen", "aachen_000000", "labelIds", ids());
    }

    private void city(String city, String name, String kind, LabelMap labels) {
        var images = root.resolve("leftImg8bit/val/" + city);
        var annotations = root.resolve("gtFine/val/" + city);
        Pictures.folder(images);
        Pictures.folder(annotations);
        image.write(images.resolve(name + "_leftImg8bit.png"));
        labels.write(annotations.resolve(name + "_gtFine_" + kind + ".png"));
    }

    /** The label ids 0 to 33, and 255. */
    private static LabelMap ids() {
        var labels = new byte[35];
        for (int i = 0; i < 35; i++) {
            labels[i] = (byte) (i == 34 ? 255 : i);
        }
        return new LabelMap(7, 5, labels);
    }

    @Test
    void readsCitiesInTheOrderOfTheirNames() {
        var dataset = Cityscapes.open(root, Split.VAL);
        assertEquals("cityscapes/val", dataset.name());
        assertSame(ClassSet.CITYSCAPES, dataset.classes());
        assertEquals(
                "[aachen_000000, aachen_000001, ulm_000000]",
                IntStream.range(0, dataset.size())
                        .mapToObj(i -> dataset.get(i).name())
                        .toList()
                        .toString());
        assertEquals(image, dataset.get(2).image());
        assertEquals(18, dataset.get(2).labels().label(0, 0));
        assertEquals(255, dataset.get(1).labels().label(0, 0));
    }

    /** The table of cityscapesScripts. */
    @ParameterizedTest
    @CsvSource({
        "0, 255", "6, 255", "7, 0", "8, 1", "9, 255", "11, 2", "12, 3", "13, 4", "14, 255", "17, 5", "18, 255", "19, 6",
        "20, 7", "21, 8", "22, 9", "23, 10", "24, 11", "25, 12", "26, 13", "27, 14", "28, 15", "29, 255", "30, 255",
        "31, 16", "32, 17", "33, 18", "34, 255"
    })
    void labelIdsBecomeTrainIds(int pixel, int trainId) {
        var labels = Cityscapes.open(root, Split.VAL).get(0).labels();
        assertEquals(trainId, labels.labels()[pixel] & 0xFF);
    }

    @Test
    void trainIdsArePreferred() {
        city("aachen", "aachen_000000", "labelTrainIds", Pictures.uniform(7, 5, 3));
        assertEquals(3, Cityscapes.open(root, Split.VAL).get(0).labels().label(0, 0));
    }

    @Test
    void errorsNameTheFile() throws IOException {
        var file = root.resolve("gtFine/val/aachen/aachen_000000_gtFine_labelIds.png");
        Pictures.with(ids(), 2, 1, 77).write(file);
        var dataset = Cityscapes.open(root, Split.VAL);
        var error = assertThrows(DatasetException.class, () -> dataset.get(0));
        assertEquals(
                file + ": label id 77 at pixel (x 2, y 1) is none of Cityscapes (0..33 or 255)", error.getMessage());

        var trainIds = root.resolve("gtFine/val/ulm/ulm_000000_gtFine_labelTrainIds.png");
        Pictures.uniform(7, 5, 19).write(trainIds);
        error = assertThrows(DatasetException.class, () -> dataset.get(2));
        assertEquals(
                trainIds
                        + ": label 19 at pixel (x 0, y 0) is neither a class (0..18) of cityscapes nor the ignore index 255",
                error.getMessage());

        Files.delete(trainIds);
        error = assertThrows(DatasetException.class, () -> Cityscapes.open(root, Split.VAL));
        assertEquals(
                trainIds + ": no such label map file (labels of ulm_000000_leftImg8bit.png)"
                        + " (1 of 6 files of cityscapes/val are missing)",
                error.getMessage());
    }

    @Test
    void foldersAreChecked() {
        var train = root.resolve("leftImg8bit/train");
        var error = assertThrows(DatasetException.class, () -> Cityscapes.open(root, Split.TRAIN));
        assertEquals(
                train + ": no such folder; Cityscapes with leftImg8bit/train/CITY and gtFine/train/CITY is expected in "
                        + root,
                error.getMessage());
        Pictures.folder(train);
        error = assertThrows(DatasetException.class, () -> Cityscapes.open(root, Split.TRAIN));
        assertEquals(train + ": no file CITY/*_leftImg8bit.png in this folder", error.getMessage());
    }
}
