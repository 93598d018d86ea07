package io.github.dsrl4j.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DropoutTest {
    private static final int CHANNELS = 400;
    private static final int AREA = 20;
    private final Variable ones = Variable.of(Tensor.full(Shape.of(2, CHANNELS, 4, 5), 1));

    static Stream<Layer> layers() {
        return Stream.of(new Dropout(0.25f, 11), new Dropout2d(0.25f, 11));
    }

    private float[] run(Layer layer) {
        return layer.apply(ones).value().toArray();
    }

    private float[] runAt(Layer layer, long step) {
        return RandomSource.<float[], RuntimeException>with(RandomSource.seeded(1, step), () -> run(layer));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aQuarterFallsAwayAndTheRestMakesUpForIt(Layer layer) {
        float[] y = run(layer);
        int zeros = 0;
        for (float value : y) {
            assertTrue(value == 0 || Math.abs(value - 4f / 3) < 1e-6);
            zeros += value == 0 ? 1 : 0;
        }
        // 800 independent channels: the share scatters by 0.015.
        assertEquals(0.25, (double) zeros / y.length, 0.06);
    }

    @Test
    void wholeChannelsFallAwayInTwoDimensions() {
        float[] y = run(new Dropout2d(0.25f, 11));
        for (int plane = 0; plane < 2 * CHANNELS; plane++) {
            for (int i = 1; i < AREA; i++) {
                assertEquals(y[plane * AREA], y[plane * AREA + i]);
            }
        }
        float[] single = run(new Dropout(0.25f, 11));
        assertTrue(Stream.iterate(1, i -> i + 1).limit(AREA - 1).anyMatch(i -> single[i] != single[0]));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void everyImageOfABatchLosesOthers(Layer layer) {
        float[] y = run(layer);
        int half = CHANNELS * AREA;
        int differ = 0;
        for (int i = 0; i < half; i++) {
            differ += y[i] != y[half + i] ? 1 : 0;
        }
        // One of two is lost and the other is not: 2 x 1/4 x 3/4.
        assertEquals(0.375, (double) differ / half, 0.1);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theBoundRandomSourceDecides(Layer layer) {
        float[] third = runAt(layer, 3);
        run(layer);
        assertArrayEquals(third, runAt(layer, 3), "the same step again");
        assertFalse(Arrays.equals(third, runAt(layer, 4)), "another step");
        assertFalse(Arrays.equals(run(layer), run(layer)), "its own generator goes on");
    }

    @Test
    void theSeedDecidesWhereNothingIsBound() {
        assertArrayEquals(run(new Dropout(0.5f, 2)), run(new Dropout(0.5f, 2)));
        assertFalse(Arrays.equals(run(new Dropout(0.5f, 2)), run(new Dropout(0.5f, 3))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsFlowWhereValuesDo(Layer layer) {
        Variable x = Variable.parameter(ones.value());
        Variable y = layer.apply(x);
        float[] values = y.value().toArray();
        y.sum().backward();
        assertArrayEquals(values, x.gradient().toArray(), "on ones, the gradient is the mask, and so is the value");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void doesNothingAtInference(Layer layer) {
        layer.eval();
        assertSame(ones, layer.apply(ones));
    }

    @Test
    void doesNothingAtRateZero() {
        assertSame(ones, new Dropout(0, 1).apply(ones));
    }
}
