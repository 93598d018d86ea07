package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import java.awt.image.BufferedImage;
import java.time.Duration;

/**
 * What a {@link Segmenter} sees in an image.
 *
 * @param image the image as it was given
 * @param labels the class of every pixel, at the image's size times {@link Segmenter#factor}
 * @param classes what the labels mean
 * @param time what it took, from pixels to labels
 */
public record Segmentation(ColorImage image, LabelMap labels, ClassSet classes, Duration time) {
    private static final double HALF = 0.5;

    /** Every pixel in the colour of its class, at the size of the labels. */
    public BufferedImage mask() {
        return coloredMask().toBufferedImage();
    }

    /** The class colours half transparent over the image, at the size of the labels. */
    public BufferedImage overlay() {
        return coloredOverlay(HALF).toBufferedImage();
    }

    /** As {@link #mask}, as the kind of image that this library reads and writes. */
    public ColorImage coloredMask() {
        return classes.colorize(labels);
    }

    /**
     * The class colours over the image, enlarged bilinearly to the size of the labels.
     *
     * @param alpha from 0 (the image alone) to 1 (the colours alone)
     * @throws IllegalArgumentException where alpha is not in [0, 1]
     */
    public ColorImage coloredOverlay(double alpha) {
        return classes.overlay(image.resizeBilinear(labels.width(), labels.height()), labels, alpha);
    }

    /** The share of the pixels that each class has, in the order of the classes; all together 1. */
    public double[] shares() {
        long[] counts = new long[256];
        for (byte label : labels.labels()) {
            counts[label & 0xff]++;
        }
        double[] shares = new double[classes.count()];
        for (int c = 0; c < shares.length; c++) {
            shares[c] = counts[c] / (double) labels.labels().length;
        }
        return shares;
    }
}
