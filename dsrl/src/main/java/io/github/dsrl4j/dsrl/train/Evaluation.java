package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import java.util.List;

/**
 * How good a model is on a data set, under both protocols of the method.
 *
 * @param fullResolution predictions brought to the full resolution of the labels by nearest neighbour
 * @param predictionResolution labels brought to the resolution of the prediction by nearest neighbour
 * @param images how many images
 * @param imagesPerSecond rate of the network alone, without reading and scoring
 * @param psnr mean peak signal-to-noise ratio of the super-resolved image in dB, NaN without the image branch
 * @param ssim mean structural similarity of the super-resolved image, NaN likewise
 * @param perImage the score of each image, in the order of the data set
 */
public record Evaluation(
        ConfusionMatrix fullResolution,
        ConfusionMatrix predictionResolution,
        int images,
        double imagesPerSecond,
        double psnr,
        double ssim,
        List<ImageScore> perImage) {
    /** Copies the list. */
    public Evaluation {
        perImage = List.copyOf(perImage);
    }

    /** Without the scores of single images. */
    public Evaluation(
            ConfusionMatrix fullResolution,
            ConfusionMatrix predictionResolution,
            int images,
            double imagesPerSecond,
            double psnr,
            double ssim) {
        this(fullResolution, predictionResolution, images, imagesPerSecond, psnr, ssim, List.of());
    }
}
