package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.Failures;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Supplier;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Image files to arrays and back. Samples are read from the raster: {@code BufferedImage.getRGB} would take grey values
 * for linear light and brighten them, and would map palette indices to colours.
 */
final class ImageFiles {
    private ImageFiles() {}

    static ColorImage readColor(Path file) {
        byte[] bytes = bytes(file, "image");
        return documented(file, () -> readColor(bytes, file));
    }

    /** Damaged files lead decoders, and what follows them, out of all bounds. */
    private static <T> T documented(Path file, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (DatasetException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new DatasetException("%s: is broken or of an unsupported form (%s)".formatted(file, reason(e)), e);
        } catch (OutOfMemoryError e) {
            // A few damaged bytes can claim any size.
            throw new DatasetException(
                    "%s: claims a size that does not fit into a heap of %d MiB; it is broken, or give more with -Xmx"
                            .formatted(file, Runtime.getRuntime().maxMemory() >> 20),
                    e);
        }
    }

    private static ColorImage readColor(byte[] bytes, Path file) {
        if (JpegFile.is(bytes)) {
            return Exif.ofJpeg(bytes).apply(readJpeg(JpegFile.of(bytes), file));
        }
        if (PngFile.is(bytes)) {
            PngFile png = PngFile.of(bytes, true);
            BufferedImage image = decode(png.pixels(), file, reader -> reader.read(0));
            return png.orientation().apply(colors(image, png.transparent(), file));
        }
        if (TiffFile.is(bytes)) {
            refuse(file, TiffFile.refusal(bytes));
            return Exif.inTiff(bytes, 0).orElse(Exif.Orientation.UPRIGHT).apply(readOther(bytes, file));
        }
        if (GifFile.is(bytes)) {
            ColorImage frame = readOther(bytes, file);
            requireSound(file, GifFile.damage(bytes));
            return GifFile.onScreen(bytes, frame);
        }
        requireSound(file, BmpFile.damage(bytes));
        return readOther(bytes, file);
    }

    private static void refuse(Path file, String reason) {
        if (reason != null) {
            throw new DatasetException("%s: %s; save it as PNG or JPEG".formatted(file, reason));
        }
    }

    private static void requireSound(Path file, String damage) {
        if (damage != null) {
            throw new DatasetException("%s: is broken (%s)".formatted(file, damage));
        }
    }

    private static ColorImage readJpeg(JpegFile jpeg, Path file) {
        refuse(file, jpeg.refusal());
        requireSound(file, jpeg.ends() ? null : "the file ends before the image does");
        byte[] bytes = jpeg.normalised();
        if (jpeg.channels() == 4) {
            var samples = decode(bytes, file, reader -> reader.readRaster(0, null));
            return new ColorImage(samples.getWidth(), samples.getHeight(), CmykJpeg.toRgb(jpeg, samples));
        }
        return readOther(bytes, file);
    }

    private static ColorImage readOther(byte[] bytes, Path file) {
        return colors(decode(bytes, file, reader -> reader.read(0)), null, file);
    }

    /** @param transparent the stored samples of the colour that is transparent, or null */
    private static ColorImage colors(BufferedImage image, int[] transparent, Path file) {
        byte[] rgb = toRgb(image.isAlphaPremultiplied() ? converted(image) : image, file.toString());
        if (transparent != null && image.getRaster().getNumBands() == transparent.length) {
            whiten(image.getRaster(), transparent, rgb);
        }
        return new ColorImage(image.getWidth(), image.getHeight(), rgb);
    }

    /** What is transparent shows the white behind it. */
    private static void whiten(Raster raster, int[] transparent, byte[] rgb) {
        int bands = transparent.length;
        var row = new int[bands * raster.getWidth()];
        for (int y = 0, to = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int at = 0; at < row.length; at += bands, to += 3) {
                if (Arrays.equals(row, at, at + bands, transparent, 0, bands)) {
                    Arrays.fill(rgb, to, to + 3, (byte) 255);
                }
            }
        }
    }

    static LabelMap readLabels(Path file) {
        byte[] bytes = bytes(file, "label map");
        return documented(file, () -> readLabels(bytes, file));
    }

    private static LabelMap readLabels(byte[] bytes, Path file) {
        PngFile png = PngFile.is(bytes) ? PngFile.of(bytes, false) : null;
        boolean bmp = BmpFile.is(bytes);
        requireSound(file, BmpFile.damage(bytes));
        var raster = decode(png == null ? bytes : png.pixels(), file, reader -> reader.read(0))
                .getRaster();
        if (png == null && !bmp) {
            throw new DatasetException(
                    "%s: a label map must be a PNG, or a BMP with a palette: JPEG does not keep class ids exact, and others are not read as ids"
                            .formatted(file));
        }
        if (raster.getNumBands() != 1) {
            throw new DatasetException(
                    "%s: a label map must be a grey or palette PNG that stores class ids; this one has %d channels (is it a colour rendering?)"
                            .formatted(file, raster.getNumBands()));
        }
        int width = raster.getWidth();
        int height = raster.getHeight();
        var labels = new byte[width * height];
        var row = new int[width];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                if (row[x] > 255) {
                    throw new DatasetException(
                            "%s: label %d at pixel (x %d, y %d) does not fit 8 bits".formatted(file, row[x], x, y));
                }
                labels[to++] = (byte) row[x];
            }
        }
        var map = new LabelMap(width, height, labels);
        return png == null ? map : png.orientation().apply(map);
    }

    static void writeColor(ColorImage image, Path file) {
        writePng(toBufferedImage(image), file);
    }

    static BufferedImage toBufferedImage(ColorImage image) {
        var target = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        var samples = new int[3 * image.width()];
        for (int y = 0, from = 0; y < image.height(); y++) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = image.rgb()[from++] & 0xFF;
            }
            target.getRaster().setPixels(0, y, image.width(), 1, samples);
        }
        return target;
    }

    static ColorImage fromBufferedImage(BufferedImage image) {
        requireSmallSamples(image.getRaster(), "image");
        var space = image.getColorModel().getColorSpace();
        // Grey is taken as stored, since Java holds it for linear light; four inks are refused below.
        boolean otherColors =
                !space.isCS_sRGB() && space.getType() != ColorSpace.TYPE_GRAY && space.getNumComponents() == 3;
        boolean plain = !otherColors && !image.isAlphaPremultiplied();
        return new ColorImage(image.getWidth(), image.getHeight(), toRgb(plain ? image : converted(image), "image"));
    }

    /** Other colours than the usual ones (sRGB), or such as were multiplied by alpha, are brought to the usual form first. */
    private static BufferedImage converted(BufferedImage image) {
        var usual = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        var row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            usual.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return usual;
    }

    static void writeLabels(LabelMap map, ClassSet classes, Path file) {
        var target = classes == null
                ? new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_GRAY)
                : new BufferedImage(
                        map.width(),
                        map.height(),
                        BufferedImage.TYPE_BYTE_INDEXED,
                        new IndexColorModel(8, 256, classes.palette(), 0, false, -1, DataBuffer.TYPE_BYTE));
        target.getRaster().setDataElements(0, 0, map.width(), map.height(), map.labels());
        writePng(target, file);
    }

    private static byte[] bytes(Path file, String what) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new DatasetException("%s: no such %s file".formatted(file, what), e);
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be read (%s)".formatted(file, Failures.reason(e)), e);
        } catch (OutOfMemoryError e) {
            throw new DatasetException(
                    "%s: is larger than a heap of %d MiB holds; it is no %s, or give more with -Xmx"
                            .formatted(file, Runtime.getRuntime().maxMemory() >> 20, what),
                    e);
        }
    }

    /** What is taken from a file that is open. */
    private interface Decoder<T> {
        T decode(ImageReader reader) throws IOException;
    }

    /** Decodes from memory: ImageIO's own entry points may go through a temporary file on disk. */
    private static <T> T decode(byte[] bytes, Path file, Decoder<T> decoder) {
        ImageReader reader = null;
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            var readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new DatasetException(
                        "%s: is no image (%s); PNG or JPEG is expected".formatted(file, UnknownFormat.describe(bytes)));
            }
            reader = readers.next();
            reader.setInput(stream, true, true);
            var warnings = new ArrayList<String>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (3 * pixels > Integer.MAX_VALUE - 8) {
                throw new DatasetException("%s: %d x %d pixels are too many for one array"
                        .formatted(file, reader.getWidth(0), reader.getHeight(0)));
            }
            T image = decoder.decode(reader);
            // A JPEG that ends in the middle is only worth a warning to ImageIO; the rest would be grey.
            if (warnings.stream().anyMatch(warning -> warning.contains("premature end"))) {
                throw new DatasetException("%s: is broken (the file ends before the image does)".formatted(file));
            }
            return image;
        } catch (IOException | RuntimeException e) {
            if (e instanceof DatasetException known) {
                throw known;
            }
            throw new DatasetException("%s: is broken or of an unsupported form (%s)".formatted(file, reason(e)), e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    /** @param source what messages shall call the image */
    private static byte[] toRgb(BufferedImage image, String source) {
        var raster = image.getRaster();
        requireSmallSamples(raster, source);
        int bands = raster.getNumBands();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return paletteToRgb(raster, palette);
        }
        if (bands < 1 || bands > 4) {
            throw new DatasetException("%s: has %d channels; save it as grey or RGB".formatted(source, bands));
        }
        var alphaBand = bands == 2 || bands == 4;
        if (alphaBand != image.getColorModel().hasAlpha()) {
            throw new DatasetException("%s: has %d channels %s alpha (CMYK?); save it as grey or RGB"
                    .formatted(source, bands, alphaBand ? "without" : "with"));
        }
        return bandsToRgb(raster, bands);
    }

    /** Whole numbers of up to 16 bits have a largest value, which is white; others have none that all agree on. */
    private static void requireSmallSamples(Raster raster, String source) {
        int type = raster.getDataBuffer().getDataType();
        boolean whole = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT || type == DataBuffer.TYPE_INT;
        if (!whole
                || Arrays.stream(raster.getSampleModel().getSampleSize()).max().orElse(0) > 16) {
            throw new DatasetException(
                    "%s: has samples of 32 bits or floating point; save it with 8 or 16 bits per channel"
                            .formatted(source));
        }
    }

    private static byte[] bandsToRgb(Raster raster, int bands) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        var most = new int[bands];
        for (int band = 0; band < bands; band++) {
            most[band] = (1 << raster.getSampleModel().getSampleSize(band)) - 1;
        }
        boolean grey = bands < 3;
        boolean alpha = bands % 2 == 0;
        var rgb = new byte[3 * width * height];
        var row = new int[bands * width];
        for (int y = 0, to = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0, at = 0; x < width; x++, at += bands) {
                for (int c = 0; c < 3; c++) {
                    int band = grey ? 0 : c;
                    rgb[to++] = alpha
                            ? onWhite(row[at + band], most[band], row[at + bands - 1], most[bands - 1])
                            : onWhite(row[at + band], most[band], 1, 1);
                }
            }
        }
        return rgb;
    }

    private static byte[] paletteToRgb(Raster raster, IndexColorModel palette) {
        int width = raster.getWidth();
        var colors = new int[palette.getMapSize()];
        palette.getRGBs(colors);
        var rgb = new byte[3 * width * raster.getHeight()];
        var row = new int[width];
        for (int y = 0, to = 0; y < raster.getHeight(); y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                // As Java shows it, what lies beyond the palette is transparent.
                int color = row[x] < colors.length ? colors[row[x]] : 0;
                rgb[to++] = onWhite(color >> 16 & 0xFF, 255, color >>> 24, 255);
                rgb[to++] = onWhite(color >> 8 & 0xFF, 255, color >>> 24, 255);
                rgb[to++] = onWhite(color & 0xFF, 255, color >>> 24, 255);
            }
        }
        return rgb;
    }

    /** {@code round(255 (v o + 1 - o))} with v and o as shares of the largest value and opacity. */
    private static byte onWhite(int value, int most, int opacity, int opaque) {
        if (opacity == opaque) {
            return (byte) (most == 255 ? value : (value * 255L + most / 2) / most);
        }
        long scale = (long) most * opaque;
        return (byte) ((255L * ((long) value * opacity + (long) most * (opaque - opacity)) + scale / 2) / scale);
    }

    private static void writePng(BufferedImage image, Path file) {
        var encoded = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(encoded)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IllegalStateException("this Java runtime has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s: cannot be encoded as PNG (%s)".formatted(file, reason(e)), e);
        }
        writeAtomically(encoded.toByteArray(), file);
    }

    /** A reader sees the old file or the whole new one: the bytes go to a neighbour that is then renamed. */
    private static void writeAtomically(byte[] bytes, Path file) {
        var target = file.toAbsolutePath();
        var part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.write(part, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException ignored) {
                e.addSuppressed(ignored);
            }
            throw new UncheckedIOException("%s: cannot be written (%s)".formatted(file, reason(e)), e);
        }
    }

    private static String reason(Exception e) {
        // ImageIO wraps the useful message once or twice: "Error reading PNG image data" says nothing.
        Throwable deepest = e;
        while (deepest instanceof IIOException && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        var message = deepest.getMessage();
        var type = deepest.getClass().getSimpleName();
        return message == null || message.isBlank() ? type : type + ": " + message;
    }
}
