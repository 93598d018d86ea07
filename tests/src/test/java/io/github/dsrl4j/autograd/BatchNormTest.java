package io.github.dsrl4j.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The running statistics of batch normalisation. */
final class BatchNormTest {
    @ParameterizedTest
    @EnumSource
    void trainingUpdatesThemWithTheUnbiasedVariance(TestDevice testDevice) {
        Device device = testDevice.require();
        // Channel 0 holds 1 2 3 4 (mean 2.5, sum of squares about it 5), channel 1 holds -2 0 0 2 (mean 0, squares 8).
        Tensor x = Tensor.of(Shape.of(2, 2, 2), 1, 2, -2, 0, 3, 4, 0, 2).to(device);
        Tensor mean = Tensor.of(Shape.of(2), 10, 20).to(device);
        Tensor variance = Tensor.of(Shape.of(2), 1, 3).to(device);
        Variable one = Variable.of(Tensor.full(device, Shape.of(2), 1));
        int version = mean.version();
        Variable.of(x).batchNorm(one, one, mean, variance, true, 0.25f, 1e-5f);
        assertArrayEquals(new float[] {0.75f * 10 + 0.25f * 2.5f, 0.75f * 20}, mean.toArray(), 1e-5f);
        assertArrayEquals(new float[] {0.75f + 0.25f * 5 / 3, 0.75f * 3 + 0.25f * 8 / 3}, variance.toArray(), 1e-6f);
        assertEquals(version + 1, mean.version());
    }

    @ParameterizedTest
    @EnumSource
    void evaluationUsesThemAndLeavesThemAlone(TestDevice testDevice) {
        Device device = testDevice.require();
        Tensor x = Tensor.of(Shape.of(1, 2, 1), 3, 8).to(device);
        Tensor mean = Tensor.of(Shape.of(2), 1, 2).to(device);
        Tensor variance = Tensor.of(Shape.of(2), 3, 8).to(device);
        Variable weight = Variable.of(Tensor.of(Shape.of(2), 1, 2).to(device));
        Variable bias = Variable.of(Tensor.of(Shape.of(2), 0, 5).to(device));
        Variable y = Variable.of(x).batchNorm(weight, bias, mean, variance, false, 0.1f, 1);
        assertArrayEquals(new float[] {1, 2 * 6 / 3f + 5}, y.value().toArray(), 1e-6f);
        assertArrayEquals(new float[] {1, 2}, mean.toArray());
        assertArrayEquals(new float[] {3, 8}, variance.toArray());
    }

    @ParameterizedTest
    @EnumSource
    void anErrorLeavesThemAlone(TestDevice testDevice) {
        Device device = testDevice.require();
        Tensor mean = Tensor.full(device, Shape.of(3), 5);
        Variable weight = Variable.of(Tensor.full(device, Shape.of(3), 1));
        Variable tooShort = Variable.of(Tensor.full(device, Shape.of(2), 1));
        Variable x = Variable.of(Tensor.full(device, Shape.of(2, 3, 4), 1));
        assertThrows(ShapeException.class, () -> x.batchNorm(weight, tooShort, mean, mean.copy(), true, 0.1f, 1e-5f));
        assertArrayEquals(new float[] {5, 5, 5}, mean.toArray());
    }
}
