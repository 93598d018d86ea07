package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code dsrl segment} reads and writes: nothing is lost, and one broken picture need not stop a thousand. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class SegmentCommandTest {
    private static final int WIDTH = 48;
    private static final int HEIGHT = 32;

    @TempDir
    private static Path modelFolder;

    private static String model;

    @TempDir
    private Path folder;

    private Path picture;
    private Path out;

    @BeforeAll
    static void writeModel() {
        Path file = modelFolder.resolve("model.safetensors");
        var description = new ModelDescription(
                "espnetv2", 0.5, ClassSet.CAMVID.count(), ClassSet.CAMVID, DsrlOptions.of(Variant.SSSR), HEIGHT, WIDTH);
        ModelFile.write(file, description, description.forTraining(1), Map.of());
        model = file.toString();
    }

    @BeforeEach
    void writePicture() {
        picture = write("a.png", 1);
        out = folder.resolve("out");
    }

    private Path write(String name, int seed) {
        var rgb = new byte[3 * WIDTH * HEIGHT];
        new Random(seed).nextBytes(rgb);
        Path file = folder.resolve(name);
        new ColorImage(WIDTH, HEIGHT, rgb).write(file);
        return file;
    }

    private Dsrl.Result segment(Path into, Object... arguments) {
        Stream<String> fixed = Stream.of("segment", "--model", model, "--out", into.toString());
        return Dsrl.run(
                Stream.concat(fixed, Stream.of(arguments).map(Object::toString)).toArray(String[]::new));
    }

    @Test
    void anImageIsNotWrittenOver() throws IOException {
        Path mask = write("a.mask.png", 2);
        byte[] before = Files.readAllBytes(mask);
        String said = segment(folder, picture, mask).expect(2).err();
        assertTrue(said.contains(mask + ": would be written over, but it is an input; write to another place"), said);
        assertArrayEquals(before, Files.readAllBytes(mask));
        assertFalse(Files.exists(folder.resolve("a.index.png")), "nothing is written");
    }

    @Test
    void anImageIsNotWrittenOverThroughALinkOrAnotherSpelling() throws IOException {
        Path mask = Files.createDirectory(out).resolve("a.mask.png");
        Path other = write("b.png", 2);
        Files.createLink(mask, other);
        String said =
                segment(folder.resolve("out/../out"), picture, other).expect(2).err();
        assertTrue(said.contains("out/../out/a.mask.png: would be written over, but it is an input (" + other), said);
        assertEquals(ColorImage.read(other), ColorImage.read(mask));
    }

    @Test
    void aTruthBesideTheImageIsReplacedOnlyByForce() throws IOException {
        Path truth = write("a.mask.png", 2);
        byte[] before = Files.readAllBytes(truth);
        String said = segment(folder, picture).expect(2).err();
        assertTrue(
                said.contains(
                        truth + ": exists beside the images; write to another folder, or replace it with --force (see"),
                said);
        assertArrayEquals(before, Files.readAllBytes(truth));
        segment(folder, picture, "--force").expect(0);
        assertEquals(2 * WIDTH, ColorImage.read(truth).width());
    }

    @Test
    void resultsInAFolderOfTheirOwnAreReplaced() {
        segment(out, picture).expect(0);
        segment(out, picture).expect(0);
    }

    @Test
    void aBrokenImageIsKnownBeforeAnythingIsWritten() throws IOException {
        Path broken = Files.writeString(folder.resolve("b.png"), "no picture");
        Dsrl.Result result = segment(out, picture, broken).expect(1);
        assertTrue(result.err().contains("b.png"), result.err());
        assertFalse(Files.exists(out));
    }

    @Test
    void keepGoingPassesBrokenImagesAndNamesThem() throws IOException {
        Path broken = Files.writeString(folder.resolve("b.png"), "no picture");
        Path last = write("c.png", 3);
        Dsrl.Result result =
                segment(out, broken, picture, last, "--keep-going", "--json").expect(1);
        List<?> images = (List<?>) result.json().get("images");
        List<?> failures = (List<?>) result.json().get("failures");
        assertEquals(2, images.size());
        assertEquals(broken.toString(), ((Map<?, ?>) failures.getFirst()).get("image"), "the one that cannot be read");
        assertTrue(result.err().contains("dsrl: 1 of 3 images could not be segmented"), result.err());
        for (String name : List.of("a", "c")) {
            assertTrue(Files.exists(out.resolve(name + ".mask.png")), name);
        }
    }

    @Test
    void masksHaveTheModelsSizeOrTheImages() {
        segment(out, picture).expect(0);
        LabelMap large = LabelMap.read(out.resolve("a.index.png"));
        assertEquals(List.of(2 * WIDTH, 2 * HEIGHT), List.of(large.width(), large.height()));
        segment(out, picture, "--image-size").expect(0);
        assertEquals(large.resizeNearest(WIDTH, HEIGHT), LabelMap.read(out.resolve("a.index.png")));
        for (String name : List.of("a.mask.png", "a.overlay.png")) {
            assertEquals(WIDTH, ColorImage.read(out.resolve(name)).width(), name);
        }
    }

    @Test
    void optionsHaveLimits() {
        for (String option : List.of("--alpha=NaN", "--alpha=1.5", "--scale=0", "--scale=Infinity", "--scale=NaN")) {
            String said = segment(out, picture, option).expect(2).err();
            assertTrue(said.startsWith("dsrl: " + option.replaceFirst("=.*", "") + " must lie between 0 and "), said);
        }
        assertFalse(Files.exists(out));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsReadOnce() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(), "mkfifo");
        Process writer =
                new ProcessBuilder("sh", "-c", "cat \"$0\" > \"$1\"", picture.toString(), pipe.toString()).start();
        try {
            segment(out, pipe).expect(0);
        } finally {
            writer.destroyForcibly();
        }
        segment(out, picture).expect(0);
        assertEquals(LabelMap.read(out.resolve("a.index.png")), LabelMap.read(out.resolve("pipe.index.png")));
    }
}
