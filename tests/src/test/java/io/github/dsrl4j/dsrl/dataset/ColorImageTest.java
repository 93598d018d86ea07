package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading, writing and resampling of images. */
final class ColorImageTest {
    @TempDir
    Path folder;

    @Test
    void writtenImagesComeBack() {
        var image = Pictures.texture(13, 9);
        var file = folder.resolve("a.png");
        image.write(file);
        assertEquals(image, ColorImage.read(file));
        var other = Pictures.texture(9, 13);
        other.write(file);
        assertEquals(other, ColorImage.read(file), "an existing file is replaced");
    }

    @Test
    void nothingIsLeftWhereWritingFails() throws IOException {
        var target = folder.resolve("full");
        Files.createDirectories(target.resolve("occupied"));
        var error = assertThrows(
                UncheckedIOException.class, () -> Pictures.texture(2, 2).write(target));
        assertTrue(error.getMessage().startsWith(target + ": cannot be written"), error.getMessage());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(target), files.toList());
        }
        var lost = folder.resolve("missing").resolve("a.png");
        error = assertThrows(
                UncheckedIOException.class, () -> Pictures.texture(2, 2).write(lost));
        assertTrue(
                error.getMessage().startsWith(lost + ": cannot be written (NoSuchFileException"), error.getMessage());
    }

    /** Forms of PNG, the stored samples of one pixel, and the 8-bit RGB that it must become. */
    static Stream<Arguments> forms() {
        return Stream.of(
                // Java takes grey for linear light; read as a colour, 100 would become 168.
                Arguments.of("grey", components(8, false, 1), new int[] {100}, 0x646464),
                Arguments.of("grey, 16 bits", components(16, false, 1), new int[] {100 * 257 + 128}, 0x646464),
                Arguments.of("grey, 16 bits, rounded", components(16, false, 1), new int[] {100 * 257 + 129}, 0x656565),
                Arguments.of("grey and alpha", components(8, true, 2), new int[] {100, 51}, 0xE0E0E0),
                Arguments.of("RGB", components(8, false, 3), new int[] {1, 128, 255}, 0x0180FF),
                Arguments.of("RGB, 16 bits", components(16, false, 3), new int[] {257, 128 * 257, 65535}, 0x0180FF),
                Arguments.of("RGBA", components(8, true, 4), new int[] {0, 100, 255, 51}, 0xCCE0FF),
                Arguments.of("RGBA, clear", components(8, true, 4), new int[] {9, 9, 9, 0}, 0xFFFFFF),
                Arguments.of("RGBA, 16 bits", components(16, true, 4), new int[] {0, 25700, 65535, 13107}, 0xCCE0FF),
                Arguments.of("palette", palette(8, 0xFF123456), new int[] {1}, 0x123456),
                Arguments.of("palette, 2 bits", palette(2, 0xFF123456), new int[] {1}, 0x123456),
                Arguments.of("palette with alpha", palette(8, 0x330064FF), new int[] {1}, 0xCCE0FF),
                Arguments.of(
                        "black and white",
                        new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_BINARY),
                        new int[] {1},
                        0xFFFFFF));
    }

    private static BufferedImage components(int bits, boolean alpha, int bands) {
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        var space = ColorSpace.getInstance(bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        var model = new ComponentColorModel(
                space, alpha, false, alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
        return new BufferedImage(model, Raster.createInterleavedRaster(type, 3, 2, bands, null), false, null);
    }

    private static BufferedImage palette(int bits, int color) {
        int[] colors = {0xFF000000, color, 0xFFFFFFFF, 0xFF808080};
        int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
        return new BufferedImage(3, 2, type, new IndexColorModel(bits, 4, colors, 0, true, -1, DataBuffer.TYPE_BYTE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void readsForm(String name, BufferedImage form, int[] samples, int expected) throws IOException {
        form.getRaster().setPixel(2, 1, samples);
        var file = folder.resolve("form.png");
        assertTrue(ImageIO.write(form, "png", file.toFile()));
        var image = ColorImage.read(file);
        assertEquals(Integer.toHexString(expected), Integer.toHexString(image.pixel(2, 1)));
        assertEquals(3, image.width());
        assertEquals(2, image.height());
    }

    /** Pixels of a 16 x 8 image, red on its left half, blue on its right, that EXIF's orientation must bring upright. */
    @ParameterizedTest
    @CsvSource({
        "1, 16, 8, left",
        "2, 16, 8, right",
        "3, 16, 8, right",
        "4, 16, 8, left",
        "5, 8, 16, top",
        "6, 8, 16, top",
        "7, 8, 16, bottom",
        "8, 8, 16, bottom",
        "9, 16, 8, left"
    })
    void turnsPhotographsUpright(int orientation, int width, int height, String redSide) throws IOException {
        for (boolean littleEndian : new boolean[] {false, true}) {
            var file = folder.resolve("photo.jpg");
            Files.write(file, withOrientation(twoColors(), orientation, littleEndian));
            var image = ColorImage.read(file);
            assertEquals(width, image.width());
            assertEquals(height, image.height());
            int x = redSide.equals("right") ? width - 2 : 2;
            int y = redSide.equals("bottom") ? height - 2 : 2;
            assertTrue(image.pixel(x, y) >> 16 > 200, () -> Integer.toHexString(image.pixel(x, y)));
            assertTrue((image.pixel(width - 1 - x, height - 1 - y) & 0xFF) > 200);
        }
    }

    private static byte[] twoColors() throws IOException {
        var image = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 128; i++) {
            image.setRGB(i % 16, i / 16, i % 16 < 8 ? 0xFF0000 : 0x0000FF);
        }
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, "jpg", out));
        return out.toByteArray();
    }

    /** Puts an EXIF block with one tag behind the first two bytes of a JPEG. */
    private static byte[] withOrientation(byte[] jpeg, int orientation, boolean littleEndian) {
        var block = java.nio.ByteBuffer.allocate(36);
        block.putShort((short) 0xFFE1).putShort((short) 34).put(new byte[] {'E', 'x', 'i', 'f', 0, 0});
        block.order(littleEndian ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
        block.put(new byte[] {(byte) (littleEndian ? 'I' : 'M'), (byte) (littleEndian ? 'I' : 'M')});
        block.putShort((short) 42).putInt(8).putShort((short) 1);
        block.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.writeBytes(block.array());
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    static Stream<Arguments> broken() throws IOException {
        var png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB), "png", png);
        var jpeg = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(90, 90, BufferedImage.TYPE_INT_RGB), "jpg", jpeg);
        return Stream.of(
                Arguments.of("empty.png", new byte[0], "is no image (the file is empty); PNG or JPEG is expected"),
                Arguments.of("text.png", new byte[] {1, 2, 3}, "is no image (unknown format); PNG or JPEG is expected"),
                Arguments.of(
                        "short.png",
                        Arrays.copyOf(png.toByteArray(), png.size() / 2),
                        "is broken or of an unsupported form (EOFException"),
                Arguments.of(
                        "short.jpg",
                        Arrays.copyOf(jpeg.toByteArray(), jpeg.size() - 40),
                        "is broken (the file ends before the image does)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void brokenFilesAreNamed(String name, byte[] content, String expected) throws IOException {
        var file = folder.resolve(name);
        Files.write(file, content);
        var error = assertThrows(DatasetException.class, () -> ColorImage.read(file));
        assertTrue(error.getMessage().startsWith(file + ": " + expected), error.getMessage());
    }

    @Test
    void missingFilesAreNamed() {
        var file = folder.resolve("none.png");
        var error = assertThrows(DatasetException.class, () -> ColorImage.read(file));
        assertEquals(file + ": no such image file", error.getMessage());
        error = assertThrows(DatasetException.class, () -> ColorImage.read(folder));
        assertTrue(error.getMessage().startsWith(folder + ": cannot be read"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0", "1, -1, 3", "2, 2, 11"})
    void sizesAreChecked(int width, int height, int bytes) {
        assertThrows(DatasetException.class, () -> new ColorImage(width, height, new byte[bytes]));
    }

    /** Made with Pillow 12.3: {@code Image.resize(size, Image.BILINEAR)} of the same 13 x 9 texture. */
    @ParameterizedTest
    @CsvSource({
        "5, 4, 3fd73e0120d2c320",
        "26, 18, 1cb41765795626ff",
        "13, 3, a2a38925a3808000",
        "7, 20, e4e139d2c045e26a",
        "1, 1, d889b77c007a5990"
    })
    void resizesAsPillowDoes(int width, int height, String hash) {
        var resized = Pictures.texture(13, 9).resizeBilinear(width, height);
        assertEquals(hash, Pictures.sha256(resized.rgb()).substring(0, 16));
    }

    @Test
    void resizingKeepsFlatColoursAndTheOwnSize() {
        var rgb = new byte[3 * 70 * 50];
        Arrays.fill(rgb, (byte) 255);
        var white = new ColorImage(70, 50, rgb);
        for (int side : new int[] {1, 3, 49, 71, 200}) {
            for (byte value : white.resizeBilinear(side, side).rgb()) {
                assertEquals((byte) 255, value);
            }
        }
        var image = Pictures.texture(13, 9);
        assertEquals(image, image.resizeBilinear(13, 9));
        var error = assertThrows(DatasetException.class, () -> image.resizeBilinear(0, 5));
        assertEquals("resizeBilinear: the new size is 0 x 5; both must be positive", error.getMessage());
    }

    @Test
    void halvingIsTheMeanOfFourRounded() {
        byte[] rgb = {0, 10, (byte) 255, 1, 11, (byte) 255, 1, 12, (byte) 255, 0, 13, (byte) 254};
        assertArrayEquals(
                new byte[] {1, 12, (byte) 255},
                new ColorImage(2, 2, rgb).halve().rgb());
        var error = assertThrows(
                DatasetException.class, () -> Pictures.texture(4, 3).halve());
        assertEquals("halve: the image is 4 x 3; both must be even", error.getMessage());
    }

    @Test
    void planarHalvingIsTheSameWithoutRounding() {
        var image = Pictures.texture(10, 6);
        float[] mean = {0, 0, 0};
        float[] unit = {1 / 255f, 1 / 255f, 1 / 255f};
        var half = Planar.halvePlanar(image.toPlanar(mean, unit), 3, 6, 10);
        var rounded = image.halve();
        assertEquals(3 * 5 * 3, half.length);
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 15; i++) {
                // Half a step by the rounding, and float32's own error of values up to 255.
                assertEquals(rounded.rgb()[3 * i + c] & 0xFF, half[15 * c + i], 0.5 + 1e-4);
            }
        }
        var error = assertThrows(IllegalArgumentException.class, () -> Planar.halvePlanar(new float[15], 1, 3, 5));
        assertEquals("halve: the image is 5 x 3 (width x height); both must be even", error.getMessage());
        error = assertThrows(IllegalArgumentException.class, () -> Planar.halvePlanar(new float[15], 1, 4, 4));
        assertEquals("halve: 15 values for 1 channels of 4 x 4; 16 are expected", error.getMessage());
    }

    @Test
    void normalisesPlaneByPlaneAndBack() {
        var image = Pictures.texture(7, 5);
        var planar = image.toPlanar(Normalization.IMAGENET);
        double green = ((image.pixel(3, 2) >> 8 & 0xFF) / 255.0 - 0.456) / 0.224;
        assertEquals(green, planar[35 + 2 * 7 + 3], 1e-6);
        var shifted = new float[planar.length + 4];
        System.arraycopy(planar, 0, shifted, 4, planar.length);
        assertEquals(image, ColorImage.fromPlanar(shifted, 4, 7, 5, Normalization.IMAGENET));
        var wild = ColorImage.fromPlanar(new float[] {-99, 99, 0}, 0, 1, 1, Normalization.IMAGENET);
        assertEquals(0x00FF68, wild.pixel(0, 0), "values outside are clamped; 0 is the mean");
        assertThrows(
                IllegalArgumentException.class, () -> ColorImage.fromPlanar(planar, 1, 7, 5, Normalization.IMAGENET));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN})
    void standardDeviationsMustBePositive(float bad) {
        var error = assertThrows(
                IllegalArgumentException.class, () -> new Normalization(new float[3], new float[] {1, bad, 1}));
        assertEquals("normalisation: std[1] is " + bad + "; it must be positive", error.getMessage());
    }

    @Test
    void normalisationCannotBeChangedFromOutside() {
        Normalization.IMAGENET.mean()[0] = 9;
        assertEquals(0.485f, Normalization.IMAGENET.mean()[0]);
        assertEquals(0x7C7468, Normalization.IMAGENET.meanColor());
    }

    @Test
    void imagesAreEqualByContent() {
        assertEquals(Pictures.texture(4, 3), Pictures.texture(4, 3));
        assertEquals(Pictures.texture(4, 3).hashCode(), Pictures.texture(4, 3).hashCode());
        assertNotEquals(Pictures.texture(4, 3), Pictures.texture(3, 4));
        assertEquals("ColorImage[4 x 3]", Pictures.texture(4, 3).toString());
    }
}
