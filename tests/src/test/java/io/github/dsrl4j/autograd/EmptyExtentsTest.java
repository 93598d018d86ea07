package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Operations on tensors with an extent of 0, as PyTorch defines them: nothing gives nothing, and to parameters a gradient of 0; a sum over
 * nothing is 0. Other than there, a mean over nothing is an error, and so is a maximum; and the cross entropy of no labels is 0, as it is
 * where all are ignored.
 */
final class EmptyExtentsTest {
    /** An operation, the shapes of its inputs, and the shape of its result, which is 0 wherever it has elements. */
    record Empty(String name, Function<Variable[], Variable> operation, List<Shape> inputs, Shape output) {}

    private static Empty of(String name, Function<Variable[], Variable> operation, Shape output, int[]... inputs) {
        return new Empty(name, operation, Arrays.stream(inputs).map(Shape::of).toList(), output);
    }

    private static int[] dims(int... dims) {
        return dims;
    }

    private static Tensor labels(Variable x, int... dims) {
        return Tensor.zeros(x.device(), Shape.of(dims));
    }

    private static List<Empty> cases() {
        int[] images = dims(0, 3, 8, 8);
        return List.of(
                of("relu", v -> v[0].relu(), Shape.of(0, 3), dims(0, 3)),
                of("sigmoid", v -> v[0].sigmoid(), Shape.of(2, 0), dims(2, 0)),
                of("tanh", v -> v[0].tanh(), Shape.of(0), dims(0)),
                of("exp", v -> v[0].exp(), Shape.of(3, 0, 2), dims(3, 0, 2)),
                of("affine", v -> v[0].times(2).plus(1), Shape.of(0, 3), dims(0, 3)),
                of("sum of two", v -> v[0].plus(v[1]), Shape.of(0, 3), dims(0, 3), dims(0, 3)),
                of("sum with a row", v -> v[0].plus(v[1]), Shape.of(0, 3), dims(0, 3), dims(3)),
                of("product with a column", v -> v[0].times(v[1]), Shape.of(4, 0), dims(4, 0), dims(4, 1)),
                of("quotient", v -> v[0].dividedBy(v[1]), Shape.of(0, 3), dims(0, 3), dims(1, 3)),
                of("prelu", v -> v[0].prelu(v[1]), Shape.of(0, 3, 8, 8), images, dims(3)),
                of("prelu of no pixels", v -> v[0].prelu(v[1]), Shape.of(2, 3, 0, 4), dims(2, 3, 0, 4), dims(3)),
                of("product of no rows", v -> v[0].matmul(v[1]), Shape.of(0, 3), dims(0, 4), dims(4, 3)),
                of("product of no columns", v -> v[0].matmul(v[1]), Shape.of(2, 0), dims(2, 4), dims(4, 0)),
                of("product over nothing", v -> v[0].matmul(v[1]), Shape.of(2, 3), dims(2, 0), dims(0, 3)),
                of("linear", v -> v[0].linear(v[1], v[2]), Shape.of(0, 3), dims(0, 4), dims(3, 4), dims(3)),
                of("max pooling", v -> v[0].maxPool2d(PoolingOptions.kernel(2)), Shape.of(0, 3, 4, 4), images),
                of(
                        "average pooling",
                        v -> v[0].averagePool2d(
                                PoolingOptions.kernel(3).stride(2).padding(1), false),
                        Shape.of(0, 3, 4, 4),
                        images),
                of("adaptive pooling", v -> v[0].adaptiveAveragePool2d(3, 5), Shape.of(0, 3, 3, 5), images),
                of("bilinear", v -> v[0].resizeBilinear(16, 4, true), Shape.of(0, 3, 16, 4), images),
                of("nearest", v -> v[0].resizeNearest(16, 4), Shape.of(0, 3, 16, 4), images),
                of("softmax", v -> v[0].softmax(1), Shape.of(0, 3, 8, 8), images),
                of("softmax over nothing", v -> v[0].softmax(1), Shape.of(2, 0), dims(2, 0)),
                of("log softmax", v -> v[0].logSoftmax(1), Shape.of(0, 3, 8, 8), images),
                of(
                        "convolution",
                        v -> v[0].conv2d(v[1], v[2], ConvolutionOptions.DEFAULT.padding(1)),
                        Shape.of(0, 4, 8, 8),
                        images,
                        dims(4, 3, 3, 3),
                        dims(4)),
                of(
                        "transposed convolution",
                        v -> v[0].convTranspose2d(v[1], v[2], TransposedConvolutionOptions.stride(2)),
                        Shape.of(0, 4, 17, 17),
                        images,
                        dims(3, 4, 3, 3),
                        dims(4)),
                of(
                        "batch norm in evaluation",
                        v -> v[0].batchNorm(
                                v[1],
                                v[2],
                                Tensor.zeros(v[0].device(), Shape.of(3)),
                                Tensor.full(v[0].device(), Shape.of(3), 1),
                                false,
                                0.1f,
                                1e-5f),
                        Shape.of(0, 3, 8, 8),
                        images,
                        dims(3),
                        dims(3)),
                of("concat", v -> Variable.concat(0, v[0], v[1]), Shape.of(0, 3), dims(0, 3), dims(0, 3)),
                of("slice", v -> v[0].slice(1, 1, 2), Shape.of(0, 1, 8, 8), images),
                of("slice of nothing", v -> v[0].slice(0, 1, 1), Shape.of(0, 3), dims(2, 3)),
                of("pad", v -> v[0].pad(1, 1, 2, 2), Shape.of(0, 3, 10, 12), images),
                of("permute", v -> v[0].permute(1, 0, 3, 2), Shape.of(3, 0, 8, 8), images),
                of("reshape", v -> v[0].reshape(0, 5), Shape.of(0, 5), dims(3, 0)),
                of("pixel shuffle", v -> v[0].pixelShuffle(2), Shape.of(0, 1, 4, 4), dims(0, 4, 2, 2)),
                of("channel shuffle", v -> v[0].channelShuffle(2), Shape.of(0, 4, 2, 2), dims(0, 4, 2, 2)),
                of("dropout", v -> v[0].dropout(0.5f, new Random(1)), Shape.of(0, 3), dims(0, 3)),
                of("max along another axis", v -> v[0].max(1), Shape.of(0), dims(0, 3)),
                of("sum", v -> v[0].sum(), Shape.of(), dims(0, 3)),
                of("sum along nothing", v -> v[0].sum(0), Shape.of(3), dims(0, 3)),
                of("sum along another axis", v -> v[0].sum(1), Shape.of(0), dims(0, 3)),
                of("cross entropy", v -> v[0].crossEntropy(labels(v[0], 0, 8, 8), 255, null), Shape.of(), images));
    }

    static Stream<Arguments> casesOnAllDevices() {
        return Stream.of(TestDevice.values())
                .flatMap(device -> cases().stream().map(one -> argumentSet(device + " " + one.name, device, one)));
    }

    @ParameterizedTest
    @MethodSource("casesOnAllDevices")
    void forwardAndBackward(TestDevice testDevice, Empty one) {
        Device device = testDevice.require();
        Variable[] inputs = one.inputs.stream()
                .map(shape -> Variable.parameter(Tensor.full(device, shape, 1)))
                .toArray(Variable[]::new);
        Variable y = one.operation.apply(inputs);
        assertEquals(one.output, y.shape());
        for (float value : y.value().toArray()) {
            assertEquals(0, value);
        }
        y.backward(Tensor.full(device, y.shape(), 1));
        for (Variable input : inputs) {
            assertEquals(input.shape(), input.gradient().shape());
            for (float value : input.gradient().toArray()) {
                assertEquals(0, value);
            }
        }
    }

    static Stream<Arguments> senseless() {
        var cases = new LinkedHashMap<String, Empty>();
        cases.put("max: dimension 0 of input [0, 3] is empty", of("max", v -> v[0].max(0), null, dims(0, 3)));
        cases.put(
                "mean: there is nothing to take the mean of in input [0, 3]",
                of("mean", v -> v[0].mean(), null, dims(0, 3)));
        cases.put(
                "mean: there is nothing to take the mean of in input [0, 3] along dimension 0",
                of("mean along nothing", v -> v[0].mean(0), null, dims(0, 3)));
        cases.put(
                "meanSquaredError: input [0, 3] has no elements",
                of("mean squared error", v -> v[0].meanSquaredError(v[1]), null, dims(0, 3), dims(0, 3)));
        cases.put(
                "featureAffinity: there is no pair of positions; a [0, 3, 2, 2], b [0, 5, 2, 2]",
                of("feature affinity", v -> v[0].featureAffinity(v[1]), null, dims(0, 3, 2, 2), dims(0, 5, 2, 2)));
        cases.put(
                "batchNorm: ",
                of(
                        "batch norm in training",
                        v -> v[0].batchNorm(
                                v[1],
                                v[1],
                                Tensor.zeros(v[0].device(), Shape.of(3)),
                                Tensor.full(v[0].device(), Shape.of(3), 1),
                                true,
                                0.1f,
                                1e-5f),
                        null,
                        dims(0, 3, 8, 8),
                        dims(3)));
        return Stream.of(TestDevice.values())
                .flatMap(device -> cases.entrySet().stream()
                        .map(one ->
                                argumentSet(device + " " + one.getValue().name, device, one.getValue(), one.getKey())));
    }

    @ParameterizedTest
    @MethodSource
    void senseless(TestDevice testDevice, Empty one, String message) {
        Device device = testDevice.require();
        Variable[] inputs = one.inputs.stream()
                .map(shape -> Variable.parameter(Tensor.full(device, shape, 1)))
                .toArray(Variable[]::new);
        String said = assertThrows(RuntimeException.class, () -> one.operation.apply(inputs))
                .getMessage();
        assertTrue(said.startsWith(message), said);
    }
}
