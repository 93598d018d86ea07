package io.github.dsrl4j.dsrl.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model inside another program: from a stream, for files, ready before the first image. */
final class EmbeddingTest {
    private static final int HEIGHT = 32;
    private static final int WIDTH = 48;

    @TempDir
    private Path folder;

    private Path file;
    private ColorImage image;

    @BeforeEach
    void writeModel() {
        file = folder.resolve("model.safetensors");
        var description = new ModelDescription(
                "espnetv2", 0.5, ClassSet.CAMVID.count(), ClassSet.CAMVID, DsrlOptions.of(Variant.SSSR), HEIGHT, WIDTH);
        ModelFile.write(file, description, description.forTraining(1), Map.of());
        var rgb = new byte[3 * WIDTH * HEIGHT];
        new Random(1).nextBytes(rgb);
        image = new ColorImage(WIDTH, HEIGHT, rgb);
    }

    @Test
    void aStreamGivesTheModelOfTheFile() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Segmenter streamed = Segmenter.load(in);
            assertEquals(
                    Segmenter.load(file).segment(image).labels(),
                    streamed.segment(image).labels());
            assertEquals(ClassSet.CAMVID, streamed.classes());
        }
    }

    @Test
    void aStreamThatIsMissingBrokenOrNoModelIsNamed() throws IOException {
        assertMessage("model stream: is null; a resource of this name is missing", null);
        assertMessage("model stream: the file is empty", new ByteArrayInputStream(new byte[0]));
        byte[] whole = Files.readAllBytes(file);
        assertMessage("model stream: ", new ByteArrayInputStream(Arrays.copyOf(whole, whole.length / 2)));
        assertMessage(
                "model stream: this is a web page",
                new ByteArrayInputStream("<!DOCTYPE html><p>404".getBytes(StandardCharsets.UTF_8)));
        var closed = new FileInputStream(file.toFile());
        closed.close();
        assertMessage("model stream: cannot be read: ", closed);
    }

    private static void assertMessage(String start, InputStream in) {
        String message = assertThrows(CheckpointException.class, () -> Segmenter.load(in))
                .getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void segmentsFiles() {
        Path picture = folder.resolve("picture.png");
        image.write(picture);
        Segmenter model = Segmenter.load(file);
        assertEquals(model.segment(image).labels(), model.segment(picture).labels());
    }

    @Test
    void warmingUpChangesNothing() {
        Segmenter cold = Segmenter.load(file);
        Segmenter warm = Segmenter.load(file);
        assertSame(warm, warm.warmUp(WIDTH, HEIGHT));
        assertEquals(cold.segment(image).labels(), warm.segment(image).labels());
        assertThrows(RuntimeException.class, () -> warm.warmUp(0, HEIGHT));
    }
}
