package io.github.dsrl4j.dsrl.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Image files as strangers write them: read right, or refused with a reason. */
final class ImageFormsTest {
    private static final int WIDTH = 24;
    private static final int HEIGHT = 16;

    @TempDir
    private Path folder;

    // --- JPEG ---

    /** A smooth picture, so that compression changes it little. */
    private static BufferedImage picture() {
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                image.setRGB(x, y, (4 * x + 80) << 16 | (6 * y + 20) << 8 | (200 - 3 * x));
            }
        }
        return image;
    }

    static byte[] jpeg() throws IOException {
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(picture(), "jpg", out));
        return out.toByteArray();
    }

    /** The file without its application segments, and with others behind its beginning. */
    static byte[] withSegments(byte[] jpeg, byte[]... segments) {
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        for (byte[] segment : segments) {
            out.writeBytes(segment);
        }
        int at = 2;
        while ((jpeg[at + 1] & 0xF0) == 0xE0) {
            at += 2 + (((jpeg[at + 2] & 0xFF) << 8) | (jpeg[at + 3] & 0xFF));
        }
        out.write(jpeg, at, jpeg.length - at);
        return out.toByteArray();
    }

    private static byte[] segment(int code, byte[] contents) {
        return ByteBuffer.allocate(contents.length + 4)
                .put((byte) 0xFF)
                .put((byte) code)
                .putShort((short) (contents.length + 2))
                .put(contents)
                .array();
    }

    private static byte[] jfif() {
        return segment(0xE0, new byte[] {'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});
    }

    static byte[] adobe(int transform) {
        return segment(0xEE, new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform});
    }

    private static byte[] icc(int number, int of) {
        byte[] name = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);
        return segment(
                0xE2,
                ByteBuffer.allocate(name.length + 6)
                        .put(name)
                        .put((byte) number)
                        .put((byte) of)
                        .putInt(42)
                        .array());
    }

    /** Exif with one entry, the orientation. */
    static byte[] tiff(ByteOrder order, int type, int value) {
        var data = ByteBuffer.allocate(26).order(order);
        data.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.ISO_8859_1));
        data.putShort((short) 42).putInt(8).putShort((short) 1);
        data.putShort((short) 0x0112).putShort((short) type).putInt(1);
        switch (type) {
            case 1 -> data.put((byte) value);
            case 3 -> data.putShort((short) value);
            default -> data.putInt(value);
        }
        return data.array();
    }

    static byte[] exif(byte[] tiff) {
        return segment(
                0xE1,
                ByteBuffer.allocate(tiff.length + 6)
                        .put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1))
                        .put(tiff)
                        .array());
    }

    private static byte[] withIds(byte[] jpeg, int... ids) {
        byte[] copy = jpeg.clone();
        for (int at = 2; at < copy.length - 10; at += 2 + (((copy[at + 2] & 0xFF) << 8) | (copy[at + 3] & 0xFF))) {
            boolean frame = (copy[at + 1] & 0xFF) == 0xC0;
            boolean scan = (copy[at + 1] & 0xFF) == 0xDA;
            for (int i = 0; (frame || scan) && i < ids.length; i++) {
                copy[frame ? at + 10 + 3 * i : at + 5 + 2 * i] = (byte) ids[i];
            }
            if (scan) {
                break;
            }
        }
        return copy;
    }

    private ColorImage read(byte[] file, String name) throws IOException {
        return ColorImage.read(Files.write(folder.resolve(name), file));
    }

    private static void assertClose(ColorImage expected, ColorImage actual) {
        assertEquals(expected.width(), actual.width());
        assertEquals(expected.height(), actual.height());
        for (int i = 0; i < expected.rgb().length; i++) {
            int difference = Math.abs((expected.rgb()[i] & 0xFF) - (actual.rgb()[i] & 0xFF));
            assertTrue(difference <= 12, "sample " + i + " differs by " + difference);
        }
    }

    @Test
    void everyWayToMarkColoursGivesThePicture() throws IOException {
        ColorImage expected = ColorImage.of(picture());
        byte[] plain = withSegments(jpeg());
        assertClose(expected, read(jpeg(), "jfif.jpg"));
        assertClose(expected, read(plain, "unmarked.jpg"));
        assertClose(expected, read(withIds(plain, 0, 1, 2), "ids012.jpg"));
        assertClose(expected, read(withIds(plain, 7, 9, 200), "odd-ids.jpg"));
        assertClose(expected, read(withSegments(jpeg(), adobe(1)), "adobe1.jpg"));
        assertClose(expected, read(withSegments(jpeg(), jfif(), adobe(0)), "jfif-adobe.jpg"));
        assertClose(expected, read(withSegments(jpeg(), adobe(0), jfif()), "adobe-jfif.jpg"));
        assertClose(expected, read(withSegments(jpeg(), jfif(), icc(1, 3), icc(2, 2), icc(1, 2)), "icc.jpg"));
        assertClose(expected, read(withSegments(jpeg(), new byte[] {-1, -1, -1}, jfif()), "fill.jpg"));
    }

    @Test
    void channelsCalledRgbOrMarkedByAdobeAreNotTransformed() throws IOException {
        byte[] plain = withSegments(jpeg());
        ColorImage transformed = read(plain, "plain.jpg");
        for (byte[] file : new byte[][] {withIds(plain, 'R', 'G', 'B'), withSegments(jpeg(), adobe(0))}) {
            ColorImage stored = read(file, "rgb.jpg");
            int y = stored.rgb()[0] & 0xFF;
            int blue = stored.rgb()[1] & 0xFF;
            int red = stored.rgb()[2] & 0xFF;
            assertEquals(y + 1.402 * (red - 128), transformed.rgb()[0] & 0xFF, 3);
            assertEquals(y + 1.772 * (blue - 128), transformed.rgb()[2] & 0xFF, 3);
        }
    }

    @Test
    void aFrameOfAVideoHasTheStandardTables() throws IOException {
        byte[] whole = withSegments(jpeg());
        var out = new ByteArrayOutputStream();
        out.write(whole, 0, 2);
        int at = 2;
        while ((whole[at + 1] & 0xFF) != 0xDA) {
            int length = 2 + (((whole[at + 2] & 0xFF) << 8) | (whole[at + 3] & 0xFF));
            if ((whole[at + 1] & 0xFF) != 0xC4) {
                out.write(whole, at, length);
            }
            at += length;
        }
        out.write(whole, at, whole.length - at);
        assertEquals(read(whole, "whole.jpg"), read(out.toByteArray(), "tables.jpg"));
    }

    @Test
    void onlySomeTablesMayBeLeftOut() throws IOException {
        byte[] whole = withSegments(jpeg());
        var out = new ByteArrayOutputStream();
        out.write(whole, 0, 2);
        int at = 2;
        int left = 0;
        while ((whole[at + 1] & 0xFF) != 0xDA) {
            int length = 2 + (((whole[at + 2] & 0xFF) << 8) | (whole[at + 3] & 0xFF));
            if ((whole[at + 1] & 0xFF) == 0xC4) {
                // The first two tables, of luminance, are taken out of their segment or segments.
                for (int table = at + 4; table < at + length; ) {
                    int values = 0;
                    for (int i = 1; i <= 16; i++) {
                        values += whole[table + i] & 0xFF;
                    }
                    byte[] contents = Arrays.copyOfRange(whole, table, table + 17 + values);
                    if ((contents[0] & 0x0F) == 0) {
                        left++;
                    } else {
                        out.writeBytes(segment(0xC4, contents));
                    }
                    table += 17 + values;
                }
            } else {
                out.write(whole, at, length);
            }
            at += length;
        }
        out.write(whole, at, whole.length - at);
        assertEquals(2, left);
        assertEquals(read(whole, "whole.jpg"), read(out.toByteArray(), "some.jpg"));
    }

    @Test
    void aPictureOfSeveralScansIsWholeOrRefused() throws IOException {
        var writer = ImageIO.getImageWritersByFormatName("jpg").next();
        var parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        var out = new ByteArrayOutputStream();
        try (var stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(picture(), null, null), parameters);
        }
        byte[] whole = out.toByteArray();
        assertClose(ColorImage.of(picture()), read(whole, "progressive.jpg"));
        int scans = 0;
        for (int at = 2; at < whole.length - 1; at++) {
            if ((whole[at] & 0xFF) == 0xFF && (whole[at + 1] & 0xFF) == 0xDA && scans++ > 0) {
                byte[] cut = Arrays.copyOf(whole, at);
                String message = assertThrows(DatasetException.class, () -> read(cut, "cut.jpg"))
                        .getMessage();
                assertTrue(message.contains("the file ends before the image does"), message);
            }
        }
        assertTrue(scans > 3, scans + " scans");
    }

    static Stream<Arguments> orientations() {
        return Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)
                .flatMap(order -> Stream.of(1, 3, 4).map(type -> arguments(order, type)));
    }

    @ParameterizedTest
    @MethodSource("orientations")
    void exifTurnsJpegAndPngAlike(ByteOrder order, int type) throws IOException {
        for (int value = 1; value <= 8; value++) {
            byte[] tiff = tiff(order, type, value);
            ColorImage jpeg = read(
                    withSegments(jpeg(), new byte[] {-1, -1}, jfif(), segment(0xFE, new byte[3]), exif(tiff)), "e.jpg");
            assertEquals(value > 4 ? HEIGHT : WIDTH, jpeg.width(), "orientation " + value);
            ColorImage png = read(png(2, 8, pixels(3), chunk("eXIf", tiff)), "e.png");
            byte[] grey = png(0, 8, pixels(1), chunk("eXIf", tiff));
            LabelMap labels = LabelMap.read(Files.write(folder.resolve("l.png"), grey));
            ColorImage sameAsImage = read(grey, "l.png");
            for (int i = 0; i < labels.labels().length; i++) {
                assertEquals(sameAsImage.rgb()[3 * i], labels.labels()[i], "a label map is turned as its image");
            }
            assertEquals(sameAsImage.width(), labels.width());
            assertEquals(value > 4 ? HEIGHT : WIDTH, png.width(), "orientation " + value);
            int corner = switch (value) {
                case 1, 5 -> 0;
                case 2, 6 -> value == 2 ? WIDTH - 1 : (HEIGHT - 1) * WIDTH;
                case 3, 7 -> HEIGHT * WIDTH - 1;
                default -> value == 4 ? (HEIGHT - 1) * WIDTH : WIDTH - 1;
            };
            byte[] stored = pixels(3);
            assertArrayEquals(
                    Arrays.copyOfRange(stored, 3 * corner, 3 * corner + 3),
                    Arrays.copyOf(png.rgb(), 3),
                    "the upper left pixel of orientation " + value);
        }
        for (int nonsense : new int[] {0, 9, 200}) {
            assertEquals(
                    WIDTH,
                    read(withSegments(jpeg(), exif(tiff(order, type, nonsense))), "n.jpg")
                            .width());
        }
    }

    // --- PNG ---

    static byte[] pixels(int bytesPerPixel) {
        var pixels = new byte[bytesPerPixel * WIDTH * HEIGHT];
        new Random(3).nextBytes(pixels);
        return pixels;
    }

    static byte[] chunk(String type, byte... data) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data);
        return ByteBuffer.allocate(data.length + 12)
                .putInt(data.length)
                .put(name)
                .put(data)
                .putInt((int) crc.getValue())
                .array();
    }

    /** @param rows the packed bytes of all rows, without filters */
    static byte[] png(int colorType, int depth, byte[] rows, byte[]... before) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        out.writeBytes(chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(WIDTH)
                        .putInt(HEIGHT)
                        .put((byte) depth)
                        .put((byte) colorType)
                        .array()));
        for (byte[] chunk : before) {
            out.writeBytes(chunk);
        }
        var packed = new ByteArrayOutputStream();
        int stride = rows.length / HEIGHT;
        try (var deflater = new DeflaterOutputStream(packed)) {
            for (int y = 0; y < HEIGHT; y++) {
                deflater.write(0);
                deflater.write(rows, y * stride, stride);
            }
        }
        out.writeBytes(chunk("IDAT", packed.toByteArray()));
        out.writeBytes(chunk("IEND"));
        return out.toByteArray();
    }

    @Test
    void aTransparentColourOfAnyTypeIsWhiteAndLeavesLabelsAlone() throws IOException {
        for (int depth : new int[] {1, 2, 4, 8}) {
            byte[] rows = new byte[WIDTH * depth / 8 * HEIGHT];
            new Random(depth).nextBytes(rows);
            byte[] marked = png(0, depth, rows, chunk("tRNS", (byte) 0, (byte) 1));
            LabelMap plain = LabelMap.read(Files.write(folder.resolve("plain.png"), png(0, depth, rows)));
            assertEquals(plain, LabelMap.read(Files.write(folder.resolve("marked.png"), marked)), depth + " bits");
            ColorImage image = read(marked, "marked.png");
            int white = 0;
            for (int i = 0; i < plain.labels().length; i++) {
                int value = plain.labels()[i] & 0xFF;
                int grey = (value * 255 + ((1 << depth) - 1) / 2) / ((1 << depth) - 1);
                assertEquals(value == 1 ? 255 : grey, image.rgb()[3 * i] & 0xFF, depth + " bits, pixel " + i);
                white += value == 1 ? 1 : 0;
            }
            assertTrue(white > 0, "a pixel is transparent");
        }
        byte[] rgb = pixels(3);
        byte[] key = {0, rgb[0], 0, rgb[1], 0, rgb[2]};
        ColorImage image = read(png(2, 8, rgb, chunk("tRNS", key)), "rgb.png");
        assertArrayEquals(new byte[] {-1, -1, -1}, Arrays.copyOf(image.rgb(), 3));
        assertArrayEquals(Arrays.copyOfRange(rgb, 30, 60), Arrays.copyOfRange(image.rgb(), 30, 60));
    }

    @Test
    void aTransparentColourHasTheBitsOfASampleAndStandsBeforeThePixels() throws IOException {
        byte[] grey = new byte[WIDTH * HEIGHT];
        Arrays.fill(grey, (byte) 5);
        assertEquals(
                255,
                read(png(0, 8, grey, chunk("tRNS", (byte) 1, (byte) 5)), "high.png")
                                .rgb()[0]
                        & 0xFF);
        byte[] plain = png(0, 8, grey);
        byte[] late = Arrays.copyOf(plain, plain.length + 14);
        byte[] key = chunk("tRNS", (byte) 0, (byte) 5);
        System.arraycopy(key, 0, late, plain.length - 12, 14);
        System.arraycopy(chunk("IEND"), 0, late, plain.length + 2, 12);
        assertEquals(5, read(late, "late.png").rgb()[0] & 0xFF);
    }

    @Test
    void aSuggestedPaletteIsNotNeeded() throws IOException {
        byte[] rgb = pixels(3);
        assertEquals(read(png(2, 8, rgb), "a.png"), read(png(2, 8, rgb, chunk("PLTE", new byte[3 * 300])), "b.png"));
    }

    @Test
    void aClaimThatNoHeapHoldsIsTheDocumentedException() throws IOException {
        byte[] file = png(2, 8, pixels(3));
        ByteBuffer.wrap(file).putInt(16, 26_000).putInt(20, 26_000);
        var crc = new CRC32();
        crc.update(file, 12, 17);
        ByteBuffer.wrap(file).putInt(29, (int) crc.getValue());
        Path claims = Files.write(folder.resolve("claims.png"), file);
        String message = assertThrows(DatasetException.class, () -> ColorImage.read(claims))
                .getMessage();
        assertTrue(message.startsWith(claims.toString()), message);
    }

    @Test
    void chunksThatAreBrokenOrNotAllowedAreSkipped() throws IOException {
        byte[] rgba = pixels(4);
        ColorImage expected = read(png(6, 8, rgba), "rgba.png");
        for (byte[] odd : new byte[][] {
            chunk("tRNS", (byte) 0, (byte) 1),
            chunk("iCCP", (byte) 'x'),
            chunk("gAMA", (byte) 1),
            chunk("sBIT"),
            chunk("pHYs", (byte) 3),
            chunk("tEXt"),
            chunk("cICP", (byte) 9),
            chunk("eXIf", (byte) 'I', (byte) 'I')
        }) {
            assertEquals(expected, read(png(6, 8, rgba, odd), "odd.png"));
        }
    }

    @Test
    void aPaletteKeepsItsIdsAndItsTransparency() throws IOException {
        byte[] palette = new byte[3 * 4];
        Arrays.fill(palette, (byte) 40);
        byte[] ids = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % 4);
        }
        byte[] longer = {0, -1, -1, -1, 7, 7, 7};
        byte[] file = png(3, 8, ids, chunk("PLTE", palette), chunk("tRNS", longer));
        assertEquals(new LabelMap(WIDTH, HEIGHT, ids), LabelMap.read(Files.write(folder.resolve("palette.png"), file)));
        ColorImage image = read(file, "palette.png");
        assertEquals(255, image.rgb()[0] & 0xFF, "transparent");
        assertEquals(40, image.rgb()[3] & 0xFF);
    }

    // --- BMP, GIF, TIFF, and pictures in memory ---

    static byte[] bmp16(int red, int green, int blue, int pixel) {
        var file = ByteBuffer.allocate(54 + 12 + 2 * 2 * 2).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(66);
        file.putInt(40)
                .putInt(2)
                .putInt(2)
                .putShort((short) 1)
                .putShort((short) 16)
                .putInt(3);
        file.putInt(8).putInt(0).putInt(0).putInt(0).putInt(0);
        file.putInt(red).putInt(green).putInt(blue);
        for (int i = 0; i < 4; i++) {
            file.putShort((short) pixel);
        }
        return file.array();
    }

    @Test
    void bitmapsOfSixteenBitsHaveTheirColours() throws IOException {
        ColorImage wide = read(bmp16(0xF800, 0x07E0, 0x001F, 31 << 11 | 32 << 5 | 8), "565.bmp");
        assertArrayEquals(
                new int[] {255, Math.round(32 * 255 / 63f), Math.round(8 * 255 / 31f)},
                new int[] {wide.rgb()[0] & 0xFF, wide.rgb()[1] & 0xFF, wide.rgb()[2] & 0xFF});
        ColorImage narrow = read(bmp16(0x7C00, 0x03E0, 0x001F, 31 << 10 | 16 << 5 | 8), "555.bmp");
        assertArrayEquals(
                new int[] {255, Math.round(16 * 255 / 31f), Math.round(8 * 255 / 31f)},
                new int[] {narrow.rgb()[0] & 0xFF, narrow.rgb()[1] & 0xFF, narrow.rgb()[2] & 0xFF});
    }

    @Test
    void aBitmapOfEightBitsIsALabelMap() throws IOException {
        var palette = new BufferedImage(8, 4, BufferedImage.TYPE_BYTE_INDEXED);
        var ids = new byte[32];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % 12);
        }
        palette.getRaster().setDataElements(0, 0, 8, 4, ids);
        Path file = folder.resolve("labels.bmp");
        assertTrue(ImageIO.write(palette, "bmp", file.toFile()));
        assertEquals(new LabelMap(8, 4, ids), LabelMap.read(file));
    }

    @Test
    void aGifIsItsWholeScreen() throws IOException {
        var frame = new BufferedImage(8, 4, BufferedImage.TYPE_BYTE_INDEXED);
        var out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(frame, "gif", out));
        byte[] gif = out.toByteArray();
        ColorImage whole = read(gif, "whole.gif");
        int descriptor = 13 + (3 << ((gif[10] & 7) + 1));
        while (gif[descriptor] != 0x2C) {
            descriptor += 2;
            while (gif[descriptor] != 0) {
                descriptor += 1 + (gif[descriptor] & 0xFF);
            }
            descriptor++;
        }
        gif[6] = 20;
        gif[8] = 10;
        gif[descriptor + 1] = 5;
        gif[descriptor + 3] = 3;
        ColorImage screen = read(gif, "screen.gif");
        assertEquals("20 x 10", screen.width() + " x " + screen.height());
        assertEquals(whole.pixel(0, 0), screen.pixel(5, 3));
        assertEquals(whole.pixel(7, 3), screen.pixel(12, 6));
    }

    @Test
    void tiffIsReadRightOrRefused() throws IOException {
        Path file = folder.resolve("rgb.tif");
        assertTrue(ImageIO.write(picture(), "tif", file.toFile()));
        assertEquals(ColorImage.of(picture()), ColorImage.read(file));
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, 1, DataBuffer.TYPE_FLOAT);
        var real = new BufferedImage(model, model.createCompatibleWritableRaster(4, 4), false, null);
        Path floats = folder.resolve("float.tif");
        assertTrue(ImageIO.write(real, "tif", floats.toFile()));
        String message = assertThrows(DatasetException.class, () -> ColorImage.read(floats))
                .getMessage();
        assertTrue(message.startsWith(floats + ": TIFF ") && message.endsWith("save it as PNG or JPEG"), message);
        assertEquals(
                "image: has samples of 32 bits or floating point; save it with 8 or 16 bits per channel",
                assertThrows(DatasetException.class, () -> ColorImage.of(real)).getMessage());
    }

    @Test
    void channelsOfUnequalDepthAndLinearLight() {
        var narrow = new DirectColorModel(8, 0xE0, 0x1C, 0x03);
        Raster raster = narrow.createCompatibleWritableRaster(1, 1);
        ((java.awt.image.WritableRaster) raster).setPixel(0, 0, new int[] {7, 4, 1});
        ColorImage image =
                ColorImage.of(new BufferedImage(narrow, (java.awt.image.WritableRaster) raster, false, null));
        assertArrayEquals(new byte[] {-1, (byte) 146, 85}, image.rgb());
        var linear = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB), false, false, 1, DataBuffer.TYPE_BYTE);
        var light = new BufferedImage(linear, linear.createCompatibleWritableRaster(1, 1), false, null);
        light.getRaster().setPixel(0, 0, new int[] {55, 55, 55});
        assertEquals(128, ColorImage.of(light).rgb()[0] & 0xFF, 3);
    }

    @Test
    void otherColourSpacesAreConvertedAndOddPalettesAreNoBareException() {
        var xyz = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_CIEXYZ), false, false, 1, DataBuffer.TYPE_BYTE);
        var image = new BufferedImage(xyz, xyz.createCompatibleWritableRaster(1, 1), false, null);
        image.getRaster().setPixel(0, 0, new int[] {60, 70, 30});
        int java = image.getRGB(0, 0);
        assertArrayEquals(
                new byte[] {(byte) (java >> 16), (byte) (java >> 8), (byte) java},
                ColorImage.of(image).rgb());
        var two = new IndexColorModel(8, 2, new byte[] {1, 2}, new byte[] {1, 2}, new byte[] {1, 2});
        var beyond = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_INDEXED, two);
        beyond.getRaster().setSample(0, 0, 0, 200);
        assertArrayEquals(new byte[] {-1, -1, -1}, ColorImage.of(beyond).rgb());
    }

    // --- what is no image here ---

    static Stream<Arguments> unknown() {
        return Stream.of(
                arguments("RIFF\0\0\0\0WEBPVP8 ", "it is WebP"),
                arguments("\0\0\0\u001Cftypavif", "it is AVIF"),
                arguments("\0\0\0\u001Cftypheic", "it is HEIC"),
                arguments("<!DOCTYPE html><html>", "it is a web page"),
                arguments("  <svg xmlns=", "it is SVG"),
                arguments("version https://git-lfs.github.com/spec/v1", "it is a Git LFS pointer and not the image"),
                arguments("%PDF-1.7", "it is PDF"),
                arguments("8BPS\0\u0001", "it is a Photoshop file"),
                arguments("PK\u0003\u0004", "it is a zip file"),
                arguments("nothing at all", "unknown format"));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void otherFormatsAreNamed(String start, String expected) throws IOException {
        Path file = Files.write(folder.resolve("x.png"), start.getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(DatasetException.class, () -> ColorImage.read(file))
                .getMessage();
        assertTrue(message.startsWith(file + ": is no image (" + expected), message);
    }
}
