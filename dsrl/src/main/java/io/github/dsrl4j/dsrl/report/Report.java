package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A page about one or several trained models, in one file that needs no other and no network: pictures, curves, figures, costs, and
 * where it all comes from.
 *
 * @param kicker a word or two above the title
 * @param title of the page
 * @param lead one sentence that says what is being seen
 * @param command that makes the page again
 * @param models that take inputs of one size and know the same classes; the first is what the others are compared with
 * @param dataset the held-out images that the models were evaluated on
 */
public record Report(
        String kicker, String title, String lead, String command, List<ReportedModel> models, Dataset dataset) {

    public Report {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("report: there is no model to report on");
        }
    }

    /** Writes the page; atomically. */
    public void write(Path file) {
        byte[] page = html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(page));
    }

    String html() {
        Gallery gallery = Gallery.of(models, dataset);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                """.formatted(Html.escape(title), Style.SHEET)
                + header()
                + labels(gallery)
                + superResolution(gallery)
                + learning()
                + classes()
                + costs()
                + provenance()
                + "<footer>dsrl4j %s. The method: Wang, Li, Zhu, Tian, Shan: Dual Super-Resolution Learning for Semantic Segmentation, CVPR 2020.</footer>\n"
                        .formatted(Html.escape(Version.current()))
                + "</main>\n</body>\n</html>\n";
    }

    private String header() {
        var html = new StringBuilder(
                "<p class=\"kicker\">%s</p>\n<h1>%s</h1>\n<p class=\"lead\">%s</p>\n<div class=\"tiles\">\n"
                        .formatted(Html.escape(kicker), Html.escape(title), Html.escape(lead)));
        for (int m = 0; m < models.size(); m++) {
            ConfusionMatrix scores = models.get(m).evaluation().fullResolution();
            html.append(tile(
                    color(m),
                    Html.percent(scores.meanIou()),
                    "mIoU of " + models.get(m).name() + ", at the labels' resolution"));
        }
        double seconds =
                models.stream().mapToDouble(ReportedModel::trainingSeconds).sum();
        html.append(tile(
                -1,
                Html.percent(models.getLast().evaluation().fullResolution().pixelAccuracy()),
                "of all pixels right, " + models.getLast().name()));
        html.append(tile(-1, Html.duration(seconds), "of training in all"));
        return html.append("</div>\n").toString();
    }

    private static String tile(int series, String number, String remark) {
        return "<div class=\"tile%s\"><b>%s</b><span>%s</span></div>\n"
                .formatted(series < 0 ? "" : " series" + series, Html.escape(number), Html.escape(remark));
    }

    /** A model's colour: one model alone has the colour of the method. */
    private int color(int m) {
        return models.size() == 1 ? 1 : m;
    }

    private String labels(Gallery gallery) {
        return "<h2>What the networks see</h2>\n"
                + "<p>Images of %s that no network was trained on, chosen for their number of classes before any was labelled. "
                        .formatted(Html.escape(dataset.name()))
                + "The mIoU below a picture is that of this picture. Point at labels to see the photograph beneath.</p>\n"
                + gallery.legend()
                + gallery.labels();
    }

    private String superResolution(Gallery gallery) {
        String pictures = gallery.superResolution();
        if (pictures.isEmpty()) {
            return "";
        }
        ReportedModel model = models.stream()
                .filter(ReportedModel::superResolvesImage)
                .findFirst()
                .orElseThrow();
        double bilinear = Gallery.bilinearPsnr(dataset, model);
        double branch = model.evaluation().psnr();
        return ("<h2>The picture, at twice its resolution</h2>\n"
                                + "<p>In training, a second branch rebuilds the original picture from what the encoder has found, so that the "
                                + "encoder keeps fine structure; it is gone when the network is used. "
                                + "Over %d images it reaches a PSNR of %s dB and an SSIM of %s; plain bilinear enlargement, which has the input's pixels "
                                + "at hand where the branch has only what passed the encoder, reaches %s dB.</p>\n")
                        .formatted(
                                dataset.size(),
                                Html.fixed(branch, 1),
                                Html.fixed(model.evaluation().ssim(), 3),
                                Html.fixed(bilinear, 1))
                + pictures;
    }

    private String learning() {
        var charts = new ArrayList<LineChart>();
        charts.add(chart("Cross entropy", "how wrong the labels are, on training images", "cross_entropy"));
        charts.add(chart("Validation mIoU", "at the labels' resolution, on images not trained on", "validation_miou"));
        charts.add(chart("Error of the image", "mean squared, of normalised pixels: the image branch", "mse"));
        charts.add(chart(
                "Feature affinity loss", "how differently the two branches relate places to each other", "affinity"));
        var html = new StringBuilder("<h2>How they learnt</h2>\n<div class=\"charts\">\n");
        charts.stream().filter(chart -> !chart.isEmpty()).map(LineChart::html).forEach(html::append);
        return html.append("</div>\n").toString();
    }

    private LineChart chart(String chartTitle, String remark, String metric) {
        var chart = new LineChart(chartTitle, remark);
        for (int m = 0; m < models.size(); m++) {
            chart.with(models.get(m).name(), color(m), models.get(m).metric(metric));
        }
        return chart;
    }

    private String classes() {
        var chart = new BarChart(dataset.classes());
        for (int m = 0; m < models.size(); m++) {
            ConfusionMatrix scores = models.get(m).evaluation().fullResolution();
            double[] shares = new double[scores.classes()];
            for (int c = 0; c < shares.length; c++) {
                shares[c] = scores.iou(c);
            }
            chart.with(models.get(m).name(), color(m), shares);
        }
        return "<h2>Class by class</h2>\n<p>Intersection over union at the labels' resolution, over all %d images of %s: the pixels where truth and prediction agree on the class, as a share of those where either has it. The mean (mIoU) is over the classes that occur in truth or prediction; one that is predicted but does not occur counts as 0.</p>\n"
                        .formatted(dataset.size(), Html.escape(dataset.name()))
                + chart.html();
    }

    private String costs() {
        List<Cost> costs =
                models.stream().map(model -> Cost.of(model.run().model())).toList();
        var rows = new ArrayList<List<String>>();
        rows.add(row("", ReportedModel::name));
        rows.add(row(
                "mIoU, prediction brought to the labels' resolution",
                m -> Html.percent(m.evaluation().fullResolution().meanIou())));
        rows.add(row(
                "mIoU, labels brought to the prediction's resolution",
                m -> Html.percent(m.evaluation().predictionResolution().meanIou())));
        rows.add(row(
                "pixel accuracy",
                m -> Html.percent(m.evaluation().fullResolution().pixelAccuracy())));
        rows.add(costRow("parameters, in use", costs, cost -> Html.count(cost.parameters())));
        rows.add(costRow("parameters, in training", costs, cost -> Html.count(cost.trainingParameters())));
        rows.add(costRow("multiply-adds an image, in use", costs, cost -> Html.count(cost.multiplyAdds())));
        rows.add(costRow(
                "multiply-adds an image, forward in training", costs, cost -> Html.count(cost.trainingMultiplyAdds())));
        rows.add(row(
                "images/s, in use (network alone)",
                m -> Html.fixed(m.evaluation().imagesPerSecond(), 1)));
        rows.add(row("images/s, in training", m -> Html.fixed(m.trainingRate(), 1)));
        rows.add(row(
                "epochs finished",
                m -> "%d of %d".formatted(m.metrics().size(), m.run().options().epochs())));
        rows.add(row("time of training", m -> Html.duration(m.trainingSeconds())));
        return "<h2>What it cost</h2>\n" + Html.table(rows);
    }

    private List<String> row(String name, Function<ReportedModel, String> value) {
        var row = new ArrayList<>(List.of(name));
        models.forEach(model -> row.add(value.apply(model)));
        return row;
    }

    private static List<String> costRow(String name, List<Cost> costs, Function<Cost, String> value) {
        var row = new ArrayList<>(List.of(name));
        costs.forEach(cost -> row.add(value.apply(cost)));
        return row;
    }

    private String provenance() {
        var html = new StringBuilder(
                "<h2>Where it comes from</h2>\n<p>The command that makes this page:</p>\n<pre>%s</pre>\n"
                        .formatted(Html.escape(command)));
        for (ReportedModel model : models) {
            html.append(
                    "<details><summary>Everything about the run of %s</summary>\n<div class=\"facts\">%s</div></details>\n"
                            .formatted(Html.escape(model.name()), Html.table(facts(model))));
        }
        return html.toString();
    }

    private static List<List<String>> facts(ReportedModel model) {
        ModelDescription description = model.run().model();
        Map<String, Object> all = new LinkedHashMap<>(description.toJson());
        all.remove("classes");
        all.putAll(model.run().options().toJson());
        all.putAll(model.run().provenance());
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("field", "value"));
        all.forEach((name, value) -> rows.add(List.of(name.replace('_', ' '), String.valueOf(value))));
        return rows;
    }
}
