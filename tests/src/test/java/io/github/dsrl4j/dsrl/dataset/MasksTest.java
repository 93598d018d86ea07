package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Own data in two folders, images and masks. */
final class MasksTest {
    private static final Labelling LABELLING = Labelling.of(ClassSet.CAMVID);

    @TempDir
    Path root;

    /** An image and its mask; the image's red says the label. */
    private void pair(String name, int label) {
        image(name + ".png", label);
        mask(name, label);
    }

    private void image(String file, int label) {
        var path = root.resolve("images").resolve(file);
        Pictures.folder(path.getParent());
        var picture = Pictures.encode(Pictures.uniform(4, 3, label)).toBufferedImage();
        try {
            ImageIO.write(picture, FolderWalk.extension(path), path.toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void mask(String name, int label) {
        var path = root.resolve("masks").resolve(name + ".png");
        Pictures.folder(path.getParent());
        Pictures.uniform(4, 3, label).write(path);
    }

    private Dataset open(Split split) {
        return Masks.open(root, split, LABELLING);
    }

    private static String samples(Dataset dataset) {
        return String.join(
                " ",
                IntStream.range(0, dataset.size())
                        .mapToObj(i -> {
                            var sample = dataset.get(i);
                            int label = sample.labels().label(0, 0);
                            assertEquals(20 * label + 5, sample.image().pixel(0, 0) >> 16, 3, sample.name());
                            return sample.name() + "=" + label;
                        })
                        .toList());
    }

    private void opensWithError(Split split, String expected) {
        assertEquals(
                expected.replace("ROOT", root.toString()),
                assertThrows(DatasetException.class, () -> open(split)).getMessage());
    }

    @Test
    void partsAreFolders() throws IOException {
        pair("train/a", 1);
        pair("train/sub/b", 2);
        mask("train/c", 3);
        image("train/c.JPG", 3);
        mask("train/without image", 3);
        Pictures.text(root.resolve("images/train/notes.txt"), "");
        Pictures.text(root.resolve("images/train/._a.png"), "");
        pair("val/a", 4);
        assertEquals("masks/train", open(Split.TRAIN).name());
        assertEquals("a=1 c=3 b=2", samples(open(Split.TRAIN)));
        assertEquals("a=4", samples(open(Split.VAL)));
        assertEquals(List.of(), open(Split.TRAIN).notes());
        opensWithError(Split.TEST, "ROOT/images/test: no such folder, though images/ has other parts");
        Files.delete(root.resolve("masks/train/sub/b.png"));
        opensWithError(
                Split.TRAIN,
                "ROOT/masks/train/sub/b.png: no such label map file (labels of b.png) (1 of 6 files of masks/train are missing)");
    }

    @Test
    void partsAreLists() {
        pair("a", 1);
        pair("sub/b", 2);
        image("c.jpg", 3);
        mask("c", 3);
        mask("other", 5);
        image("d.png", 5);
        Pictures.text(
                root.resolve("train.txt"),
                "a\nsub/b.png\r\nimages/c.jpg\nd.png other.png\nsub\\b\nimages/d.png\tmasks/other.png\n");
        assertEquals("a=1 b=2 c=3 d=5 b=2 d=5", samples(open(Split.TRAIN)));
        opensWithError(Split.VAL, "ROOT/val.txt: no such list, but there are others; one line per image is expected");
        Pictures.text(root.resolve("val.txt"), "a\n\nb\n");
        opensWithError(
                Split.VAL, "ROOT/b: no such image file (line 3 of val.txt) (2 of 4 files of masks/val are missing)");
        Pictures.text(root.resolve("val.txt"), "d");
        opensWithError(
                Split.VAL,
                "ROOT/masks/d.png: no such label map file (line 1 of val.txt) (1 of 2 files of masks/val are missing)");
    }

    @Test
    void partsAreDrawnWhereNothingSaysThem() {
        for (int i = 0; i < 25; i++) {
            pair("p" + i, i % 11);
        }
        var all = new TreeSet<String>();
        int total = 0;
        for (var split : Split.values()) {
            var part = samples(open(split)).split(" ");
            all.addAll(List.of(part));
            total += part.length;
            assertEquals(split == Split.TRAIN ? 21 : 2, part.length);
            assertEquals(
                    List.of(
                            "%s: no train.txt, val.txt, test.txt and no such folders; %d of 25 images are drawn for %s by the hash of their names"
                                    .formatted(root, part.length, split.key())),
                    open(split).notes());
        }
        assertEquals(25, all.size(), "no image is in two parts");
        assertEquals(25, total);
        // SHA-256 of the eight bytes of the length and the name: the same on every machine.
        assertEquals("p18=7 p5=5", samples(open(Split.VAL)));
    }

    @Test
    void whatIsAmbiguousOrMissingIsRefused() throws IOException {
        opensWithError(Split.TRAIN, "ROOT/images: no such folder; the folders images and masks are expected in ROOT");
        pair("a", 1);
        pair("b", 1);
        opensWithError(
                Split.TRAIN, "ROOT/images: 2 images cannot be drawn into train, val and test; at least 3 are needed");
        image("a.jpg", 1);
        opensWithError(
                Split.TRAIN,
                "ROOT/images/a.jpg and ROOT/images/a.png are of one name but for the extension; one of them must go");
        Files.delete(root.resolve("images/a.jpg"));
        Pictures.folder(root.resolve("images/train"));
        Pictures.folder(root.resolve("masks/train"));
        opensWithError(Split.TRAIN, "ROOT/images/train: no image in this folder (bmp, gif, jpeg, jpg, png, tif, tiff)");
    }
}
