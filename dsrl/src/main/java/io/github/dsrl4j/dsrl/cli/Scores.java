package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import io.github.dsrl4j.dsrl.report.Cost;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.ImageScore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of {@code dsrl eval}, for machines and for people. */
record Scores(
        Path run,
        ModelDescription model,
        String weights,
        Split split,
        String dataHash,
        Evaluation evaluation,
        Cost cost,
        boolean perImage) {
    /** What every mean IoU here is taken over. */
    private static final String MEAN =
            "over the classes that occur in truth or prediction; one that is predicted but does not occur counts as 0";

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("run", run.toString());
        json.put("weights", weights);
        json.put("split", split.key());
        json.put("data_sha256", dataHash);
        json.put("images", evaluation.images());
        json.put("network", model.network());
        json.put("width", model.width());
        json.put("variant", model.options().variant().label());
        json.put("input_height", model.inputHeight());
        json.put("input_width", model.inputWidth());
        json.put("miou_is", "the mean IoU " + MEAN);
        json.put("full_resolution", protocol(evaluation.fullResolution()));
        json.put("prediction_resolution", protocol(evaluation.predictionResolution()));
        if (!Double.isNaN(evaluation.psnr())) {
            json.put("psnr", evaluation.psnr());
            json.put("ssim", evaluation.ssim());
        }
        if (perImage) {
            json.put(
                    "per_image",
                    evaluation.perImage().stream().map(Scores::image).toList());
        }
        json.put("images_per_second", evaluation.imagesPerSecond());
        json.put("parameters", cost.parameters());
        json.put("multiply_adds", cost.multiplyAdds());
        return json;
    }

    private Map<String, Object> protocol(ConfusionMatrix matrix) {
        var classes = new LinkedHashMap<String, Object>();
        for (int c = 0; c < matrix.classes(); c++) {
            classes.put(model.classes().names().get(c), matrix.iou(c));
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("miou", matrix.meanIou());
        json.put("pixel_accuracy", matrix.pixelAccuracy());
        json.put("iou", classes);
        json.put("confusion", confusion(matrix));
        return json;
    }

    /** Pixels of each class (a row) that were predicted as each class (a column). */
    private static List<List<Long>> confusion(ConfusionMatrix matrix) {
        var rows = new ArrayList<List<Long>>();
        for (int truth = 0; truth < matrix.classes(); truth++) {
            var row = new ArrayList<Long>();
            for (int predicted = 0; predicted < matrix.classes(); predicted++) {
                row.add(matrix.count(truth, predicted));
            }
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, Object> image(ImageScore score) {
        var json = new LinkedHashMap<String, Object>();
        json.put("image", score.image());
        json.put("miou", score.meanIou());
        json.put("pixel_accuracy", score.pixelAccuracy());
        return json;
    }

    /** The images with the worst first, for people to look at. */
    private String imagesToText() {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("image", "mIoU", "pixel accuracy"));
        evaluation.perImage().stream()
                .sorted(Comparator.comparingDouble(ImageScore::meanIou).thenComparing(ImageScore::image))
                .forEach(score -> rows.add(
                        List.of(score.image(), Text.percent(score.meanIou()), Text.percent(score.pixelAccuracy()))));
        return "\nimages, at the labels' resolution:\n\n" + Text.table(rows);
    }

    String toText() {
        ConfusionMatrix full = evaluation.fullResolution();
        ConfusionMatrix reduced = evaluation.predictionResolution();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "labels' resolution", "prediction's resolution", "share of pixels"));
        rows.add(List.of("mIoU", Text.percent(full.meanIou()), Text.percent(reduced.meanIou()), ""));
        rows.add(List.of(
                "pixel accuracy", Text.percent(full.pixelAccuracy()), Text.percent(reduced.pixelAccuracy()), ""));
        long pixels = 0;
        for (int c = 0; c < full.classes(); c++) {
            pixels += full.truthCount(c);
        }
        for (int c = 0; c < full.classes(); c++) {
            rows.add(List.of(
                    "  " + model.classes().names().get(c),
                    Text.percent(full.iou(c)),
                    Text.percent(reduced.iou(c)),
                    Text.percent(full.truthCount(c) / (double) pixels)));
        }
        return "%s (%s weights): %s %s, %s, input %dx%d, %d images of %s\n\n%s\nmIoU: the mean %s\n%s%s"
                .formatted(
                        run,
                        weights,
                        model.network(),
                        model.width(),
                        model.options().variant().label(),
                        model.inputHeight(),
                        model.inputWidth(),
                        evaluation.images(),
                        split.key(),
                        Text.table(rows),
                        MEAN,
                        costs(),
                        perImage ? imagesToText() : "");
    }

    private String costs() {
        String quality = Double.isNaN(evaluation.psnr())
                ? ""
                : "super-resolved image: PSNR %s dB, SSIM %s\n"
                        .formatted(Text.fixed(evaluation.psnr(), 2), Text.fixed(evaluation.ssim(), 4));
        return quality
                + "%s images/s (network alone), %s parameters, %s multiply-adds an image\n"
                        .formatted(
                                Text.fixed(evaluation.imagesPerSecond(), 1),
                                Text.grouped(cost.parameters()),
                                Text.grouped(cost.multiplyAdds()));
    }
}
