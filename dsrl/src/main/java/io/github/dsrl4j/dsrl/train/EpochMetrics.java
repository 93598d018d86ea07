package io.github.dsrl4j.dsrl.train;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is kept of an epoch: mean losses, cost, and the scores of its validation. */
final class EpochMetrics {
    private EpochMetrics() {}

    /**
     * As a JSON object; what was not measured is left out.
     *
     * @param end the state after the epoch's last step
     * @param images trained on in the epoch
     * @param rate the learning rate of the epoch's first step
     */
    static Map<String, Object> of(TrainingState end, int images, double rate, Evaluation validation) {
        StepLosses mean = end.losses().dividedBy(end.step());
        var metrics = new LinkedHashMap<String, Object>();
        metrics.put("epoch", end.epoch() + 1L);
        metrics.put("loss", mean.total());
        metrics.put("cross_entropy", mean.crossEntropy());
        putIfNumber(metrics, "mse", mean.image());
        putIfNumber(metrics, "affinity", mean.affinity());
        metrics.put("learning_rate", rate);
        metrics.put("seconds", end.seconds());
        metrics.put("images_per_second", images / end.seconds());
        metrics.put("validation_miou", validation.fullResolution().meanIou());
        metrics.put(
                "validation_miou_at_prediction",
                validation.predictionResolution().meanIou());
        metrics.put("validation_accuracy", validation.fullResolution().pixelAccuracy());
        putIfNumber(metrics, "validation_psnr", validation.psnr());
        putIfNumber(metrics, "validation_ssim", validation.ssim());
        return metrics;
    }

    private static void putIfNumber(Map<String, Object> metrics, String name, double value) {
        if (!Double.isNaN(value)) {
            metrics.put(name, value);
        }
    }
}
