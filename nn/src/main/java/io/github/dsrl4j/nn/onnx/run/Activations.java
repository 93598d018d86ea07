package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Elements.Combination;
import io.github.dsrl4j.nn.onnx.run.Elements.Function;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/** Relu, LeakyRelu, PRelu, Sigmoid, HardSigmoid, HardSwish, Tanh, Elu, Softplus. */
final class Activations {
    private Activations() {}

    /** max(x, 0); from version 14 of whole numbers too. */
    static Operator relu(Attributes attributes) {
        return of(new Function(Unary.RELU, x -> Math.max(x, 0), x -> Math.max(x, 0)));
    }

    /** 1 / (1 + exp(-x)). */
    static Operator sigmoid(Attributes attributes) {
        return of(new Function(Unary.SIGMOID, x -> 1 / (1 + Math.exp(-x)), null));
    }

    static Operator tanh(Attributes attributes) {
        return of(new Function(Unary.TANH, Math::tanh, null));
    }

    /** x, or alpha (exp(x) - 1) where x is negative. */
    static Operator elu(Attributes attributes) {
        double alpha = attributes.real("alpha", 1);
        return of(new Function(null, x -> x < 0 ? alpha * Math.expm1(x) : x, null));
    }

    /** log(1 + exp(x)). */
    static Operator softplus(Attributes attributes) {
        return of(new Function(null, x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), null));
    }

    /** x, or alpha x where x is negative. */
    static Operator leakyRelu(Attributes attributes) {
        float alpha = attributes.real("alpha", 0.01f);
        return Operator.of(call -> prelu(call, call.tensor(0), 1, Tensor.scalar(alpha)));
    }

    /** max(0, min(1, alpha x + beta)). */
    static Operator hardSigmoid(Attributes attributes) {
        float alpha = attributes.real("alpha", 0.2f);
        float beta = attributes.real("beta", 0.5f);
        return Operator.of(call -> new Floats(hardSigmoid(call, call.tensor(0), alpha, beta)));
    }

    private static Tensor hardSigmoid(Call call, Tensor x, float alpha, float beta) {
        Tensor y = Arithmetic.affine(call, x, alpha, beta);
        Arithmetic.clamp(y, 0, 1, y);
        return y;
    }

    /** x max(0, min(1, x / 6 + 1 / 2)). */
    static Operator hardSwish(Attributes attributes) {
        return Operator.of(call -> {
            Tensor x = call.tensor(0);
            Tensor y = hardSigmoid(call, x, 1 / 6f, 0.5f);
            for (int i = 0; i < x.size(); i++) {
                y.array()[y.offset() + i] *= x.array()[x.offset() + i];
            }
            return new Floats(y);
        });
    }

    /** x, or slope x where x is negative; the slope broadcasts to x, most often {@code [C, 1, 1]}, before version 7 {@code [C]}. */
    static Operator prelu(Attributes attributes) {
        boolean numpy = attributes.opset() >= 7;
        return Operator.of(call -> {
            if (!numpy) {
                Tensor x = call.tensor(0);
                Tensor slope = call.tensor(1);
                if (slope.size() != 1
                        && (x.shape().rank() < 2 || slope.size() != x.shape().dim(1))) {
                    throw new OnnxException(
                            "%s is not a slope for each channel of %s".formatted(slope.shape(), x.shape()));
                }
                return prelu(call, x, slope.size(), slope);
            }
            if (!(call.value(0) instanceof Floats)) {
                return prelu(call, call.value(0), call.value(1));
            }
            Tensor x = call.tensor(0);
            Tensor slope = call.tensor(1);
            Shape shape = x.shape();
            int channels = shape.rank() < 2 ? 1 : shape.dim(1);
            if (slope.size() == 1 && slope.shape().rank() <= shape.rank()) {
                return prelu(call, x, 1, slope);
            }
            boolean perChannel = slope.size() == channels
                    && slope.shape().rank() == shape.rank() - 1
                    && slope.shape().dim(0) == channels;
            return perChannel ? prelu(call, x, channels, slope) : prelu(call, call.value(0), call.value(1));
        });
    }

    private static Value prelu(Call call, Value x, Value slope) {
        if (!Shape.broadcast("broadcast", x.shape(), slope.shape()).equals(x.shape())) {
            throw new OnnxException("the slope %s does not stretch to %s".formatted(slope.describe(), x.describe()));
        }
        return Elements.combine(
                call, new Combination(null, (v, s) -> v < 0 ? s * v : v, (v, s) -> v < 0 ? s * v : v), x, slope);
    }

    private static Floats prelu(Call call, Tensor x, int channels, Tensor slope) {
        Shape shape = x.shape();
        Tensor y = call.create(shape);
        if (y.size() > 0) {
            int batch = channels == 1 ? 1 : shape.dim(0);
            call.kernels()
                    .elementwise()
                    .preluForward(
                            batch,
                            channels,
                            y.size() / (batch * channels),
                            x.array(),
                            x.offset(),
                            slope.array(),
                            slope.offset(),
                            y.array(),
                            y.offset());
        }
        return new Floats(y);
    }

    private static Operator of(Function function) {
        return Operator.of(call -> Elements.apply(call, function, call.value(0)));
    }
}
