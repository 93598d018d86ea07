package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The pictures of a report: labels side by side, and the super-resolved image beside the original. */
final class Gallery {
    private static final int EXAMPLES = 3;
    private static final int CANDIDATES_EACH = 8;

    private final List<ReportedModel> models;
    private final ClassSet classes;
    private final List<Example> examples;

    private Gallery(List<ReportedModel> models, ClassSet classes, List<Example> examples) {
        this.models = models;
        this.classes = classes;
        this.examples = examples;
    }

    /**
     * Chooses images and shows them to the models. The choice looks at the truth alone, never at a prediction: the data set is cut
     * into as many stretches as there will be examples, and of a few images of each the one with the most classes is taken.
     */
    static Gallery of(List<ReportedModel> models, Dataset dataset) {
        var examples = new ArrayList<Example>();
        int count = Math.min(EXAMPLES, dataset.size());
        for (int i = 0; i < count; i++) {
            int from = i * dataset.size() / count;
            int to = (i + 1) * dataset.size() / count;
            int stride = Math.max(1, (to - from) / CANDIDATES_EACH);
            Sample best = null;
            for (int j = from; j < to; j += stride) {
                Sample sample = dataset.get(j);
                if (best == null || classCount(sample.labels()) > classCount(best.labels())) {
                    best = sample;
                }
            }
            examples.add(Example.of(best, models, dataset.classes()));
        }
        return new Gallery(models, dataset.classes(), List.copyOf(examples));
    }

    private static int classCount(LabelMap labels) {
        var seen = new BitSet();
        for (byte label : labels.labels()) {
            seen.set(label & 0xff);
        }
        return seen.cardinality();
    }

    /** Input, truth and every model's labels, example by example. */
    String labels() {
        var html = new StringBuilder();
        for (Example example : examples) {
            html.append("<div class=\"example\">\n");
            html.append(Html.figure(
                    Html.image(example.input(), "the input image", true),
                    "Input",
                    size(example.input()) + ", all they see"));
            html.append(mask(example, example.truth(), "Truth", size(example.truth())));
            for (int m = 0; m < models.size(); m++) {
                Example.View view = example.views().get(m);
                html.append(mask(
                        example,
                        view.labels(),
                        models.get(m).name(),
                        "%s, mIoU %s".formatted(size(view.labels()), Html.percent(view.meanIou()))));
            }
            html.append("</div>\n");
        }
        return html.toString();
    }

    /** Labels in class colours, through which the photograph shows when pointed at. */
    private String mask(Example example, LabelMap labels, String title, String remark) {
        String layers = "<div class=\"layers\">%s%s</div>"
                .formatted(
                        Html.image(example.original(), "", false),
                        Html.image(classes.colorize(labels), title + " in class colours", true));
        return Html.figure(layers, title, remark);
    }

    /** The colours, and how much of the evaluated images each class covers. */
    String legend() {
        ConfusionMatrix matrix = models.getFirst().evaluation().fullResolution();
        long pixels = 0;
        for (int c = 0; c < classes.count(); c++) {
            pixels += matrix.truthCount(c);
        }
        var html = new StringBuilder("<ul class=\"legend\">\n");
        for (int c = 0; c < classes.count(); c++) {
            ClassInfo info = classes.classes().get(c);
            html.append("<li><i style=\"background:%s\"></i>%s <span>%s</span></li>\n"
                    .formatted(
                            Html.color(info.color()),
                            Html.escape(info.name()),
                            Html.percent(matrix.truthCount(c) / (double) pixels)));
        }
        return html.append("<li><i class=\"none\"></i>no class</li>\n</ul>\n").toString();
    }

    /** The super-resolved images: the first as a whole, then a detail of each; empty if no model has an image branch. */
    String superResolution() {
        var html = new StringBuilder();
        for (int i = 0; i < examples.size(); i++) {
            for (int m = 0; m < models.size(); m++) {
                if (i == 0) {
                    html.append(pictures(examples.get(i), m));
                }
                html.append(pictures(examples.get(i).detail(), m));
            }
        }
        return html.toString();
    }

    private static String pictures(Example example, int model) {
        ColorImage picture = example.views().get(model).superResolved();
        return picture == null
                ? ""
                : "<div class=\"example\">\n"
                        + close(example.input(), "Input", size(example.input()))
                        + close(example.bilinear(), "Bilinear", decibels(example.psnr(example.bilinear())))
                        + close(picture, "Image branch", decibels(example.psnr(picture)))
                        + close(example.original(), "Original", size(example.original()))
                        + "</div>\n";
    }

    private static String close(ColorImage image, String title, String remark) {
        return Html.figure(Html.image(image, title, true), title, remark);
    }

    private static String decibels(double psnr) {
        return "PSNR " + Html.fixed(psnr, 1) + " dB";
    }

    /** The mean PSNR of plain bilinear enlargement over a data set, what an image branch has to compare with. */
    static double bilinearPsnr(Dataset dataset, ReportedModel model) {
        double sum = 0;
        for (int i = 0; i < dataset.size(); i++) {
            Example example = Example.of(
                    dataset.get(i),
                    List.of(),
                    model.run().model().inputWidth(),
                    model.run().model().inputHeight(),
                    dataset.classes());
            sum += example.psnr(example.bilinear());
        }
        return sum / dataset.size();
    }

    private static String size(ColorImage image) {
        return image.width() + " × " + image.height();
    }

    private static String size(LabelMap labels) {
        return labels.width() + " × " + labels.height();
    }
}
