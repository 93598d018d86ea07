package io.github.dsrl4j.autograd;

import static io.github.dsrl4j.autograd.Values.counting;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs of operations on small tensors, by hand. */
final class OperationValueTest {
    /** Exact but for the functions that the kernels approximate. */
    private static final float TOLERANCE = 1e-6f;

    private static Arguments of(
            String name, Tensor x, Function<Variable, Variable> operation, Shape shape, double... expected) {
        return Arguments.argumentSet(name, x, operation, shape, expected);
    }

    private static Tensor t(Shape shape, float... values) {
        return Tensor.of(shape, values);
    }

    /** A constant on the device of x. */
    private static Variable beside(Variable x, Shape shape, float... values) {
        return Variable.of(t(shape, values).to(x.value().device()));
    }

    private static Stream<Arguments> cases() {
        return Stream.of(movement(), reductions(), arithmetic(), functions(), images(), products())
                .flatMap(s -> s);
    }

    static Stream<Arguments> casesOnAllDevices() {
        return Stream.of(TestDevice.values())
                .flatMap(device -> cases().map(c -> Arguments.of(
                        Stream.concat(Stream.of(device), Stream.of(c.get())).toArray())));
    }

    private static Stream<Arguments> movement() {
        Tensor x = counting(2, 3);
        return Stream.of(
                of("slice", x, v -> v.slice(1, 1, 3), Shape.of(2, 2), 1, 2, 4, 5),
                of("empty slice", x, v -> v.slice(0, 1, 1), Shape.of(0, 3)),
                of("slice of the first", counting(3, 2), v -> v.slice(-2, 1, 2), Shape.of(1, 2), 2, 3),
                of(
                        "concat",
                        x,
                        v -> Variable.concat(1, v, beside(v, Shape.of(2, 1), 7, 8)),
                        Shape.of(2, 4),
                        0,
                        1,
                        2,
                        7,
                        3,
                        4,
                        5,
                        8),
                of(
                        "concat of the first",
                        x,
                        v -> Variable.concat(0, v, v),
                        Shape.of(4, 3),
                        0,
                        1,
                        2,
                        3,
                        4,
                        5,
                        0,
                        1,
                        2,
                        3,
                        4,
                        5),
                of(
                        "pad",
                        counting(1, 1, 1, 2),
                        v -> v.pad(1, 0, 2, 1),
                        Shape.of(1, 1, 2, 5),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        1,
                        0),
                of("reshape", x, v -> v.reshape(3, -1), Shape.of(3, 2), 0, 1, 2, 3, 4, 5),
                of("permute", x, v -> v.permute(1, 0), Shape.of(3, 2), 0, 3, 1, 4, 2, 5),
                of("permute of three", counting(1, 2, 3), v -> v.permute(2, 0, 1), Shape.of(3, 1, 2), 0, 3, 1, 4, 2, 5),
                of(
                        "pixelShuffle",
                        counting(1, 4, 1, 2),
                        v -> v.pixelShuffle(2),
                        Shape.of(1, 1, 2, 4),
                        0,
                        2,
                        1,
                        3,
                        4,
                        6,
                        5,
                        7),
                of("channelShuffle", counting(1, 6), v -> v.channelShuffle(2), Shape.of(1, 6), 0, 3, 1, 4, 2, 5),
                of(
                        "channelShuffle of images",
                        counting(1, 4, 1, 2),
                        v -> v.channelShuffle(2),
                        Shape.of(1, 4, 1, 2),
                        0,
                        1,
                        4,
                        5,
                        2,
                        3,
                        6,
                        7));
    }

    private static Stream<Arguments> reductions() {
        Tensor x = counting(2, 3);
        return Stream.of(
                of("sum", x, v -> v.sum(), Shape.of(), 15),
                of("sum along 0", x, v -> v.sum(0), Shape.of(3), 3, 5, 7),
                of("sum along -1", x, v -> v.sum(-1), Shape.of(2), 3, 12),
                of("sum of nothing", counting(0, 3), v -> v.sum(0), Shape.of(3), 0, 0, 0),
                of("mean", x, v -> v.mean(), Shape.of(), 2.5),
                of("mean along 1", x, v -> v.mean(1), Shape.of(2), 1, 4),
                of("max along 0", t(Shape.of(2, 2), 3, -1, 2, 5), v -> v.max(0), Shape.of(2), 3, 5),
                of("max along 1", t(Shape.of(2, 2), 3, -1, 2, 5), v -> v.max(1), Shape.of(2), 3, 5));
    }

    private static Stream<Arguments> arithmetic() {
        Tensor x = t(Shape.of(2, 2), 1, 2, 3, 4);
        return Stream.of(
                of("plus", x, v -> v.plus(beside(v, Shape.of(2), 10, 20)), Shape.of(2, 2), 11, 22, 13, 24),
                of("minus", x, v -> v.minus(beside(v, Shape.of(2, 1), 10, 20)), Shape.of(2, 2), -9, -8, -17, -16),
                of("times", x, v -> v.times(beside(v, Shape.of(), 3)), Shape.of(2, 2), 3, 6, 9, 12),
                of("dividedBy", x, v -> v.dividedBy(beside(v, Shape.of(1, 2), 2, 4)), Shape.of(2, 2), 0.5, 0.5, 1.5, 1),
                of("plus a constant", x, v -> v.plus(0.5f), Shape.of(2, 2), 1.5, 2.5, 3.5, 4.5),
                of("minus a constant", x, v -> v.minus(0.5f), Shape.of(2, 2), 0.5, 1.5, 2.5, 3.5),
                of("times a constant", x, v -> v.times(-2), Shape.of(2, 2), -2, -4, -6, -8),
                of(
                        "both stretched",
                        t(Shape.of(2, 1), 1, 2),
                        v -> v.plus(beside(v, Shape.of(3, 1, 2), 0, 10, 20, 30, 40, 50)),
                        Shape.of(3, 2, 2),
                        1,
                        11,
                        2,
                        12,
                        21,
                        31,
                        22,
                        32,
                        41,
                        51,
                        42,
                        52));
    }

    private static Stream<Arguments> functions() {
        Tensor x = t(Shape.of(3), -2, 0, 0.5f);
        return Stream.of(
                of("relu", x, v -> v.relu(), Shape.of(3), 0, 0, 0.5),
                of("abs", x, v -> v.abs(), Shape.of(3), 2, 0, 0.5),
                of("square", x, v -> v.square(), Shape.of(3), 4, 0, 0.25),
                of("negate", x, v -> v.negate(), Shape.of(3), 2, 0, -0.5),
                of("exp", x, v -> v.exp(), Shape.of(3), Math.exp(-2), 1, Math.exp(0.5)),
                of("sigmoid", x, v -> v.sigmoid(), Shape.of(3), 1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-0.5))),
                of("tanh", x, v -> v.tanh(), Shape.of(3), Math.tanh(-2), 0, Math.tanh(0.5)),
                of("log", t(Shape.of(2), 1, 0.5f), v -> v.log(), Shape.of(2), 0, Math.log(0.5)),
                of("sqrt", t(Shape.of(2), 4, 0), v -> v.sqrt(), Shape.of(2), 2, 0),
                of(
                        "prelu",
                        t(Shape.of(1, 2, 1), -2, -3),
                        v -> v.prelu(beside(v, Shape.of(2), 0.5f, 2)),
                        Shape.of(1, 2, 1),
                        -1,
                        -6),
                of(
                        "prelu with one slope",
                        t(Shape.of(1, 2), -2, 3),
                        v -> v.prelu(beside(v, Shape.of(1), 0.5f)),
                        Shape.of(1, 2),
                        -1,
                        3),
                of(
                        "softmax",
                        t(Shape.of(2, 2), 0, 5, (float) Math.log(3), 5),
                        v -> v.softmax(0),
                        Shape.of(2, 2),
                        0.25,
                        0.5,
                        0.75,
                        0.5),
                of(
                        "logSoftmax",
                        t(Shape.of(1, 2), 7, 7),
                        v -> v.logSoftmax(-1),
                        Shape.of(1, 2),
                        -Math.log(2),
                        -Math.log(2)));
    }

    private static Stream<Arguments> images() {
        Tensor x = counting(1, 1, 2, 3);
        return Stream.of(
                of("maxPool2d", x, v -> v.maxPool2d(PoolingOptions.kernel(2).stride(1)), Shape.of(1, 1, 1, 2), 4, 5),
                of(
                        "averagePool2d",
                        x,
                        v -> v.averagePool2d(PoolingOptions.kernel(2, 3), true),
                        Shape.of(1, 1, 1, 1),
                        2.5),
                of("adaptiveAveragePool2d", x, v -> v.adaptiveAveragePool2d(1, 3), Shape.of(1, 1, 1, 3), 1.5, 2.5, 3.5),
                of("resizeNearest", x, v -> v.resizeNearest(2, 2), Shape.of(1, 1, 2, 2), 0, 1, 3, 4),
                of("resizeBilinear", x, v -> v.resizeBilinear(1, 5, true), Shape.of(1, 1, 1, 5), 0, 0.5, 1, 1.5, 2),
                of(
                        "resizeBilinear, centres",
                        x,
                        v -> v.resizeBilinear(1, 3, false),
                        Shape.of(1, 1, 1, 3),
                        1.5,
                        2.5,
                        3.5),
                of(
                        "conv2d",
                        x,
                        v -> v.conv2d(beside(v, Shape.of(1, 1, 1, 2), -1, 2), ConvolutionOptions.DEFAULT),
                        Shape.of(1, 1, 2, 2),
                        2,
                        3,
                        5,
                        6),
                of(
                        "convTranspose2d",
                        counting(1, 1, 1, 2),
                        v -> v.convTranspose2d(
                                beside(v, Shape.of(1, 1, 1, 3), 1, 2, 3),
                                beside(v, Shape.of(1), 10),
                                TransposedConvolutionOptions.stride(2).outputPadding(0, 1)),
                        Shape.of(1, 1, 1, 6),
                        10,
                        10,
                        11,
                        12,
                        13,
                        10));
    }

    private static Stream<Arguments> products() {
        Tensor x = t(Shape.of(1, 2), 3, 5);
        return Stream.of(
                of("matmul", x, v -> v.matmul(beside(v, Shape.of(2, 3), 1, 2, 3, 4, 5, 6)), Shape.of(1, 3), 23, 31, 39),
                of(
                        "linear",
                        x,
                        v -> v.linear(
                                beside(v, Shape.of(3, 2), 1, 2, 3, 4, 5, 6), beside(v, Shape.of(3), 100, 200, 300)),
                        Shape.of(1, 3),
                        113,
                        229,
                        345),
                of("meanSquaredError", x, v -> v.meanSquaredError(beside(v, Shape.of(1, 2), 1, 4)), Shape.of(), 2.5),
                // Similarities of a: 1 on the diagonal, else 0; of b: 1 everywhere, and 0 with its all-zero vector.
                of(
                        "featureAffinity",
                        t(Shape.of(1, 2, 3), 2, 0, 0, 0, 3, 0),
                        v -> v.featureAffinity(beside(v, Shape.of(1, 1, 3), 4, 5, 0)),
                        Shape.of(),
                        2 / 9.0));
    }

    @ParameterizedTest
    @MethodSource("casesOnAllDevices")
    void isAsComputedByHand(
            TestDevice device, Tensor x, Function<Variable, Variable> operation, Shape shape, double[] expected) {
        float[] floats = new float[expected.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) expected[i];
        }
        Variable y = operation.apply(Variable.of(x.copy().to(device.require())));
        assertEquals(shape, y.shape());
        assertArrayEquals(floats, y.value().toArray(), TOLERANCE);
    }

    @Test
    void dropoutZeroesAShareAndKeepsTheMean() {
        Variable x = Variable.of(Tensor.full(Shape.of(100, 100), 3));
        float[] y = x.dropout(0.25f, new Random(1)).value().toArray();
        double sum = 0;
        int zeros = 0;
        for (float value : y) {
            assertEquals(value == 0 ? 0 : 4, value, 1e-6f);
            zeros += value == 0 ? 1 : 0;
            sum += value;
        }
        // Four standard deviations of a binomial distribution of 10,000 trials.
        assertEquals(2500, zeros, 4 * Math.sqrt(10_000 * 0.25 * 0.75));
        assertEquals(3, sum / y.length, 0.1);
    }

    @Test
    void dropout2dZeroesWholeChannels() {
        float[] y = Variable.of(Tensor.full(Shape.of(8, 4, 2, 3), 1))
                .dropout2d(0.5f, new Random(1))
                .value()
                .toArray();
        int zeroChannels = 0;
        for (int channel = 0; channel < 32; channel++) {
            for (int i = 0; i < 6; i++) {
                assertEquals(y[channel * 6], y[channel * 6 + i]);
            }
            zeroChannels += y[channel * 6] == 0 ? 1 : 0;
        }
        assertEquals(16, zeroChannels, 12);
    }
}
