package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Planar;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.Predictions;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import io.github.dsrl4j.dsrl.metric.ImageQuality;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;

/**
 * One image, and what each model makes of it.
 *
 * @param original at twice the size of the networks' input
 * @param input what the networks see
 * @param bilinear the input brought back to the size of the original by bilinear interpolation
 * @param truth the labels at full resolution
 * @param views one for each model
 */
record Example(
        String name, ColorImage original, ColorImage input, ColorImage bilinear, LabelMap truth, List<View> views) {

    /**
     * What one model makes of the image.
     *
     * @param meanIou on this image alone, at the resolution of the truth
     * @param superResolved the image branch's picture, or null without one
     */
    record View(LabelMap labels, double meanIou, ColorImage superResolved) {}

    /** Shows a sample to all models, which take inputs of one size. */
    static Example of(Sample sample, List<ReportedModel> models, ClassSet classes) {
        ModelDescription description = models.getFirst().run().model();
        return of(sample, models, description.inputWidth(), description.inputHeight(), classes);
    }

    /** Shows a sample to models whose input has this size, or to none. */
    static Example of(Sample sample, List<ReportedModel> models, int width, int height, ClassSet classes) {
        ColorImage original = sample.image().resizeBilinear(2 * width, 2 * height);
        ColorImage input = original.halve();
        Tensor planar = Tensor.of(
                Shape.of(1, 3, height, width),
                Planar.halvePlanar(original.toPlanar(Normalization.IMAGENET), 3, 2 * height, 2 * width));
        return new Example(
                sample.name(),
                original,
                input,
                input.resizeBilinear(2 * width, 2 * height),
                sample.labels(),
                models.stream()
                        .map(model -> view(model, planar, sample.labels(), classes))
                        .toList());
    }

    private static View view(ReportedModel reported, Tensor image, LabelMap truth, ClassSet classes) {
        Tensor input = image.to(reported.model().device());
        boolean training = reported.model().training();
        reported.model().eval();
        try {
            DsrlOutput output = Gradients.off(() -> reported.superResolvesImage()
                    ? reported.model().train(Variable.of(input))
                    : new DsrlOutput(reported.model().apply(Variable.of(input)), null, null, null));
            LabelMap labels = Predictions.of(output.segmentation().value(), classes.count())
                    .getFirst();
            return new View(labels, meanIou(truth, labels, classes), picture(output));
        } finally {
            if (training) {
                reported.model().train();
            }
        }
    }

    private static double meanIou(LabelMap truth, LabelMap labels, ClassSet classes) {
        var matrix = new ConfusionMatrix(classes.count(), classes.ignoreIndex());
        byte[] predicted = labels.resizeNearest(truth.width(), truth.height()).labels();
        for (int i = 0; i < predicted.length; i++) {
            matrix.add(truth.labels()[i] & 0xff, predicted[i] & 0xff);
        }
        return matrix.meanIou();
    }

    private static ColorImage picture(DsrlOutput output) {
        if (output.image() == null) {
            return null;
        }
        Shape shape = output.image().shape();
        return ColorImage.fromPlanar(
                output.image().value().toArray(), 0, shape.dim(3), shape.dim(2), Normalization.IMAGENET);
    }

    /** How close a picture is to the original, in dB. */
    double psnr(ColorImage picture) {
        return ImageQuality.psnr(values(picture), values(original));
    }

    private static float[] values(ColorImage image) {
        float[] values = new float[image.rgb().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (image.rgb()[i] & 0xff) / 255f;
        }
        return values;
    }

    /** The same part of all pictures: two fifths of each side, where the original has the most detail. */
    Example detail() {
        int width = original.width() * 2 / 5 / 2 * 2;
        int height = original.height() * 2 / 5 / 2 * 2;
        int bestX = 0;
        int bestY = 0;
        long most = -1;
        for (int y = 0; y + height <= original.height(); y += Math.max(2, height / 6 / 2 * 2)) {
            for (int x = 0; x + width <= original.width(); x += Math.max(2, width / 6 / 2 * 2)) {
                long detail = contrast(x, y, width, height);
                if (detail > most) {
                    most = detail;
                    bestX = x;
                    bestY = y;
                }
            }
        }
        int left = bestX;
        int top = bestY;
        return new Example(
                name,
                crop(original, left, top, width, height),
                crop(input, left / 2, top / 2, width / 2, height / 2),
                crop(bilinear, left, top, width, height),
                truth,
                views.stream()
                        .map(view -> new View(
                                view.labels,
                                view.meanIou,
                                view.superResolved == null ? null : crop(view.superResolved, left, top, width, height)))
                        .toList());
    }

    /** The sum of the differences of neighbouring pixels. */
    private long contrast(int left, int top, int width, int height) {
        byte[] rgb = original.rgb();
        int row = 3 * original.width();
        long sum = 0;
        for (int y = top; y < top + height - 1; y++) {
            for (int i = y * row + 3 * left; i < y * row + 3 * (left + width - 1); i++) {
                sum += Math.abs((rgb[i] & 0xff) - (rgb[i + 3] & 0xff))
                        + Math.abs((rgb[i] & 0xff) - (rgb[i + row] & 0xff));
            }
        }
        return sum;
    }

    private static ColorImage crop(ColorImage image, int left, int top, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), rgb, 3 * y * width, 3 * width);
        }
        return new ColorImage(width, height, rgb);
    }
}
