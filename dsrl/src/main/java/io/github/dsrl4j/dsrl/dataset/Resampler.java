package io.github.dsrl4j.dsrl.dataset;

import java.util.Arrays;

/**
 * Separable resampling of 8-bit images in fixed-point arithmetic, so that every machine gives the same bytes.
 *
 * <p>With scale {@code s = in / out}, support {@code r = max(s, 1)} and centre {@code c(x) = (x + 1/2) s}, the output is
 * {@code sum_i w_i in_i / sum_i w_i} with {@code w_i = max(0, 1 - |i + 1/2 - c(x)| / r)}: bilinear interpolation where
 * the image grows, an area-correct triangle filter where it shrinks. Weights have 22 bits and every pass rounds to 8 bits,
 * as Pillow does. A window of the output can be computed alone; it equals the same window of the whole output.
 */
final class Resampler {
    private static final int PRECISION = 22;
    private static final int HALF = 1 << (PRECISION - 1);

    private Resampler() {}

    /** The weights of a range of outputs along one axis: output {@code i} reads {@code taps[i]} inputs from {@code first[i]}. */
    @SuppressWarnings("ArrayRecordComponent") // tables that only this class sees
    record Axis(int[] first, int[] taps, int[] weights, int stride) {
        /** Output positions {@code from..from+count-1} of {@code in} samples resampled to {@code out}. */
        static Axis of(int in, int out, int from, int count) {
            double scale = (double) in / out;
            double support = Math.max(scale, 1);
            int stride = (int) Math.ceil(support) * 2 + 1;
            var axis = new Axis(new int[count], new int[count], new int[count * stride], stride);
            var exact = new double[stride];
            for (int i = 0; i < count; i++) {
                double centre = (from + i + 0.5) * scale;
                int low = Math.max((int) (centre - support + 0.5), 0);
                int high = Math.min((int) (centre + support + 0.5), in);
                double sum = 0;
                for (int t = 0; t < high - low; t++) {
                    exact[t] = Math.max(0, 1 - Math.abs((t + low - centre + 0.5) / support));
                    sum += exact[t];
                }
                axis.first[i] = low;
                axis.taps[i] = high - low;
                for (int t = 0; t < high - low; t++) {
                    axis.weights[i * stride + t] = (int) (0.5 + exact[t] / sum * (1 << PRECISION));
                }
            }
            return axis;
        }

        /** The same outputs in the opposite order: a mirror image. */
        Axis reversed() {
            int count = first.length;
            var mirror = new Axis(new int[count], new int[count], new int[weights.length], stride);
            for (int i = 0, j = count - 1; i < count; i++, j--) {
                mirror.first[i] = first[j];
                mirror.taps[i] = taps[j];
                System.arraycopy(weights, j * stride, mirror.weights, i * stride, stride);
            }
            return mirror;
        }

        int length() {
            return first.length;
        }
    }

    static ColorImage bilinear(ColorImage image, int newWidth, int newHeight) {
        checkSize("resizeBilinear", newWidth, newHeight);
        if (newWidth == image.width() && newHeight == image.height()) {
            return image;
        }
        var rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(newWidth, newHeight))];
        var columns = Axis.of(image.width(), newWidth, 0, newWidth);
        var rows = Axis.of(image.height(), newHeight, 0, newHeight);
        window(image, columns, rows, rgb, 0, 3 * newWidth);
        return new ColorImage(newWidth, newHeight, rgb);
    }

    /**
     * Resamples the window that two axes describe.
     *
     * @param to receives {@code rows.length()} rows of {@code columns.length()} RGB pixels
     * @param offset where the first pixel goes
     * @param rowStride bytes from one row of {@code to} to the next
     */
    static void window(ColorImage image, Axis columns, Axis rows, byte[] to, int offset, int rowStride) {
        int top = image.height();
        int bottom = 0;
        for (int y = 0; y < rows.length(); y++) {
            top = Math.min(top, rows.first[y]);
            bottom = Math.max(bottom, rows.first[y] + rows.taps[y]);
        }
        int width = 3 * columns.length();
        var squeezed = new byte[(bottom - top) * width];
        for (int y = top; y < bottom; y++) {
            row(image.rgb(), 3 * y * image.width(), columns, squeezed, (y - top) * width);
        }
        var sums = new int[width];
        for (int y = 0; y < rows.length(); y++) {
            column(squeezed, (rows.first[y] - top) * width, width, rows, y, sums);
            for (int x = 0, at = offset + y * rowStride; x < width; x++) {
                to[at + x] = clip(sums[x]);
            }
        }
    }

    private static void row(byte[] from, int start, Axis columns, byte[] to, int at) {
        for (int x = 0; x < columns.length(); x++) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int i = start + 3 * columns.first[x];
            int w = x * columns.stride;
            for (int end = w + columns.taps[x]; w < end; w++, i += 3) {
                int weight = columns.weights[w];
                red += (from[i] & 0xFF) * weight;
                green += (from[i + 1] & 0xFF) * weight;
                blue += (from[i + 2] & 0xFF) * weight;
            }
            to[at++] = clip(red);
            to[at++] = clip(green);
            to[at++] = clip(blue);
        }
    }

    /** Sums whole rows, so that the inner loop runs along memory and vectorises. */
    private static void column(byte[] from, int start, int width, Axis rows, int y, int[] sums) {
        Arrays.fill(sums, HALF);
        for (int t = 0; t < rows.taps[y]; t++) {
            int weight = rows.weights[y * rows.stride + t];
            int at = start + t * width;
            for (int x = 0; x < width; x++) {
                sums[x] += (from[at + x] & 0xFF) * weight;
            }
        }
    }

    /** Weights rounded one by one may add up to a little more than 1; white must not wrap around to black. */
    private static byte clip(int sum) {
        return (byte) Math.min(sum >> PRECISION, 255);
    }

    static LabelMap nearest(LabelMap map, int newWidth, int newHeight) {
        checkSize("resizeNearest", newWidth, newHeight);
        if (newWidth == map.width() && newHeight == map.height()) {
            return map;
        }
        var columns = nearestIndices(map.width(), newWidth, 0, newWidth);
        var rows = nearestIndices(map.height(), newHeight, 0, newHeight);
        var out = new byte[Math.multiplyExact(newWidth, newHeight)];
        for (int y = 0, to = 0; y < newHeight; y++) {
            int start = rows[y] * map.width();
            for (int x = 0; x < newWidth; x++) {
                out[to++] = map.labels()[start + columns[x]];
            }
        }
        return new LabelMap(newWidth, newHeight, out);
    }

    /** {@code floor((i + 1/2) in / out)} for {@code i} in {@code from..from+count-1}, in integers. */
    static int[] nearestIndices(int in, int out, int from, int count) {
        var indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = (int) ((2L * (from + i) + 1) * in / (2L * out));
        }
        return indices;
    }

    private static void checkSize(String operation, int width, int height) {
        if (width < 1 || height < 1) {
            throw new DatasetException(
                    "%s: the new size is %d x %d; both must be positive".formatted(operation, width, height));
        }
    }
}
