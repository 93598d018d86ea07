package io.github.dsrl4j.dsrl.dataset;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An 8-bit RGB image, interleaved: pixel (x, y) is {@code rgb[3 * (y * width + x)]} (red) and the two bytes after it.
 * The array is the image itself, not copied: who shares it, shares the pixels.
 */
@SuppressWarnings("ArrayRecordComponent") // the pixels themselves; compared by content below
public record ColorImage(int width, int height, byte[] rgb) {
    /** Checks that the array has three bytes a pixel. */
    public ColorImage {
        if (width < 1 || height < 1) {
            throw new DatasetException("image: size %d x %d; both must be positive".formatted(width, height));
        }
        if (rgb.length != 3L * width * height) {
            throw new DatasetException("image: %d bytes for %d x %d RGB pixels; %d are expected"
                    .formatted(rgb.length, width, height, 3L * width * height));
        }
    }

    /**
     * Reads a PNG or JPEG file, or a BMP, GIF or TIFF of the usual forms. Grey, palette and 16-bit images become 8-bit RGB, alpha is
     * composited on white, and the EXIF orientation of a JPEG, PNG or TIFF file is applied.
     *
     * @throws DatasetException naming the file, where it is missing, broken, no image, or too large for the heap
     */
    public static ColorImage read(Path file) {
        return ImageFiles.readColor(file);
    }

    /**
     * An image of Java's own, copied: grey, palette, 16-bit and transparent ones become 8-bit RGB as in {@link #read}.
     *
     * @throws DatasetException where it has channels that are no grey or RGB
     */
    public static ColorImage of(BufferedImage image) {
        return ImageFiles.fromBufferedImage(image);
    }

    /** A copy as an image of Java's own. */
    public BufferedImage toBufferedImage() {
        return ImageFiles.toBufferedImage(this);
    }

    /**
     * Writes a PNG file atomically: the file is there complete, or not at all.
     *
     * @throws java.io.UncheckedIOException naming the file, where it cannot be written
     */
    public void write(Path file) {
        ImageFiles.writeColor(this, file);
    }

    /**
     * Resamples with a triangle filter and half-pixel centres: plain bilinear interpolation where the image grows; where
     * it shrinks, the filter widens with the scale, so that every source pixel counts (as Pillow's {@code BILINEAR},
     * bit for bit).
     */
    public ColorImage resizeBilinear(int newWidth, int newHeight) {
        return Resampler.bilinear(this, newWidth, newHeight);
    }

    /**
     * Halves an image of even size by the mean of every 2 x 2 block, rounded half up: bilinear by 1/2 with half-pixel
     * centres. {@link Planar#halvePlanar} does the same without the rounding.
     *
     * @throws DatasetException where width or height is odd
     */
    public ColorImage halve() {
        if (width % 2 != 0 || height % 2 != 0) {
            throw new DatasetException("halve: the image is %d x %d; both must be even".formatted(width, height));
        }
        int row = 3 * width;
        var out = new byte[rgb.length / 4];
        for (int y = 0, to = 0; y < height / 2; y++) {
            for (int x = 0, at = 2 * y * row; x < width / 2; x++, at += 6) {
                for (int c = at; c < at + 3; c++) {
                    int sum = (rgb[c] & 0xFF) + (rgb[c + 3] & 0xFF) + (rgb[c + row] & 0xFF) + (rgb[c + row + 3] & 0xFF);
                    out[to++] = (byte) ((sum + 2) >> 2);
                }
            }
        }
        return new ColorImage(width / 2, height / 2, out);
    }

    /**
     * The image as a network sees it: {@code out[c, y, x] = (rgb / 255 - mean[c]) / std[c]}.
     *
     * @return 3 x height x width floats
     */
    public float[] toPlanar(float[] mean, float[] std) {
        Normalization.check(mean, std);
        int pixels = width * height;
        var out = new float[3 * pixels];
        var table = new float[256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                table[v] = (v / 255f - mean[c]) / std[c];
            }
            for (int i = 0, from = c, to = c * pixels; i < pixels; i++, from += 3) {
                out[to++] = table[rgb[from] & 0xFF];
            }
        }
        return out;
    }

    /** {@link #toPlanar(float[], float[])} with a named normalisation. */
    public float[] toPlanar(Normalization normalization) {
        return toPlanar(normalization.mean(), normalization.std());
    }

    /**
     * The inverse of {@link #toPlanar}: un-normalises, rounds and clamps to 0..255.
     *
     * @param chw 3 x height x width floats
     * @param offset where they begin in {@code chw}
     */
    public static ColorImage fromPlanar(float[] chw, int offset, int width, int height, Normalization normalization) {
        int pixels = Math.multiplyExact(width, height);
        if (offset < 0 || offset + 3L * pixels > chw.length) {
            throw new IllegalArgumentException("image: %d values from %d on for 3 x %d x %d (channels x height x width)"
                    .formatted(chw.length, offset, height, width));
        }
        var mean = normalization.mean();
        var std = normalization.std();
        var rgb = new byte[3 * pixels];
        for (int c = 0; c < 3; c++) {
            for (int i = 0, to = c, from = offset + c * pixels; i < pixels; i++, to += 3) {
                rgb[to] = (byte) Math.clamp(Math.round((chw[from++] * std[c] + mean[c]) * 255f), 0, 255);
            }
        }
        return new ColorImage(width, height, rgb);
    }

    /** The colour of a pixel as {@code 0xRRGGBB}. */
    public int pixel(int x, int y) {
        int at = 3 * (y * width + x);
        return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ColorImage that
                && width == that.width
                && height == that.height
                && Arrays.equals(rgb, that.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "ColorImage[" + width + " x " + height + "]";
    }
}
