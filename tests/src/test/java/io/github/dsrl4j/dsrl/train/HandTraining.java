package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Training as a textbook writes it: batches, losses, schedules and updates in plain loops and double arithmetic, from PyTorch's
 * definitions. Of the product it uses the model and its gradients alone, which have tests of their own.
 */
final class HandTraining {
    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] STD = {0.229, 0.224, 0.225};
    private static final int CLASSES = 11;
    private static final int IGNORED = 11;

    private final ModelDescription description;
    private final TrainingOptions options;
    private final double[] classWeights;
    private final DualSuperResolution model;
    private final Map<String, double[]> first = new HashMap<>();
    private final Map<String, double[]> second = new HashMap<>();
    private int steps;

    HandTraining(ModelDescription description, TrainingOptions options, double[] classWeights) {
        this.description = description;
        this.options = options;
        this.classWeights = classWeights;
        model = description.forTraining(options.seed());
        model.train();
    }

    DualSuperResolution model() {
        return model;
    }

    /** One step on these samples; gives the loss and its terms, NaN where there is none. */
    StepLosses step(List<Sample> samples, double rate) {
        StepLosses losses = backward(samples);
        clip(options.optimisation().clipNorm());
        steps++;
        model.parameters().forEach((name, parameter) -> {
            if (parameter.hasGradient()) {
                update(name, parameter, rate);
            }
        });
        return losses;
    }

    private StepLosses backward(List<Sample> samples) {
        int n = samples.size();
        int h = description.inputHeight();
        int w = description.inputWidth();
        float[] large = new float[n * 3 * 4 * h * w];
        float[] input = new float[n * 3 * h * w];
        for (int s = 0; s < n; s++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < 2 * h; y++) {
                    for (int x = 0; x < 2 * w; x++) {
                        int value = samples.get(s).image().rgb()[3 * (y * 2 * w + x) + c] & 0xff;
                        double normal = (value / 255.0 - MEAN[c]) / STD[c];
                        large[((s * 3 + c) * 2 * h + y) * 2 * w + x] = (float) normal;
                        input[((s * 3 + c) * h + y / 2) * w + x / 2] += (float) (normal / 4);
                    }
                }
            }
        }
        DsrlOutput output = model.train(Variable.of(Tensor.of(Shape.of(n, 3, h, w), input)));
        Variable crossEntropy = crossEntropy(output.segmentation(), samples);
        Variable total = crossEntropy;
        DsrlOptions dsrl = description.options();
        double image = Double.NaN;
        if (dsrl.variant().superResolvesImage()) {
            Variable error = output.image()
                    .minus(Variable.of(Tensor.of(Shape.of(n, 3, 2 * h, 2 * w), large)))
                    .square()
                    .mean();
            image = error.value().item();
            total = total.plus(error.times(dsrl.imageWeight()));
        }
        double affinity = Double.NaN;
        if (dsrl.variant().tiesFeatures()) {
            Variable term = output.segmentationFeatures().featureAffinity(output.imageFeatures());
            affinity = term.value().item();
            total = total.plus(term.times(dsrl.affinityWeight()));
        }
        model.clearGradients();
        total.backward();
        return new StepLosses(total.value().item(), crossEntropy.value().item(), image, affinity);
    }

    /** {@code - sum w[label] log softmax[label] / sum w[label]} over the pixels that have a class. */
    private Variable crossEntropy(Variable logits, List<Sample> samples) {
        int height = logits.shape().dim(2);
        int width = logits.shape().dim(3);
        float[] mask = new float[logits.shape().size()];
        double sum = 0;
        for (int s = 0; s < samples.size(); s++) {
            var labels = samples.get(s).labels();
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    // The pixel of the labels in which the centre of this one lies.
                    int label = labels.label(
                            (2 * x + 1) * labels.width() / (2 * width), (2 * y + 1) * labels.height() / (2 * height));
                    if (label != IGNORED) {
                        mask[((s * CLASSES + label) * height + y) * width + x] = (float) classWeights[label];
                        sum += classWeights[label];
                    }
                }
            }
        }
        return logits.logSoftmax(1)
                .times(Variable.of(Tensor.of(logits.shape(), mask)))
                .sum()
                .times((float) (-1 / sum));
    }

    /** All gradients together are scaled down to a 2-norm of {@code largest}. */
    private void clip(double largest) {
        double sum = 0;
        for (Variable parameter : model.parameters().values()) {
            if (parameter.hasGradient()) {
                for (float g : parameter.gradient().toArray()) {
                    sum += (double) g * g;
                }
            }
        }
        double norm = Math.sqrt(sum);
        if (largest > 0 && norm > largest) {
            for (Variable parameter : model.parameters().values()) {
                if (parameter.hasGradient()) {
                    float[] g = parameter.gradient().toArray();
                    for (int i = 0; i < g.length; i++) {
                        g[i] *= (float) (largest / (norm + 1e-6));
                    }
                    parameter.gradient().copyFrom(g);
                }
            }
        }
    }

    private void update(String name, Variable parameter, double rate) {
        float[] w = parameter.value().toArray();
        float[] gradient = parameter.gradient().toArray();
        double[] m = first.computeIfAbsent(name, key -> new double[w.length]);
        double[] v = second.computeIfAbsent(name, key -> new double[w.length]);
        double decay =
                parameter.shape().rank() == 1 ? 0 : options.optimisation().weightDecay();
        for (int i = 0; i < w.length; i++) {
            double before = w[i];
            double g = gradient[i];
            switch (options.optimisation().optimizer()) {
                case "sgd" -> {
                    m[i] = 0.9 * m[i] + g + decay * before;
                    w[i] = (float) (before - rate * m[i]);
                }
                case "adam" -> w[i] = (float) (before - rate * moments(m, v, i, g + decay * before));
                case "adamw" -> w[i] = (float) (before - rate * decay * before - rate * moments(m, v, i, g));
                default ->
                    throw new IllegalArgumentException(options.optimisation().optimizer());
            }
        }
        parameter.value().copyFrom(w);
    }

    private double moments(double[] m, double[] v, int i, double g) {
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        double mean = m[i] / (1 - Math.pow(0.9, steps));
        double square = v[i] / (1 - Math.pow(0.999, steps));
        return mean / (Math.sqrt(square) + 1e-8);
    }
}
