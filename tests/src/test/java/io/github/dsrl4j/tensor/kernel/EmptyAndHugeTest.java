package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels where there is nothing to compute, and where numbers or extents are very large. */
final class EmptyAndHugeTest {
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("dense", 3, 4, ConvolutionOptions.DEFAULT.padding(1)),
                Arguments.of("winograd", 32, 32, ConvolutionOptions.DEFAULT.padding(1)),
                Arguments.of("strided", 3, 4, ConvolutionOptions.stride(2).padding(1)),
                Arguments.of(
                        "dilated", 3, 4, ConvolutionOptions.DEFAULT.padding(2).dilation(2)),
                Arguments.of(
                        "grouped", 4, 8, ConvolutionOptions.DEFAULT.padding(1).groups(2)),
                Arguments.of(
                        "depthwise", 8, 8, ConvolutionOptions.DEFAULT.padding(1).groups(8)),
                Arguments.of(
                        "strided depthwise",
                        8,
                        8,
                        ConvolutionOptions.stride(2).padding(1).groups(8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void aConvolutionOfNoImagesIsEmptyAndHasGradientsOfZero(String name, int in, int out, ConvolutionOptions options) {
        var x = Variable.parameter(Tensor.zeros(Shape.of(0, in, 8, 8)));
        var w = Variable.parameter(Tensor.full(Shape.of(out, in / options.groups(), 3, 3), 1));
        Variable y = x.conv2d(w, options);
        assertEquals(0, y.shape().dim(0));
        assertEquals(out, y.shape().dim(1));
        y.sum().backward();
        assertArrayEquals(new float[w.shape().size()], w.gradient().toArray());
        assertEquals(x.shape(), x.gradient().shape());
    }

    static Stream<Arguments> softmaxes() {
        return Stream.of(new ScalarKernels(), KernelChoice.best().kernels())
                .flatMap(kernels ->
                        Stream.of(1e12f, 1e15f, 1e17f, 3e38f, -1e17f).map(value -> Arguments.of(kernels, value)));
    }

    @ParameterizedTest
    @MethodSource("softmaxes")
    void equalLogitsOfAnyMagnitudeHaveEqualShares(Kernels kernels, float value) {
        for (int inner : new int[] {1, 3}) {
            var g = new Softmax.Geometry(2, 4, inner);
            var x = new float[8 * inner];
            java.util.Arrays.fill(x, value);
            var y = new float[x.length];
            kernels.softmax().forward(g, x, 0, y, 0);
            for (float share : y) {
                assertEquals(0.25f, share, 1e-6f);
            }
            kernels.softmax().logForward(g, x, 0, y, 0);
            for (float logarithm : y) {
                assertEquals(-1.3862944f, logarithm, 1e-5f);
            }
            var labels = new float[2 * inner];
            var result = new float[3];
            kernels.softmax().crossEntropyForward(g, 255, x, 0, labels, 0, null, 0, result, 0);
            assertEquals(1.3862944f, result[0] / result[1], 1e-5f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x4", "2x0", "0x0"})
    void softmaxOfNothingIsNothing(String shape) {
        var sides = shape.split("x", 2);
        var g = new Softmax.Geometry(11, Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        for (Kernels kernels : List.of(new ScalarKernels(), KernelChoice.best().kernels())) {
            kernels.softmax().forward(g, new float[0], 0, new float[0], 0);
            kernels.softmax().backward(g, new float[0], 0, new float[0], 0, new float[0], 0);
            kernels.softmax().logForward(g, new float[0], 0, new float[0], 0);
        }
    }

    @Test
    void aLongThinProductNeedsNoMemoryBesideItsOperands() {
        int k = 20_000_000;
        assumeTrue(
                Runtime.getRuntime().maxMemory() > 600L << 20, "skipped: needs a heap of 600 MB for its two operands");
        var a = Variable.of(Tensor.full(Shape.of(1, k), 1));
        var b = Variable.of(Tensor.full(Shape.of(k, 1), 1));
        assertEquals(2e7f, a.matmul(b).value().item());
    }

    @Test
    void partsOfALongSumGiveTheBitsOfTheWhole() {
        int k = (1 << 18) + 700;
        var random = new java.util.Random(1);
        var a = new float[2 * k];
        var b = new float[3 * k];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat() - 0.5f;
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = random.nextFloat() - 0.5f;
        }
        var c = new float[6];
        KernelChoice.best().kernels().matrixProduct().multiply(2, 3, k, false, a, 0, k, true, b, 0, k, c, 0, 3, false);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                double sum = 0;
                double scale = 0;
                for (int t = 0; t < k; t++) {
                    double product = (double) a[i * k + t] * b[j * k + t];
                    sum += product;
                    scale += Math.abs(product);
                }
                assertTrue(Math.abs(sum - c[3 * i + j]) < 1e-6 * scale, "c[" + i + ", " + j + "]");
            }
        }
    }
}
