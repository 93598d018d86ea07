package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.autograd.op.Abs;
import io.github.dsrl4j.autograd.op.Affine;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.Dropout;
import io.github.dsrl4j.autograd.op.Exp;
import io.github.dsrl4j.autograd.op.Log;
import io.github.dsrl4j.autograd.op.Negate;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.Relu;
import io.github.dsrl4j.autograd.op.Sigmoid;
import io.github.dsrl4j.autograd.op.Sqrt;
import io.github.dsrl4j.autograd.op.Square;
import io.github.dsrl4j.autograd.op.Tanh;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes and options that do not fit are refused in words that say what to do. */
final class ShapeErrorTest {
    /** The operations that take every shape there is. */
    static final List<Operation> OF_ANY_SHAPE = List.of(
            new Relu(),
            new Sigmoid(),
            new Tanh(),
            new Exp(),
            new Log(),
            new Sqrt(),
            new Abs(),
            new Square(),
            new Negate(),
            new Affine(2, 1));

    static List<ShapeErrorCase> shapes() {
        return ShapeErrorCases.ALL;
    }

    static List<Operation> operationsOfAnyShape() {
        return OF_ANY_SHAPE;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void wrongShapeIsRefused(ShapeErrorCase c) {
        assertEquals(
                c.message(), assertThrows(ShapeException.class, c.use()::get).getMessage());
    }

    @ParameterizedTest
    @MethodSource("operationsOfAnyShape")
    void anyShapeIsTaken(Operation operation) {
        for (Shape shape : List.of(Shape.of(), Shape.of(1), Shape.of(0, 3), Shape.of(3, 5), Shape.of(2, 1, 3, 1, 2))) {
            var x = Variable.parameter(Tensor.full(shape, 0.5f));
            Variable y = Variable.apply(operation, x);
            y.backward(Tensor.full(shape, 1));
            assertEquals(shape, y.shape());
            assertEquals(shape, x.gradient().shape());
        }
    }

    static Stream<Arguments> wrongOptions() {
        Variable x = Variable.of(Tensor.zeros(Shape.of(1, 4, 4, 4)));
        Variable w = Variable.of(Tensor.zeros(Shape.of(4)));
        return Stream.of(
                option(() -> ConvolutionOptions.stride(0), "convolution: stride must be at least 1, not 0 x 0"),
                option(
                        () -> ConvolutionOptions.DEFAULT.padding(0, -1),
                        "convolution: padding must be at least 0, not 0 x -1"),
                option(
                        () -> TransposedConvolutionOptions.DEFAULT.outputPadding(-1),
                        "transposed convolution: output padding must be at least 0, not -1 x -1"),
                option(
                        () -> TransposedConvolutionOptions.DEFAULT.groups(0),
                        "transposed convolution: groups must be at least 1, not 0 x 0"),
                option(() -> PoolingOptions.kernel(0, 2), "pooling: kernel must be at least 1, not 0 x 2"),
                option(
                        () -> PoolingOptions.kernel(3).padding(2),
                        "pooling: padding must be at most half the kernel, else a window lies in the padding alone; kernel 3 x 3, padding 2 x 2"),
                option(
                        () -> x.pad(0, 0, -1, 0),
                        "pad: padding must be at least 0, not top 0, bottom 0, left -1, right 0"),
                option(() -> x.pixelShuffle(0), "pixelShuffle: the factor must be at least 1, not 0"),
                option(() -> x.channelShuffle(0), "channelShuffle: there must be at least 1 group, not 0"),
                option(
                        () -> x.dropout(1, new Random(1)),
                        "dropout: the probability must be at least 0 and less than 1, not 1.0"),
                option(
                        () -> x.batchNorm(w, w, w.value(), w.value(), true, 1.5f, 1e-5f),
                        "batchNorm: momentum must lie between 0 and 1, not 1.5"),
                option(
                        () -> x.batchNorm(w, w, w.value(), w.value(), true, 0.1f, 0),
                        "batchNorm: epsilon must be positive, not 0.0"));
    }

    private static Arguments option(Executable use, String message) {
        return Arguments.argumentSet(message, use, message);
    }

    @ParameterizedTest
    @MethodSource("wrongOptions")
    void wrongOptionIsRefused(Executable use, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, use).getMessage());
    }

    @Test
    void aMaskOnAnotherDeviceIsRefused() {
        var x = Variable.parameter(Tensor.zeros(TestDevice.SCALAR.require(), Shape.of(2)));
        var error = assertThrows(
                IllegalArgumentException.class, () -> Variable.apply(new Dropout(Tensor.zeros(Shape.of(2))), x));
        assertEquals(
                "dropout: the mask must live where the input lives, on "
                        + TestDevice.SCALAR.require().description() + "; move it with Tensor.to",
                error.getMessage());
    }
}
