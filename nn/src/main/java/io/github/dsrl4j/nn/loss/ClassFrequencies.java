package io.github.dsrl4j.nn.loss;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Counts how often each class is labelled, and turns the counts into class weights for {@link CrossEntropy}, which make rare
 * classes count more. Pixels with {@code ignoreIndex} are left out of every count.
 */
public final class ClassFrequencies {
    /** ENet's constant, which bounds the weights to [1.42, 50.5]. */
    public static final double ENET_CONSTANT = 1.02;

    private final int ignoreIndex;
    /** Labelled pixels of each class. */
    private final long[] pixels;
    /** Labelled pixels, of any class, of the images in which the class is present. */
    private final long[] pixelsWherePresent;

    public ClassFrequencies(int classes, int ignoreIndex) {
        if (classes < 1) {
            throw new IllegalArgumentException("class frequencies: there must be at least one class, not " + classes);
        }
        this.ignoreIndex = ignoreIndex;
        this.pixels = new long[classes];
        this.pixelsWherePresent = new long[classes];
    }

    /**
     * The counts that another one gave: {@link #pixels} and {@link #pixelsWherePresent}, so that labels need not be read again.
     *
     * @throws IllegalArgumentException if the two differ in length, or a count is negative or greater than its class can have
     */
    public static ClassFrequencies of(long[] pixels, long[] pixelsWherePresent, int ignoreIndex) {
        if (pixels.length != pixelsWherePresent.length) {
            throw new IllegalArgumentException("class frequencies: %d and %d counts; one of each per class is expected"
                    .formatted(pixels.length, pixelsWherePresent.length));
        }
        var frequencies = new ClassFrequencies(pixels.length, ignoreIndex);
        for (int c = 0; c < pixels.length; c++) {
            if (pixels[c] < 0 || pixelsWherePresent[c] < pixels[c]) {
                throw new IllegalArgumentException(
                        "class frequencies: class %d has %d pixels, in images of %d labelled pixels"
                                .formatted(c, pixels[c], pixelsWherePresent[c]));
            }
            frequencies.pixels[c] = pixels[c];
            frequencies.pixelsWherePresent[c] = pixelsWherePresent[c];
        }
        return frequencies;
    }

    /**
     * Counts the labels of one image.
     *
     * @param labels class indices as floats, any shape
     * @throws IllegalArgumentException if a label is neither a class nor {@code ignoreIndex}; nothing is counted then
     */
    public void add(Tensor labels) {
        long[] counts = new long[pixels.length];
        for (float label : labels.toArray()) {
            if (label == ignoreIndex) {
                continue;
            }
            int c = (int) label;
            if (c != label || c < 0 || c >= counts.length) {
                throw new IllegalArgumentException(
                        "class frequencies: label %s is neither a class from 0 to %d nor the ignored %d"
                                .formatted(label, counts.length - 1, ignoreIndex));
            }
            counts[c]++;
        }
        addImage(counts);
    }

    /**
     * Counts one image whose labels are counted already.
     *
     * @param counts pixels of each class, without the ignored ones
     */
    public void addImage(long[] counts) {
        if (counts.length != pixels.length) {
            throw new IllegalArgumentException(
                    "class frequencies: %d counts for %d classes".formatted(counts.length, pixels.length));
        }
        long labelled = Arrays.stream(counts).sum();
        for (int c = 0; c < counts.length; c++) {
            pixels[c] += counts[c];
            pixelsWherePresent[c] += counts[c] > 0 ? labelled : 0;
        }
    }

    /** The number of labelled pixels of each class. */
    public long[] pixels() {
        return pixels.clone();
    }

    /** For each class the number of labelled pixels, of any class, in the images where it is present. */
    public long[] pixelsWherePresent() {
        return pixelsWherePresent.clone();
    }

    /** ENet's weights (Paszke et al., 2016), {@code 1 / ln(1.02 + p)}, where p is the class's share of all labelled pixels. */
    public Tensor enetWeights() {
        return enetWeights(ENET_CONSTANT);
    }

    /** {@code 1 / ln(constant + p)}; a class that never occurs gets the largest weight. */
    public Tensor enetWeights(double constant) {
        if (!(constant > 1)) {
            throw new IllegalArgumentException(
                    "class weights: ENet's constant must be greater than 1, not " + constant);
        }
        double all = requireCounted();
        float[] weights = new float[pixels.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = (float) (1 / Math.log(constant + pixels[c] / all));
        }
        return Tensor.of(Shape.of(weights.length), weights);
    }

    /**
     * Median frequency balancing (Eigen and Fergus, 2015): {@code median(f) / f[c]}, where f[c] is the class's share of the labelled
     * pixels in those images where it is present. A class that never occurs gets 0 and does not enter the median.
     */
    public Tensor medianFrequencyWeights() {
        requireCounted();
        double[] frequency = new double[pixels.length];
        for (int c = 0; c < frequency.length; c++) {
            frequency[c] = pixels[c] == 0 ? 0 : (double) pixels[c] / pixelsWherePresent[c];
        }
        double[] present = Arrays.stream(frequency).filter(f -> f > 0).sorted().toArray();
        int middle = present.length / 2;
        double median = present.length % 2 == 1 ? present[middle] : (present[middle - 1] + present[middle]) / 2;
        float[] weights = new float[frequency.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = frequency[c] == 0 ? 0 : (float) (median / frequency[c]);
        }
        return Tensor.of(Shape.of(weights.length), weights);
    }

    private long requireCounted() {
        long all = Arrays.stream(pixels).sum();
        if (all == 0) {
            throw new IllegalStateException("class weights: no labelled pixel has been counted yet");
        }
        return all;
    }
}
