package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cityscapes as it lies on people's disks: links, files of other systems, no cities, JPEGs, coarse labels. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class CityscapesLayoutTest {
    private static final ColorImage IMAGE = Pictures.texture(6, 4);

    @TempDir
    Path root;

    @BeforeEach
    void layout() {
        pair("aachen", "aachen", "aachen_0", 7);
        pair("ulm", "ulm", "ulm_0", 26);
    }

    /** An image and its label ids, in folders of the split that may be empty. */
    private void pair(String imageFolder, String labelFolder, String name, int id) {
        write(IMAGE, "leftImg8bit/train/" + imageFolder, name + "_leftImg8bit.png");
        labels("gtFine/train/" + labelFolder, name + "_gtFine_labelIds.png", id);
    }

    private void write(ColorImage image, String folder, String name) {
        Pictures.folder(root.resolve(folder));
        image.write(root.resolve(folder).resolve(name));
    }

    private void labels(String folder, String name, int id) {
        Pictures.folder(root.resolve(folder));
        Pictures.uniform(6, 4, id).write(root.resolve(folder).resolve(name));
    }

    private Dataset open() {
        return Cityscapes.open(root, Split.TRAIN);
    }

    private static String samples(Dataset dataset) {
        return String.join(
                " ",
                IntStream.range(0, dataset.size())
                        .mapToObj(dataset::get)
                        .map(sample -> sample.name() + "=" + sample.labels().label(0, 0))
                        .toList());
    }

    private void opensWithError(String expected) {
        assertEquals(
                expected.replace("ROOT", root.toString()),
                assertThrows(DatasetException.class, this::open).getMessage());
    }

    private void move(String from, Path to) throws IOException {
        Files.move(root.resolve(from), to);
    }

    @Test
    void linksToCitiesFilesAndTheRootAreFollowed(@TempDir Path elsewhere) throws IOException {
        for (var kind : List.of("leftImg8bit", "gtFine")) {
            var away = elsewhere.resolve(kind);
            move(kind + "/train/ulm", away);
            Files.createSymbolicLink(root.resolve(kind + "/train/ulm"), away);
        }
        var image = elsewhere.resolve("image.png");
        move("leftImg8bit/train/aachen/aachen_0_leftImg8bit.png", image);
        Files.createSymbolicLink(root.resolve("leftImg8bit/train/aachen/aachen_0_leftImg8bit.png"), image);
        assertEquals("aachen_0=0 ulm_0=13", samples(open()));
        var link = Files.createSymbolicLink(elsewhere.resolve("root"), root);
        assertEquals("aachen_0=0 ulm_0=13", samples(Cityscapes.open(link, Split.TRAIN)));
    }

    @Test
    void loopsEndAndAreTold() throws IOException {
        var images = root.resolve("leftImg8bit/train");
        Files.createSymbolicLink(images.resolve("loop"), images);
        Files.createSymbolicLink(images.resolve("zzz"), images.resolve("ulm"));
        assertEquals("aachen_0=0 ulm_0=13", samples(open()));
        assertEquals(
                List.of(
                        images.resolve("loop") + ": links to a folder whose files are taken already; left out",
                        images.resolve("zzz") + ": links to a folder whose files are taken already; left out"),
                open().notes());
    }

    @Test
    void linksToNothingAreRefused() throws IOException {
        var images = root.resolve("leftImg8bit/train");
        Files.createSymbolicLink(images.resolve("bonn"), Path.of("/nowhere/bonn"));
        opensWithError("ROOT/leftImg8bit/train/bonn: is a symbolic link to /nowhere/bonn, which does not exist");
        Files.delete(images.resolve("bonn"));
        Files.createSymbolicLink(images.resolve("itself"), Path.of("itself"));
        opensWithError("ROOT/leftImg8bit/train/itself: is a symbolic link to itself, which does not exist");
        Files.delete(images.resolve("itself"));
        Files.createSymbolicLink(images.resolve("ulm/ulm_1_leftImg8bit.png"), Path.of("/nowhere/x.png"));
        labels("gtFine/train/ulm", "ulm_1_gtFine_labelIds.png", 7);
        opensWithError(
                "ROOT/leftImg8bit/train/ulm/ulm_1_leftImg8bit.png: is a symbolic link to /nowhere/x.png, which does not exist"
                        + " (labels of ulm_1_leftImg8bit.png) (1 of 6 files of cityscapes/train are missing)");
    }

    @Test
    void filesOfOtherSystemsAreNoImages() {
        for (var name : List.of(
                "aachen/._aachen_0_leftImg8bit.png",
                "._aachen",
                ".DS_Store",
                "ulm/Thumbs.db",
                "ulm/desktop.ini",
                ".cache/x_leftImg8bit.png",
                "__MACOSX/x_leftImg8bit.png",
                "ulm/notes.txt")) {
            Pictures.text(root.resolve("leftImg8bit/train").resolve(name), "");
        }
        assertEquals("aachen_0=0 ulm_0=13", samples(open()));
    }

    @Test
    void citiesMayBeLeftOutOnEitherSide() throws IOException {
        pair("", "", "bonn_0", 8);
        pair("", "jena", "jena_0", 11);
        pair("weimar", "", "weimar_0", 12);
        assertEquals("aachen_0=0 bonn_0=1 jena_0=2 ulm_0=13 weimar_0=3", samples(open()));
        Files.delete(root.resolve("gtFine/train/bonn_0_gtFine_labelIds.png"));
        opensWithError(
                "ROOT/gtFine/train/bonn_0_gtFine_labelTrainIds.png: no such label map file (labels of bonn_0_leftImg8bit.png)"
                        + " (1 of 10 files of cityscapes/train are missing)");
    }

    @Test
    void extensionsMayBeJpegAndInCapitals() throws IOException {
        Files.delete(root.resolve("leftImg8bit/train/ulm/ulm_0_leftImg8bit.png"));
        ImageIO.write(
                IMAGE.toBufferedImage(),
                "jpg",
                root.resolve("leftImg8bit/train/ulm/ulm_0_leftImg8bit.JPG").toFile());
        move("gtFine/train/ulm/ulm_0_gtFine_labelIds.png", root.resolve("gtFine/train/ulm/ulm_0_gtFine_labelIds.PNG"));
        assertEquals("aachen_0=0 ulm_0=13", samples(open()));
        write(IMAGE, "leftImg8bit/train/ulm", "ulm_0_leftImg8bit.png");
        opensWithError("ROOT/leftImg8bit/train/ulm/ulm_0_leftImg8bit.JPG and"
                + " ROOT/leftImg8bit/train/ulm/ulm_0_leftImg8bit.png are of one name; one of them must go");
    }

    @Test
    void coarseLabelsAreADataSetOfTheirOwn() throws IOException {
        Files.move(root.resolve("gtFine"), root.resolve("gtCoarse"));
        opensWithError(
                "ROOT/gtFine/train: no such folder; there is gtCoarse, which the data set cityscapes-coarse reads");
        for (var city : List.of("aachen", "ulm")) {
            var folder = "gtCoarse/train/" + city + "/";
            move(folder + city + "_0_gtFine_labelIds.png", root.resolve(folder + city + "_0_gtCoarse_labelIds.png"));
        }
        var coarse = Cityscapes.open(root, Split.TRAIN, Cityscapes.Annotation.COARSE);
        assertEquals("cityscapes-coarse/train", coarse.name());
        assertEquals("aachen_0=0 ulm_0=13", samples(coarse));
        Files.move(root.resolve("gtCoarse"), root.resolve("gt"));
        opensWithError("ROOT/gtFine/train: no such folder; the labels of ROOT/leftImg8bit/train are expected in it");
    }

    @Test
    void trainIdsThatAreMadeLaterChangeTheFilesButNotTheSamples() {
        var before = open();
        var files = before.fingerprint();
        var samples = before.samplesFingerprint();
        labels("gtFine/train/aachen", "aachen_0_gtFine_labelTrainIds.png", 0);
        assertNotEquals(files, open().fingerprint());
        assertEquals(samples, open().samplesFingerprint());
        labels("gtFine/train/ulm", "ulm_0_gtFine_labelTrainIds.png", 14);
        assertNotEquals(samples, open().samplesFingerprint(), "another class");
    }

    @Test
    void anotherImageIsAnotherSample() {
        var before = open().samplesFingerprint();
        write(Pictures.encode(Pictures.uniform(6, 4, 1)), "leftImg8bit/train/ulm", "ulm_0_leftImg8bit.png");
        assertNotEquals(before, open().samplesFingerprint());
    }

    @Test
    void ownClassesReadLabelIdsOrColors() {
        labels("gtFine/train/ulm", "ulm_0_gtFine_labelTrainIds.png", 0);
        var classes = new ClassSet("two", List.of(new ClassInfo("road", 0x804080), new ClassInfo("car", 0x8E)), 255);
        var values =
                new Labelling(classes, Labelling.Form.AUTO, Map.of(7, 0, 26, 1), Map.of(0x804080, 0, 0x8E, 1), false);
        assertEquals(
                "aachen_0=0 ulm_0=1",
                samples(Cityscapes.open(root, Split.TRAIN, Cityscapes.Annotation.FINE, values)),
                "not the train ids");
        for (var city : List.of("aachen", "ulm")) {
            classes.colorize(Pictures.uniform(6, 4, city.equals("ulm") ? 0 : 1))
                    .write(root.resolve("gtFine/train/%s/%s_0_gtFine_color.png".formatted(city, city)));
        }
        var colors = new Labelling(classes, Labelling.Form.COLORS, Map.of(), values.colors(), false);
        assertEquals(
                "aachen_0=1 ulm_0=0", samples(Cityscapes.open(root, Split.TRAIN, Cityscapes.Annotation.FINE, colors)));
    }
}
