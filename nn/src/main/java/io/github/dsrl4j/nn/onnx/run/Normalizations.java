package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import java.util.List;

/**
 * BatchNormalization and InstanceNormalization of {@code [N, C, D1, ...]}:
 * {@code y = (x - mean) / sqrt(variance + epsilon) scale + bias} per channel.
 */
final class Normalizations {
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
