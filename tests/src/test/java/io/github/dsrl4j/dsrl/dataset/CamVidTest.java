package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CamVid's layout: a small one made here, and the real one where it is at hand. */
final class CamVidTest {
    @TempDir
    Path root;

    private final LabelMap labels = Pictures.blocks(8, 6, 2);
    private final ColorImage image = Pictures.encode(labels);

    @BeforeEach
    void layout() {
        Pictures.folder(root.resolve("train"));
        Pictures.folder(root.resolve("trainannot"));
        for (var name : new String[] {"a", "b"}) {
            image.write(root.resolve("train/" + name + ".png"));
            labels.write(root.resolve("trainannot/" + name + ".png"));
        }
        Pictures.text(root.resolve("train.txt"), "train/a.png trainannot/a.png\n\ntrain/b.png  trainannot/b.png\n");
    }

    @Test
    void readsPairs() {
        var dataset = CamVid.open(root, Split.TRAIN);
        assertEquals("camvid/train", dataset.name());
        assertEquals(2, dataset.size());
        assertSame(ClassSet.CAMVID, dataset.classes());
        assertEquals(new Sample("b", image, labels), dataset.get(1));
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.get(2));
        var cached = dataset.cached();
        assertSame(cached.get(1), cached.get(1));
        assertEquals(dataset.get(1), cached.get(1));
        assertEquals(dataset.fingerprint(), cached.fingerprint());
    }

    @Test
    void readsTheTutorialsAbsolutePaths() {
        Pictures.text(root.resolve("train.txt"), "/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png");
        assertEquals("a", CamVid.open(root, Split.TRAIN).get(0).name());
    }

    @Test
    void fingerprintFollowsContentsNotPlace(@TempDir Path elsewhere) throws IOException {
        var before = CamVid.open(root, Split.TRAIN).fingerprint();
        assertEquals(64, before.length());
        assertEquals(before, CamVid.open(root, Split.TRAIN).fingerprint());
        for (var name : new String[] {
            "train", "trainannot", "train.txt", "train/a.png", "train/b.png", "trainannot/a.png", "trainannot/b.png"
        }) {
            Files.copy(root.resolve(name), elsewhere.resolve(name));
        }
        assertEquals(before, CamVid.open(elsewhere, Split.TRAIN).fingerprint());
        Pictures.with(labels, 0, 0, 9).write(root.resolve("trainannot/b.png"));
        assertNotEquals(before, CamVid.open(root, Split.TRAIN).fingerprint());
        Pictures.text(elsewhere.resolve("train.txt"), "train/b.png trainannot/b.png\ntrain/a.png trainannot/a.png");
        assertNotEquals(before, CamVid.open(elsewhere, Split.TRAIN).fingerprint(), "the order matters");
    }

    private void opensWithError(Split split, String expected) {
        var error = assertThrows(DatasetException.class, () -> CamVid.open(root, split));
        assertEquals(expected, error.getMessage());
    }

    @Test
    void missingFilesAreFoundAtOpening() throws IOException {
        opensWithError(
                Split.VAL,
                root.resolve("val.txt") + ": no such list; CamVid needs one line 'image annotation' a sample");
        Files.delete(root.resolve("trainannot/b.png"));
        opensWithError(
                Split.TRAIN,
                root.resolve("trainannot/b.png")
                        + ": no such label map file (line 3 of train.txt) (1 of 4 files of camvid/train are missing)");
        Files.delete(root.resolve("train/a.png"));
        opensWithError(
                Split.TRAIN,
                root.resolve("train/a.png")
                        + ": no such image file (line 1 of train.txt) (2 of 4 files of camvid/train are missing)");
        var nowhere = root.resolve("nowhere");
        var error = assertThrows(DatasetException.class, () -> CamVid.open(nowhere, Split.TRAIN));
        assertEquals(
                nowhere + ": no such folder; CamVid with its train.txt, val.txt and test.txt is expected",
                error.getMessage());
    }

    @Test
    void listsAreChecked() {
        Pictures.text(root.resolve("train.txt"), "train/a.png trainannot/a.png\ntrain/b.png b.png c.png\n");
        opensWithError(
                Split.TRAIN,
                root.resolve("train.txt")
                        + ": line 2 has 3 words, 'train/b.png b.png c.png'; 'image annotation' is expected"
                        + " (names with blanks need quotes, or a tab between the two)");
        Pictures.text(root.resolve("train.txt"), "\n \n");
        opensWithError(
                Split.TRAIN,
                root.resolve("train.txt") + ": lists no samples; lines of the form 'image annotation' are expected");
    }

    private void loadsWithError(String expected) {
        var dataset = CamVid.open(root, Split.TRAIN);
        // The labels alone are read before training, the whole sample in it.
        for (Executable read : List.<Executable>of(() -> dataset.get(1), () -> dataset.labels(1))) {
            assertEquals(expected, assertThrows(DatasetException.class, read).getMessage());
        }
    }

    @Test
    void sizesMustAgree() {
        Pictures.uniform(8, 5, 0).write(root.resolve("trainannot/b.png"));
        loadsWithError("%s: is 8 x 6, but its labels %s are 8 x 5; both must have the same size (line 3 of train.txt)"
                .formatted(root.resolve("train/b.png"), root.resolve("trainannot/b.png")));
    }

    @Test
    void labelsMustBeClasses() {
        Pictures.with(labels, 7, 4, 12).write(root.resolve("trainannot/b.png"));
        loadsWithError(root.resolve("trainannot/b.png")
                + ": label 12 at pixel (x 7, y 4) is neither a class (0..10) of camvid nor the ignore index 11"
                + " (line 3 of train.txt)");
    }

    @ParameterizedTest
    @CsvSource({"TRAIN, 367", "VAL, 101", "TEST, 233"})
    void realPhotographs(Split split, int size) {
        var dataset = CamVid.open(SharedData.require("data/camvid"), split);
        assertEquals(size, dataset.size());
        for (int index : new int[] {0, size / 2, size - 1}) {
            var sample = dataset.get(index);
            assertEquals(480, sample.image().width());
            assertEquals(360, sample.image().height());
        }
    }

    @Test
    void realShareOfRoad() {
        var dataset = CamVid.open(SharedData.require("data/camvid"), Split.TRAIN);
        long road = 0;
        int samples = 0;
        for (int index = 0; index < dataset.size(); index += 12, samples++) {
            for (byte label : dataset.get(index).labels().labels()) {
                road += label == 3 ? 1 : 0;
            }
        }
        // 31.7 % over the whole split; every twelfth photograph stays near.
        assertEquals(0.317, road / (480.0 * 360 * samples), 0.03);
    }
}
