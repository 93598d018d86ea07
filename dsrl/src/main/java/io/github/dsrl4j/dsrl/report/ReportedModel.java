package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import java.util.List;
import java.util.Map;

/**
 * A trained model as a report shows it.
 *
 * @param run what it is and how it was trained
 * @param metrics of every epoch
 * @param model with all branches of its variant
 * @param evaluation of this very model on the images that the report is about
 */
public record ReportedModel(
        RunDirectory.Run run, List<Map<String, Object>> metrics, DualSuperResolution model, Evaluation evaluation) {

    public ReportedModel {
        metrics = List.copyOf(metrics);
    }

    /** The variant's label. */
    String name() {
        return run.model().options().variant().label();
    }

    boolean superResolvesImage() {
        return run.model().options().variant().superResolvesImage();
    }

    /** A metric of every epoch, NaN where it is missing. */
    double[] metric(String name) {
        return metrics.stream()
                .mapToDouble(line -> line.get(name) instanceof Number number ? number.doubleValue() : Double.NaN)
                .toArray();
    }

    /** What the training steps of all finished epochs took, without validation. */
    double trainingSeconds() {
        double sum = 0;
        for (double seconds : metric("seconds")) {
            sum += seconds;
        }
        return sum;
    }

    /** The rate of the last epoch's training steps, NaN before the end of the first. */
    double trainingRate() {
        double[] rates = metric("images_per_second");
        return rates.length == 0 ? Double.NaN : rates[rates.length - 1];
    }
}
