package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The class id of every pixel: {@code labels[y * width + x]}, unsigned. The array is the map itself, not copied.
 */
@SuppressWarnings("ArrayRecordComponent") // the labels themselves; compared by content below
public record LabelMap(int width, int height, byte[] labels) {
    /** Checks that the array has one byte a pixel. */
    public LabelMap {
        if (width < 1 || height < 1) {
            throw new DatasetException("labels: size %d x %d; both must be positive".formatted(width, height));
        }
        if (labels.length != (long) width * height) {
            throw new DatasetException("labels: %d bytes for %d x %d pixels; %d are expected"
                    .formatted(labels.length, width, height, (long) width * height));
        }
    }

    /**
     * Reads an index image: a grey or palette PNG, or a palette BMP. The stored values, of at most 255, are the ids; they never go
     * through a colour conversion. A PNG's EXIF orientation is applied, as {@link ColorImage#read} does.
     *
     * @throws DatasetException naming the file, where it is missing, broken, of another format, or has colour channels
     */
    public static LabelMap read(Path file) {
        return ImageFiles.readLabels(file);
    }

    /**
     * Writes an 8-bit grey PNG whose values are the ids, atomically.
     *
     * @throws java.io.UncheckedIOException naming the file, where it cannot be written
     */
    public void write(Path file) {
        ImageFiles.writeLabels(this, null, file);
    }

    /** Writes a palette PNG whose indices are the ids and whose colours are the classes', atomically. */
    public void write(Path file, ClassSet classes) {
        ImageFiles.writeLabels(this, classes, file);
    }

    /** The id of a pixel, 0..255. */
    public int label(int x, int y) {
        return labels[y * width + x] & 0xFF;
    }

    /**
     * Nearest neighbour with half-pixel centres:
     * {@code out(x, y) = in(floor((x + 1/2) width / newWidth), floor((y + 1/2) height / newHeight))}.
     */
    public LabelMap resizeNearest(int newWidth, int newHeight) {
        return Resampler.nearest(this, newWidth, newHeight);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelMap that
                && width == that.width
                && height == that.height
                && Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "LabelMap[" + width + " x " + height + "]";
    }
}
