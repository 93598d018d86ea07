package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JPEG files for print against what Pillow makes of them; {@code make_cmyk.py} beside the files made both. */
class CmykJpegTest {
    /** Two decoders round their transforms apart; more than this would be a wrong formula. */
    private static final int TOLERANCE = 4;

    @TempDir
    private Path folder;

    private ColorImage read(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream stream = CmykJpegTest.class.getResourceAsStream(name)) {
            Files.copy(stream, file);
        }
        return ColorImage.read(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cmyk_adobe", "ycck_adobe", "cmyk_plain"})
    void inkBecomesTheLightThatPillowSees(String name) throws IOException {
        ColorImage actual = read(name + ".jpg");
        ColorImage expected = read(name + ".png");
        assertEquals(expected.width(), actual.width());
        assertEquals(expected.height(), actual.height());
        for (int i = 0; i < expected.rgb().length; i++) {
            assertEquals(expected.rgb()[i] & 0xFF, actual.rgb()[i] & 0xFF, TOLERANCE, "byte " + i);
        }
    }
}
