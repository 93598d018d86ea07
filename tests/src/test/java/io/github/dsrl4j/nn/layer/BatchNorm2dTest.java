package io.github.dsrl4j.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BatchNorm2dTest {
    /** Channel 0: 0, 2, 4, 6 with mean 3 and variance 5, unbiased 20 / 3; channel 1: all 1. */
    private final Variable x = Variable.of(Tensor.of(Shape.of(2, 2, 1, 2), 0, 2, 1, 1, 4, 6, 1, 1));

    @Test
    void runningStatisticsFollowTheBatches() {
        var layer = new BatchNorm2d(2);
        float[] y = layer.apply(x).value().toArray();
        float unit = (float) (1 / Math.sqrt(5 + 1e-5));
        assertArrayEquals(new float[] {-3 * unit, -unit, 0, 0, unit, 3 * unit, 0, 0}, y, 1e-6f);
        assertArrayEquals(new float[] {0.3f, 0.1f}, layer.runningMean().toArray(), 1e-7f);
        assertArrayEquals(
                new float[] {0.9f + 2f / 3, 0.9f}, layer.runningVariance().toArray(), 1e-6f);
        layer.apply(x);
        assertArrayEquals(new float[] {0.57f, 0.19f}, layer.runningMean().toArray(), 1e-6f);
        assertArrayEquals(
                new float[] {0.81f + 0.6f + 2f / 3, 0.81f},
                layer.runningVariance().toArray(),
                1e-6f);
        assertEquals(2, layer.buffers().get("num_batches_tracked").item());
    }

    @Test
    void momentumAndEpsilonCanBeChosen() {
        var layer = new BatchNorm2d(2, 0.5f, 4);
        float[] y = layer.apply(x).value().toArray();
        assertEquals(-1, y[0], 1e-6, "-3 / sqrt(5 + 4)");
        assertArrayEquals(new float[] {1.5f, 0.5f}, layer.runningMean().toArray(), 1e-6f);
    }

    @Test
    void inferenceUsesTheRunningStatisticsAndLeavesThem() {
        var layer = new BatchNorm2d(2);
        layer.apply(x);
        layer.eval();
        float mean = layer.runningMean().get(0);
        float variance = layer.runningVariance().get(0);
        float y = layer.apply(x).value().get(1, 0, 0, 1);
        assertEquals((6 - mean) / Math.sqrt(variance + 1e-5), y, 1e-6);
        assertEquals(mean, layer.runningMean().get(0));
        assertEquals(1, layer.buffers().get("num_batches_tracked").item());
    }
}
