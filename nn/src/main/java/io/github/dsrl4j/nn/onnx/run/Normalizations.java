package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Elements.Combination;
import io.github.dsrl4j.nn.onnx.run.Elements.Function;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import java.util.Arrays;
import java.util.List;

/**
 * BatchNormalization, InstanceNormalization, GroupNormalization and LayerNormalization: {@code y = (x - mean) / sqrt(variance + epsilon) scale +
 * bias}, with statistics of a channel, of a channel or some channels of an image, or of the last dimensions.
 */
final class Normalizations {
    private static final Function SQUARE = new Function(Unary.SQUARE, v -> v * v, null);
    private static final Combination SUBTRACT = new Combination(Binary.SUBTRACT, (a, b) -> a - b, null);

    private Normalizations() {}

    /**
     * Inputs x, scale, bias, mean, variance. With training_mode (from version 14) mean and variance are those of the batch, and
     * {@code momentum old + (1 - momentum) batch} are the second and third output. Before, a node with more outputs than y (up to
     * version 6 one without is_test) was one in training, which is not supported.
     */
    static Operator batch(Attributes attributes) {
        float epsilon = attributes.real("epsilon", 1e-5f);
        float momentum = attributes.real("momentum", 0.9f);
        boolean training = attributes.opset() >= 14 && attributes.flag("training_mode", false);
        if (attributes.opset() < 9 && !attributes.flag("spatial", true)) {
            throw new UnsupportedOnnxException(
                    "attribute 'spatial' = 0, statistics of single pixels, is not supported");
        }
        boolean trains = attributes.opset() < 7 && !attributes.flag("is_test", false);
        if (trains || (!training && (attributes.wants(1) || attributes.wants(2)))) {
            throw new UnsupportedOnnxException("training is not supported before version 14");
        }
        return call -> {
            Tensor x = call.tensor(0);
            Geometry geometry = geometry(x.shape());
            for (int i = 1; i < 5; i++) {
                check(call.tensor(i), geometry.channels(), i);
            }
            Tensor y = call.create(x.shape());
            if (!training) {
                forward(call, geometry, epsilon, x, call.tensor(3), call.tensor(4), call.tensor(1), call.tensor(2), y);
                return List.of(new Floats(y));
            }
            Tensor mean = call.create(Shape.of(geometry.channels()));
            Tensor variance = call.create(Shape.of(geometry.channels()));
            statistics(call, geometry, x, mean, variance);
            forward(call, geometry, epsilon, x, mean, variance, call.tensor(1), call.tensor(2), y);
            return List.of(
                    new Floats(y),
                    new Floats(blend(call, momentum, call.tensor(3), mean)),
                    new Floats(blend(call, momentum, call.tensor(4), variance)));
        };
    }

    private static Tensor blend(Call call, float momentum, Tensor old, Tensor fresh) {
        Tensor blended = Arithmetic.affine(call, old, momentum, 0);
        call.kernels()
                .elementwise()
                .addScaled(old.size(), 1 - momentum, fresh.array(), fresh.offset(), blended.array(), blended.offset());
        return blended;
    }

    /** Mean and variance of each channel of each image; inputs x, scale, bias. */
    static Operator instance(Attributes attributes) {
        float epsilon = attributes.real("epsilon", 1e-5f);
        return Operator.of(call -> {
            Tensor x = call.tensor(0);
            Geometry perChannel = geometry(x.shape());
            check(call.tensor(1), perChannel.channels(), 1);
            check(call.tensor(2), perChannel.channels(), 2);
            int planes = perChannel.batch() * perChannel.channels();
            var geometry = new Geometry(1, planes, perChannel.area());
            Tensor mean = call.create(Shape.of(planes));
            Tensor variance = call.create(Shape.of(planes));
            Tensor y = call.create(x.shape());
            statistics(call, geometry, x, mean, variance);
            Tensor scale = repeated(call, call.tensor(1), perChannel.batch());
            Tensor bias = repeated(call, call.tensor(2), perChannel.batch());
            forward(call, geometry, epsilon, x, mean, variance, scale, bias, y);
            return new Floats(y);
        });
    }

    /**
     * Mean and variance of {@code num_groups} groups of channels of each image; inputs x, and scale and bias of each group (up to version 20)
     * or of each channel.
     */
    static Operator group(Attributes attributes) {
        float epsilon = attributes.real("epsilon", 1e-5f);
        long wanted = attributes.integer("num_groups", 0);
        boolean perGroup = attributes.opset() < 21;
        attributes.integer("stash_type", 1);
        return Operator.of(call -> {
            Tensor x = call.tensor(0);
            Geometry perChannel = geometry(x.shape());
            int channels = perChannel.channels();
            if (wanted < 1 || channels % wanted != 0) {
                throw new OnnxException("%d channels do not make %d groups".formatted(channels, wanted));
            }
            int groups = (int) wanted;
            Tensor normal = normalized(call, x, perChannel.batch() * groups, epsilon, null, null);
            int parameters = perGroup ? groups : channels;
            check(call.tensor(1), parameters, 1);
            check(call.tensor(2), parameters, 2);
            int each = channels / parameters;
            Shape broadcast = Shape.of(parameters, 1, 1);
            Value blocks =
                    new Floats(normal).reshape(Shape.of(perChannel.batch(), parameters, each, perChannel.area()));
            return scaled(
                            call,
                            blocks,
                            new Floats(call.tensor(1)).reshape(broadcast),
                            new Floats(call.tensor(2)).reshape(broadcast))
                    .reshape(x.shape());
        });
    }

    /**
     * Mean and variance over the dimensions from axis (-1) on; inputs x, and scale and bias, which stretch to x. Further outputs, if they are
     * wanted, are the mean and {@code 1 / sqrt(variance + epsilon)}, in float32.
     */
    static Operator layer(Attributes attributes) {
        float epsilon = attributes.real("epsilon", 1e-5f);
        long wanted = attributes.integer("axis", -1);
        attributes.integer("stash_type", 1);
        return call -> {
            Tensor x = call.tensor(0);
            Shape shape = x.shape();
            int axis = Extents.axis(wanted, shape.rank());
            int count = shape.span(0, axis);
            Tensor mean = call.create(Shape.of(count));
            Tensor variance = call.create(Shape.of(count));
            Value normal = new Floats(normalized(call, x, count, epsilon, mean, variance));
            Value bias = call.has(2) ? new Floats(call.tensor(2)) : null;
            Value y = scaled(call, normal, new Floats(call.tensor(1)), bias);
            if (!y.shape().equals(shape)) {
                throw new OnnxException("scale %s does not stretch to %s"
                        .formatted(call.tensor(1).shape(), shape));
            }
            for (int i = variance.offset(); i < variance.offset() + count; i++) {
                variance.array()[i] = (float) (1 / Math.sqrt((double) variance.array()[i] + epsilon));
            }
            int[] rest = shape.dims();
            Arrays.fill(rest, axis, rest.length, 1);
            return List.of(y, new Floats(mean.reshape(rest)), new Floats(variance.reshape(rest)));
        };
    }

    /** {@code (x - mean) / sqrt(variance + epsilon)} of each of {@code count} parts; statistics may be wanted or null. */
    private static Tensor normalized(
            Call call, Tensor x, int count, float epsilon, Tensor wantedMean, Tensor wantedVariance) {
        Tensor mean = wantedMean != null ? wantedMean : call.create(Shape.of(count));
        Tensor variance = wantedVariance != null ? wantedVariance : call.create(Shape.of(count));
        var geometry = new Geometry(1, count, count == 0 ? 0 : x.size() / count);
        statistics(call, geometry, x, mean, variance);
        Tensor one = filled(call, count, 1);
        Tensor zero = filled(call, count, 0);
        Tensor y = call.create(x.shape());
        forward(call, geometry, epsilon, x, mean, variance, one, zero, y);
        return y;
    }

    private static Tensor filled(Call call, int count, float value) {
        Tensor tensor = call.create(Shape.of(count));
        call.kernels().elementwise().fill(count, value, tensor.array(), tensor.offset());
        return tensor;
    }

    private static Value scaled(Call call, Value x, Value scale, Value bias) {
        Value y = Elements.combine(call, new Combination(Binary.MULTIPLY, null, null), x, scale);
        return bias == null ? y : Elements.combine(call, new Combination(Binary.ADD, null, null), y, bias);
    }

    /** {@code (x - mean) / sqrt(variance + 1e-9)} over axes (0, 2, 3), all images and pixels of a channel. */
    static Operator meanVariance(Attributes attributes) {
        long[] axes = attributes.integers("axes").orElse(new long[] {0, 2, 3});
        return Operator.of(call -> {
            Value x = call.widened(0);
            Value mean = Reductions.mean(call, x, axes);
            Value square = Reductions.mean(call, Elements.apply(call, SQUARE, x), axes);
            Value variance = Elements.combine(call, SUBTRACT, square, Elements.apply(call, SQUARE, mean));
            Value deviation =
                    Elements.apply(call, new Function(null, v -> Math.sqrt(Math.max(0, v)) + 1e-9, null), variance);
            return Elements.combine(
                    call,
                    new Combination(Binary.DIVIDE, (a, b) -> a / b, null),
                    Elements.combine(call, SUBTRACT, x, mean),
                    deviation);
        });
    }

    /** Entries along axis (-1) over their sum of absolute values (p = 1) or 2-norm (p = 2, if not given); 0 where that is 0. */
    static Operator lengths(Attributes attributes) {
        long wanted = attributes.integer("axis", -1);
        long p = attributes.integer("p", 2);
        if (p != 1 && p != 2) {
            throw new UnsupportedOnnxException("a norm of p = %d is not supported; 1 and 2 are".formatted(p));
        }
        return Operator.of(call -> {
            Value x = call.widened(0);
            int axis = Extents.axis(wanted, x.shape().rank());
            int length = x.shape().dim(axis);
            int inner = Extents.behind(x.shape(), axis);
            Value y = call.create(x.type(), x.shape());
            for (int line = 0; length > 0 && line < x.size() / length; line++) {
                int first = line / inner * length * inner + line % inner;
                double sum = 0;
                for (int i = 0; i < length; i++) {
                    double value = x.real(first + i * inner);
                    sum += p == 1 ? Math.abs(value) : value * value;
                }
                double norm = p == 1 ? sum : Math.sqrt(sum);
                for (int i = 0; i < length; i++) {
                    Cells.put(y, first + i * inner, norm == 0 ? 0 : x.real(first + i * inner) / norm);
                }
            }
            return y;
        });
    }

    /**
     * {@code x / (bias + alpha / size sum(x'^2))^beta}, the sum over the {@code size} channels around each (Krizhevsky, Sutskever and Hinton,
     * 2012, section 3.3).
     */
    static Operator localResponse(Attributes attributes) {
        long wanted = attributes.integer("size", 0);
        double alpha = attributes.real("alpha", 1e-4f);
        double beta = attributes.real("beta", 0.75f);
        double bias = attributes.real("bias", 1);
        if (wanted < 1) {
            throw new OnnxException("attribute 'size' is %d, but must be 1 or more".formatted(wanted));
        }
        return Operator.of(call -> {
            Value x = call.widened(0);
            Geometry g = geometry(x.shape());
            long size = Math.min(wanted, 2L * g.channels() + 2);
            int before = (int) ((size - 1) / 2);
            int after = (int) (size - 1 - before);
            Value y = call.create(x.type(), x.shape());
            call.work((double) x.size() * size);
            for (int i = 0; i < y.size(); i++) {
                int c = i / g.area() % g.channels();
                double sum = 0;
                for (int k = Math.max(0, c - before); k <= Math.min(g.channels() - 1, c + after); k++) {
                    double value = x.real(i + (k - c) * g.area());
                    sum += value * value;
                }
                Cells.put(y, i, x.real(i) / Math.pow(bias + alpha / wanted * sum, beta));
            }
            return y;
        });
    }

    private static Tensor repeated(Call call, Tensor perChannel, int times) {
        Value row = new Floats(perChannel.reshape(1, perChannel.size()));
        Value rows = Moves.stretch(call, row, Shape.of(times, perChannel.size()));
        return ((Floats) rows).tensor();
    }

    private static Geometry geometry(Shape x) {
        if (x.rank() < 2) {
            throw new OnnxException("the input must be [N, C, D1, ...], not " + x);
        }
        return new Geometry(x.dim(0), x.dim(1), Extents.behind(x, 1));
    }

    private static void check(Tensor perChannel, int channels, int input) {
        if (perChannel.shape().rank() != 1 || perChannel.size() != channels) {
            throw new OnnxException("input %d must be [%d], one number a channel, not %s"
                    .formatted(input, channels, perChannel.shape()));
        }
    }

    private static void statistics(Call call, Geometry g, Tensor x, Tensor mean, Tensor variance) {
        if (x.size() == 0) {
            throw new OnnxException("the input %s has nothing to take a mean of".formatted(x.shape()));
        }
        call.kernels()
                .normalization()
                .statistics(g, x.array(), x.offset(), mean.array(), mean.offset(), variance.array(), variance.offset());
    }

    private static void forward(
            Call call,
            Geometry g,
            float epsilon,
            Tensor x,
            Tensor mean,
            Tensor variance,
            Tensor scale,
            Tensor bias,
            Tensor y) {
        if (y.size() == 0) {
            return;
        }
        call.kernels()
                .normalization()
                .forward(
                        g,
                        epsilon,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        scale.array(),
                        scale.offset(),
                        bias.array(),
                        bias.offset(),
                        y.array(),
                        y.offset());
    }
}
