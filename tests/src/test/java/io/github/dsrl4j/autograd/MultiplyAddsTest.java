package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The cost that operations say they have, against counts by hand. */
final class MultiplyAddsTest {
    static Stream<Arguments> costs() {
        return Stream.of(
                cost(
                        "conv2d",
                        2L * (4 * 5) * 6 * 3 * 9,
                        () -> v(2, 3, 8, 10)
                                .conv2d(
                                        v(6, 3, 3, 3),
                                        ConvolutionOptions.stride(2).padding(1))),
                cost(
                        "grouped conv2d",
                        1L * (6 * 6) * 4 * 2 * 9,
                        () -> v(1, 4, 8, 8).conv2d(v(4, 2, 3, 3), v(4), ConvolutionOptions.DEFAULT.groups(2))),
                // Every input pixel is spread over a kernel for every channel that it reaches.
                cost(
                        "convTranspose2d",
                        2L * (5 * 6) * 3 * 4 * 9,
                        () -> v(2, 3, 5, 6)
                                .convTranspose2d(
                                        v(3, 4, 3, 3),
                                        TransposedConvolutionOptions.stride(2)
                                                .padding(1)
                                                .outputPadding(1))),
                cost(
                        "grouped convTranspose2d",
                        1L * (5 * 6) * 4 * 3 * 4,
                        () -> v(1, 4, 5, 6)
                                .convTranspose2d(
                                        v(4, 3, 2, 2),
                                        TransposedConvolutionOptions.stride(2).groups(2))),
                cost("matmul", 3L * 4 * 5, () -> v(3, 5).matmul(v(5, 4))),
                cost("matmul of pairs", 2L * 3 * 4 * 5, () -> v(2, 3, 5).matmul(v(2, 5, 4))),
                cost("linear", 2L * 3 * 7 * 5, () -> v(2, 3, 5).linear(v(7, 5), v(7))),
                cost(
                        "featureAffinity",
                        2L * 12 * 12 * (5 + 4),
                        () -> v(2, 5, 3, 4).featureAffinity(v(2, 4, 3, 4))),
                cost("relu", 0L, () -> v(2, 3).relu()),
                cost("plus", 0L, () -> v(2, 3).plus(v(3))));
    }

    private static Variable v(int... dims) {
        return Variable.of(Tensor.zeros(Device.cpu(), Shape.of(dims)));
    }

    private static Arguments cost(String name, long expected, Supplier<Variable> use) {
        return Arguments.argumentSet(name, expected, use);
    }

    @ParameterizedTest
    @MethodSource("costs")
    void counts(long expected, Supplier<Variable> use) {
        var total = new AtomicLong();
        Observer.watch(
                (operation, inputs, output, nanoseconds) -> {
                    Shape[] shapes = Stream.of(inputs).map(Tensor::shape).toArray(Shape[]::new);
                    total.addAndGet(operation.multiplyAdds(output.shape(), shapes));
                },
                use::get);
        assertEquals(expected, total.get());
    }
}
