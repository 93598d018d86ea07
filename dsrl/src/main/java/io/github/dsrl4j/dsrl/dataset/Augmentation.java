package io.github.dsrl4j.dsrl.dataset;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Random scale, crop, mirror and colour of a training sample, image and labels together.
 *
 * <p>The sample is scaled by a factor, log-uniform in {@code scaleMin..scaleMax} so that halving and doubling are equally
 * likely, and a window of the crop's size is taken at a random place: bilinear for the image
 * ({@link ColorImage#resizeBilinear}), nearest for the labels. Only the window is computed. Where the scaled sample is
 * smaller than the crop, the rest is the mean colour and the ignore index. Then comes a mirror image with the given
 * probability, and the colour jitter of {@link ColorJitter}.
 *
 * <p>All this happens on the full-resolution sample; the network's input is made from the result by halving, so that
 * input, target image and labels stay aligned.
 *
 * @param scaleMin the smallest factor, positive
 * @param scaleMax the largest factor
 * @param cropWidth width of the result in pixels
 * @param cropHeight height of the result in pixels
 * @param flipProbability how often the result is mirrored left-right, 0..1
 * @param jitter how much colours vary
 * @param padColor the colour beyond the image, {@code 0xRRGGBB}
 * @param ignoreIndex the label beyond the image
 */
public record Augmentation(
        double scaleMin,
        double scaleMax,
        int cropWidth,
        int cropHeight,
        double flipProbability,
        ColorJitter jitter,
        int padColor,
        int ignoreIndex) {
    /** The most that an image is enlarged. */
    public static final double LARGEST_SCALE = 16;

    /** Checks the ranges. */
    public Augmentation {
        if (!(scaleMin > 0 && scaleMin <= scaleMax && scaleMax <= LARGEST_SCALE)) {
            throw new IllegalArgumentException("augmentation: scale %s..%s; 0 < min <= max <= %.0f is expected"
                    .formatted(scaleMin, scaleMax, LARGEST_SCALE));
        }
        if (cropWidth < 1 || cropHeight < 1) {
            throw new IllegalArgumentException(
                    "augmentation: crop %d x %d; both must be positive".formatted(cropWidth, cropHeight));
        }
        if (!(flipProbability >= 0 && flipProbability <= 1)) {
            throw new IllegalArgumentException(
                    "augmentation: flip probability %s; it must lie in [0, 1]".formatted(flipProbability));
        }
        if (ignoreIndex < 0 || ignoreIndex > 255) {
            throw new IllegalArgumentException(
                    "augmentation: ignore index %d; it must lie in 0..255".formatted(ignoreIndex));
        }
    }

    /** Scale 0.5 to 2, mirror every second sample, mild colour jitter, ImageNet's mean colour beyond the image. */
    public static Augmentation standard(int cropWidth, int cropHeight, ClassSet classes) {
        return new Augmentation(
                0.5,
                2,
                cropWidth,
                cropHeight,
                0.5,
                ColorJitter.MILD,
                Normalization.IMAGENET.meanColor(),
                classes.ignoreIndex());
    }

    /** The same with another range of scales. */
    public Augmentation withScale(double min, double max) {
        return new Augmentation(min, max, cropWidth, cropHeight, flipProbability, jitter, padColor, ignoreIndex);
    }

    /** The same with another flip probability. */
    public Augmentation withFlipProbability(double probability) {
        return new Augmentation(scaleMin, scaleMax, cropWidth, cropHeight, probability, jitter, padColor, ignoreIndex);
    }

    /** The same with another colour jitter. */
    public Augmentation withJitter(ColorJitter other) {
        return new Augmentation(
                scaleMin, scaleMax, cropWidth, cropHeight, flipProbability, other, padColor, ignoreIndex);
    }

    /**
     * A random variant of the sample, {@code cropWidth x cropHeight}. Always draws the same number of values from
     * {@code random}.
     */
    public Sample apply(Sample sample, RandomGenerator random) {
        double scale = scaleMin * StrictMath.pow(scaleMax / scaleMin, random.nextDouble());
        double across = random.nextDouble();
        double down = random.nextDouble();
        boolean flip = random.nextDouble() < flipProbability;
        var color = jitter.draw(random);
        var image = sample.image();
        int scaledWidth = (int) Math.max(1, Math.round(image.width() * scale));
        int scaledHeight = (int) Math.max(1, Math.round(image.height() * scale));
        var columns = Span.of(scaledWidth, cropWidth, across);
        var rows = Span.of(scaledHeight, cropHeight, down);
        return new Sample(
                sample.name(),
                image(image, scaledWidth, scaledHeight, columns, rows, flip, color),
                labels(sample.labels(), scaledWidth, scaledHeight, columns, rows, flip));
    }

    /** Along one axis: {@code count} scaled pixels from {@code from} on land at {@code to} of the crop. */
    private record Span(int from, int to, int count) {
        /** The crop, or what is to be cropped where it is smaller, lies at the fraction {@code place} of its freedom. */
        static Span of(int scaled, int crop, double place) {
            int freedom = Math.abs(scaled - crop);
            int offset = (int) (place * (freedom + 1));
            return scaled >= crop ? new Span(offset, 0, crop) : new Span(0, offset, scaled);
        }

        /** Where the span lands in the mirror image. */
        int mirrored(int crop) {
            return crop - to - count;
        }
    }

    private ColorImage image(
            ColorImage image,
            int width,
            int height,
            Span columns,
            Span rows,
            boolean flip,
            ColorJitter.Transform color) {
        var across = Resampler.Axis.of(image.width(), width, columns.from, columns.count);
        var down = Resampler.Axis.of(image.height(), height, rows.from, rows.count);
        var window = new byte[3 * columns.count * rows.count];
        Resampler.window(image, flip ? across.reversed() : across, down, window, 0, 3 * columns.count);
        color.apply(window);
        if (columns.count == cropWidth && rows.count == cropHeight) {
            return new ColorImage(cropWidth, cropHeight, window);
        }
        var rgb = new byte[3 * cropWidth * cropHeight];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) (padColor >> 16);
            rgb[i + 1] = (byte) (padColor >> 8);
            rgb[i + 2] = (byte) padColor;
        }
        int left = flip ? columns.mirrored(cropWidth) : columns.to;
        for (int y = 0; y < rows.count; y++) {
            System.arraycopy(
                    window, 3 * y * columns.count, rgb, 3 * ((rows.to + y) * cropWidth + left), 3 * columns.count);
        }
        return new ColorImage(cropWidth, cropHeight, rgb);
    }

    private LabelMap labels(LabelMap map, int width, int height, Span columns, Span rows, boolean flip) {
        var across = Resampler.nearestIndices(map.width(), width, columns.from, columns.count);
        var down = Resampler.nearestIndices(map.height(), height, rows.from, rows.count);
        var labels = new byte[cropWidth * cropHeight];
        Arrays.fill(labels, (byte) ignoreIndex);
        int left = flip ? columns.mirrored(cropWidth) : columns.to;
        for (int y = 0; y < rows.count; y++) {
            int start = down[y] * map.width();
            int to = (rows.to + y) * cropWidth + left;
            for (int x = 0; x < columns.count; x++) {
                labels[to++] = map.labels()[start + across[flip ? columns.count - 1 - x : x]];
            }
        }
        return new LabelMap(cropWidth, cropHeight, labels);
    }
}
