package io.github.dsrl4j.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.Init.FanMode;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitTest {
    /** 36,864 values: their mean and deviation scatter by less than 1 % of the deviation. */
    private static final Shape WEIGHT = Shape.of(128, 32, 3, 3);

    private static RandomGenerator random() {
        return RandomSource.seeded(7);
    }

    /** As torch.nn.init._calculate_fan_in_and_fan_out has them. */
    @ParameterizedTest(name = "{0} {1} {2} {3}: {4}, {5}")
    @CsvSource({
        "16, 3, 3, 3, 27, 144",
        "16, 1, 3, 3, 9, 144",
        "8, 4, 5, 1, 20, 40",
        "32, 12, 4, 4, 192, 512",
    })
    void fansAreThoseOfPyTorch(int d0, int d1, int height, int width, int in, int out) {
        assertEquals(in, FanMode.IN.of(Shape.of(d0, d1, height, width)));
        assertEquals(out, FanMode.OUT.of(Shape.of(d0, d1, height, width)));
    }

    @Test
    void matricesHaveFans() {
        assertEquals(11, FanMode.IN.of(Shape.of(7, 11)));
        assertEquals(7, FanMode.OUT.of(Shape.of(7, 11)));
    }

    @Test
    void vectorsHaveNoFan() {
        assertEquals(
                "init: a fan needs a weight of at least two dimensions, not shape [7]",
                assertThrows(IllegalArgumentException.class, () -> FanMode.IN.of(Shape.of(7)))
                        .getMessage());
    }

    static Stream<Arguments> distributions() {
        double out = Math.sqrt(2.0 / (128 * 9));
        double in = Math.sqrt(2.0 / (32 * 9));
        double bound = 1 / Math.sqrt(32 * 9);
        return Stream.of(
                row("kaiming normal, out", (r, s) -> Init.kaimingNormal(r, s, FanMode.OUT), 0, out, 6 * out),
                row("kaiming normal, in", Init::kaimingNormal, 0, in, 6 * in),
                row(
                        "kaiming normal, leaky",
                        (r, s) -> Init.kaimingNormal(r, s, FanMode.IN, Init.leakyReluGain(1)),
                        0,
                        in / Math.sqrt(2),
                        6 * in),
                row(
                        "kaiming uniform",
                        (r, s) -> Init.kaimingUniform(r, s, FanMode.IN, Init.RELU_GAIN),
                        0,
                        in,
                        in * Math.sqrt(3)),
                row("PyTorch's weight", Init::defaultWeight, 0, bound / Math.sqrt(3), bound),
                row("PyTorch's bias", (r, s) -> Init.defaultBias(r, s, 40_000), 0, bound / Math.sqrt(3), bound),
                row("normal", (r, s) -> Init.normal(r, s, 3, 0.5), 3, 0.5, 3),
                row("constant", (r, s) -> Init.constant(s, 0.25f), 0.25, 0, 0));
    }

    private static Arguments row(
            String name, BiFunction<RandomGenerator, Shape, Tensor> init, double mean, double deviation, double bound) {
        return Arguments.of(name, init, mean, deviation, bound);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("distributions")
    void hasTheDistribution(
            String name, BiFunction<RandomGenerator, Shape, Tensor> init, double mean, double deviation, double bound) {
        float[] values = init.apply(random(), WEIGHT).toArray();
        double[] x =
                IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
        double measured = Arrays.stream(x).average().orElseThrow();
        double square = Arrays.stream(x)
                .map(v -> (v - measured) * (v - measured))
                .average()
                .orElseThrow();
        assertEquals(mean, measured, 0.02 * deviation);
        assertEquals(deviation, Math.sqrt(square), 0.02 * deviation);
        double farthest = Arrays.stream(x).map(v -> Math.abs(v - mean)).max().orElseThrow();
        assertTrue(farthest <= bound * (1 + 1e-6), () -> farthest + " is beyond " + bound);
        if (deviation > 0) {
            assertTrue(farthest > 1.7 * deviation, () -> farthest + " is too close to the mean");
        }
    }

    @Test
    void aSeedGivesTheSameWeights() {
        float[] first = Init.kaimingNormal(random(), WEIGHT).toArray();
        assertArrayEquals(first, Init.kaimingNormal(random(), WEIGHT).toArray());
        assertFalse(Arrays.equals(
                first, Init.kaimingNormal(RandomSource.seeded(8), WEIGHT).toArray()));
    }
}
