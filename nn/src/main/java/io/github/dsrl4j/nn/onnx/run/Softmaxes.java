package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Softmax.Geometry;
import java.util.List;
import java.util.Optional;

/**
 * Softmax and LogSoftmax. Up to version 12 all dimensions from {@code axis} (1) on are one, over which the sum goes; from then on it
 * goes over {@code axis} (the last) alone. SoftmaxCrossEntropyLoss and NegativeLogLikelihoodLoss: for scores {@code [N, C, D1, ...]} and
 * labels {@code [N, D1, ...]}, {@code loss = -weight[label] log_prob[label]}, 0 where the label is {@code ignore_index}; its mean divides the
 * sum by the sum of the weights that counted.
 */
final class Softmaxes {
    private Softmaxes() {}

    private enum Mean {
        NONE,
        SUM,
        MEAN
    }

    static Operator softmax(Attributes attributes) {
        return of(attributes, false);
    }

    static Operator logSoftmax(Attributes attributes) {
        return of(attributes, true);
    }

    private static Operator of(Attributes attributes, boolean log) {
        boolean flatten = attributes.opset() < 13;
        long axis = attributes.integer("axis", flatten ? 1 : -1);
        return Operator.of(call -> {
            Shape shape = call.tensor(0).shape();
            // A flattening axis may also stand behind the last dimension.
            int from = flatten && axis == shape.rank() ? shape.rank() : Extents.axis(axis, shape.rank());
            int outer = Extents.before(shape, from);
            return new Floats(
                    flatten
                            ? apply(call, log, new Geometry(outer, shape.span(from, shape.rank()), 1))
                            : apply(call, log, new Geometry(outer, shape.dim(from), Extents.behind(shape, from))));
        });
    }

    private static Tensor apply(Call call, boolean log, Geometry geometry) {
        Tensor x = call.tensor(0);
        Tensor y = call.create(x.shape());
        if (y.size() == 0) {
            return y;
        }
        var kernels = call.kernels().softmax();
        if (log) {
            kernels.logForward(geometry, x.array(), x.offset(), y.array(), y.offset());
        } else {
            kernels.forward(geometry, x.array(), x.offset(), y.array(), y.offset());
        }
        return y;
    }

    static Operator crossEntropy(Attributes attributes) {
        return loss(attributes, true);
    }

    static Operator negativeLogLikelihood(Attributes attributes) {
        return loss(attributes, false);
    }

    private static Operator loss(Attributes attributes, boolean softmax) {
        Mean mean = attributes.choice("reduction", Mean.MEAN, List.of(Mean.values()));
        Optional<Long> ignored = attributes.integer("ignore_index");
        return call -> {
            Shape shape = call.tensor(0).shape();
            if (shape.rank() < 2) {
                throw new OnnxException("the scores must be [N, C, D1, ...], not " + shape);
            }
            var geometry = new Geometry(shape.dim(0), shape.dim(1), Extents.behind(shape, 1));
            Tensor logProbability = softmax ? apply(call, true, geometry) : call.tensor(0);
            return List.of(new Floats(loss(call, geometry, logProbability, mean, ignored)), new Floats(logProbability));
        };
    }

    private static Tensor loss(Call call, Geometry g, Tensor logProbability, Mean mean, Optional<Long> ignored) {
        Shape labelShape = call.value(1).shape();
        long[] labels = call.integers(1);
        Tensor weights = call.has(2) ? call.tensor(2) : null;
        checkShapes(logProbability.shape(), labelShape, weights);
        Tensor losses = call.create(labelShape);
        double sum = 0;
        double total = 0;
        for (int i = 0; i < labels.length; i++) {
            float loss = 0;
            if (ignored.isEmpty() || labels[i] != ignored.get()) {
                int label = label(labels[i], g.classes());
                float weight = weights == null ? 1 : weights.array()[weights.offset() + label];
                int position = (i / g.inner() * g.classes() + label) * g.inner() + i % g.inner();
                loss = -weight * logProbability.array()[logProbability.offset() + position];
                total += weight;
            }
            losses.array()[losses.offset() + i] = loss;
            sum += loss;
        }
        return switch (mean) {
            case NONE -> losses;
            case SUM -> Tensor.scalar((float) sum);
            case MEAN -> Tensor.scalar((float) (sum / total));
        };
    }

    private static int label(long label, int classes) {
        if (label < 0 || label >= classes) {
            throw new OnnxException("label %d is none of the %d classes".formatted(label, classes));
        }
        return (int) label;
    }

    private static void checkShapes(Shape scores, Shape labels, Tensor weights) {
        boolean fits = labels.rank() == scores.rank() - 1 && labels.dim(0) == scores.dim(0);
        for (int d = 1; fits && d < labels.rank(); d++) {
            fits = labels.dim(d) == scores.dim(d + 1);
        }
        if (!fits) {
            throw new OnnxException("the labels must be [N, D1, ...] for scores [N, C, D1, ...]; scores %s, labels %s"
                    .formatted(scores, labels));
        }
        if (weights != null && (weights.shape().rank() != 1 || weights.size() != scores.dim(1))) {
            throw new OnnxException("the weights must be [%d], not %s".formatted(scores.dim(1), weights.shape()));
        }
    }
}
