package io.github.dsrl4j.dsrl.train;

/**
 * How good a prediction is on one image, at the full resolution of its labels.
 *
 * @param image the sample's name
 * @param meanIou over the classes that occur in its truth or its prediction; NaN where no pixel has a class
 * @param pixelAccuracy share of labelled pixels that are right; NaN likewise
 */
public record ImageScore(String image, double meanIou, double pixelAccuracy) {}
