package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that is cut off anywhere is refused, or still whole: never a picture, or labels, with a part made up. */
final class TruncatedImagesTest {
    @TempDir
    private Path folder;

    private static BufferedImage noise(int type, int width, int height) {
        var image = new BufferedImage(width, height, type);
        var random = new Random(5);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                // Some runs, for formats that know them.
                image.setRGB(
                        x, y, x % 5 == 0 || x == 0 ? 0xFF000000 | random.nextInt(1 << 24) : image.getRGB(x - 1, y));
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, String format, String compression) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName(format).next();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            var options = writer.getDefaultWriteParam();
            if (compression.equals("progressive")) {
                options.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            } else if (!compression.isEmpty()) {
                options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                options.setCompressionType(compression);
            }
            writer.write(null, new IIOImage(image, null, null), options);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    static Stream<Arguments> files() throws IOException {
        BufferedImage color = noise(BufferedImage.TYPE_3BYTE_BGR, 23, 17);
        BufferedImage indexed = noise(BufferedImage.TYPE_BYTE_INDEXED, 23, 17);
        return Stream.of(
                argumentSet("png", encode(color, "png", "")),
                argumentSet("palette png", encode(indexed, "png", "")),
                argumentSet("jpeg", encode(color, "jpg", "")),
                argumentSet("progressive jpeg", encode(color, "jpg", "progressive")),
                argumentSet("bmp", encode(color, "bmp", "")),
                argumentSet("palette bmp", encode(indexed, "bmp", "")),
                argumentSet("bmp of runs", encode(indexed, "bmp", "BI_RLE8")),
                argumentSet("gif", encode(indexed, "gif", "")),
                argumentSet(
                        "gif of one colour",
                        encode(new BufferedImage(300, 200, BufferedImage.TYPE_BYTE_INDEXED), "gif", "")),
                argumentSet("large gif", encode(noise(BufferedImage.TYPE_BYTE_INDEXED, 150, 110), "gif", "")),
                argumentSet("tiff", encode(color, "tiff", "")),
                argumentSet("tiff, packed", encode(color, "tiff", "PackBits")),
                argumentSet("tiff, deflated", encode(color, "tiff", "Deflate")));
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefusedOrWhole(byte[] file) throws IOException {
        Path path = folder.resolve("cut");
        Files.write(path, file);
        ColorImage whole = ColorImage.read(path);
        int refused = 0;
        int step = Math.max(1, file.length / 700);
        for (int length = 0; length < file.length; length += step) {
            Files.write(path, Arrays.copyOf(file, length));
            try {
                assertEquals(whole, ColorImage.read(path), "cut to " + length + " of " + file.length);
            } catch (DatasetException e) {
                refused++;
            }
        }
        int asked = Math.ceilDiv(file.length, step);
        assertTrue(refused > asked * 3 / 4, refused + " of " + asked + " refused");
    }

    @ParameterizedTest
    @MethodSource("files")
    void labelsToo(byte[] file) throws IOException {
        Path path = folder.resolve("cut");
        Files.write(path, file);
        LabelMap whole;
        try {
            whole = LabelMap.read(path);
        } catch (DatasetException e) {
            return;
        }
        int step = Math.max(1, file.length / 700);
        for (int length = 0; length < file.length; length += step) {
            Files.write(path, Arrays.copyOf(file, length));
            try {
                assertEquals(whole, LabelMap.read(path), "cut to " + length + " of " + file.length);
            } catch (DatasetException e) {
                assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
            }
        }
    }

    /** A GIF of 4 x 2 pixels in two colours: a screen, perhaps a transparent colour, and a frame of 2 x 1 in its middle. */
    static byte[] gif(boolean transparent, int... codes) {
        var out = new ByteArrayOutputStream();
        out.writeBytes("GIF89a".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        // A table of two colours, 0x102030 and 0x405060; entry 1 is the background.
        write(out, 4, 0, 2, 0, 0x80, 1, 0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60);
        if (transparent) {
            write(out, 0x21, 0xF9, 4, 1, 0, 0, 0, 0);
        }
        write(out, 0x2C, 1, 0, 0, 0, 2, 0, 1, 0, 0, 2, codes.length);
        write(out, codes);
        write(out, 0, 0x3B);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }

    @Test
    void theFreePartOfAGif() throws IOException {
        Path path = folder.resolve("a.gif");
        // Codes of 3 bits: clear (4), 0, 0, end (5); the second of pixel 0 is transparent where anything is.
        Files.write(path, gif(false, 0b00_000_100, 0b0000_101_0));
        ColorImage image = ColorImage.read(path);
        assertArrayEquals(new int[] {0x405060, 0x102030, 0x102030, 0x405060}, row(image, 0));
        assertArrayEquals(new int[] {0x405060, 0x405060, 0x405060, 0x405060}, row(image, 1));
        Files.write(path, gif(true, 0b00_000_100, 0b0000_101_0));
        image = ColorImage.read(path);
        assertArrayEquals(
                new int[] {0xFFFFFF, 0xFFFFFF, 0xFFFFFF, 0xFFFFFF},
                row(image, 1),
                "white, as browsers show it on white");
        assertEquals(new ImageSize(4, 2), ImageSize.of(path));
        Files.write(path, gif(false, 0b00_101_100));
        assertTrue(assertThrows(DatasetException.class, () -> ColorImage.read(path))
                .getMessage()
                .contains("the file ends before the image does"));
    }

    private static int[] row(ColorImage image, int y) {
        return java.util.stream.IntStream.range(0, image.width())
                .map(x -> image.pixel(x, y))
                .toArray();
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(
                argumentSet("PBM", "P1\n2 2\n", "it is PNM"),
                argumentSet("PAM", "P7\nWIDTH 2\n", "it is PNM"),
                argumentSet("BigTIFF", "II+\0\b\0\0\0", "it is BigTIFF"),
                argumentSet("icon", "\0\0\u0001\0\u0001\0", "it is an icon (ICO)"),
                argumentSet("OpenEXR", "v/1\u0001\u0002\0\0\0", "it is OpenEXR"),
                argumentSet("HDR", "#?RADIANCE\n", "it is Radiance HDR"),
                argumentSet("bzip2", "BZh91AY&SY", "it is a bzip2 file"),
                argumentSet("xz", "\u00FD7zXZ\0", "it is an xz file"),
                argumentSet("zstd", "(\u00B5/\u00FD", "it is a zstd file"),
                argumentSet("NumPy", "\u0093NUMPY\u0001\0", "it is a NumPy array"),
                argumentSet("HDF5", "\u0089HDF\r\n\u001A\n", "it is HDF5"),
                argumentSet("raw", "\0\0\0\u0018ftypcrx ", "it is a raw photograph (CR3)"),
                argumentSet(
                        "JPEG-LS",
                        "\u00FF\u00D8\u00FF\u00F7\0\u000B\b\0\u0001\0\u0001\u0001\u0001\u0011\0",
                        "JPEG-LS is not read"));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void otherFormatsAreNamed(String bytes, String message) throws IOException {
        Path path = folder.resolve("other");
        Files.write(path, bytes.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        String said = assertThrows(DatasetException.class, () -> ColorImage.read(path))
                .getMessage();
        assertTrue(said.contains(message), said);
    }

    @Test
    void endlessFilesAreNoImages() {
        Path endless = Path.of("/dev/zero");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(endless), "skipped: no /dev/zero here");
        String said = assertThrows(DatasetException.class, () -> ColorImage.read(endless))
                .getMessage();
        assertTrue(said.contains("is larger than a heap of"), said);
    }
}
