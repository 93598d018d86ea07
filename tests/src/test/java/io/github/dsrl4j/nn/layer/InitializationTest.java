package io.github.dsrl4j.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class InitializationTest {
    private static Sequential network(RandomGenerator random) {
        return Sequential.of(
                Map.entry("conv", new Conv2d(random, 32, 64, 3, ConvolutionOptions.DEFAULT, true)),
                Map.entry("up", new ConvTranspose2d(random, 64, 32, 3, TransposedConvolutionOptions.DEFAULT, true)),
                Map.entry("bn", new BatchNorm2d(4)),
                Map.entry("act", new PRelu(4)),
                Map.entry("fc", new Linear(random, 100, 100)));
    }

    @Test
    void kaimingFanOutSetsEveryKindOfLayer() {
        var network = network(RandomSource.seeded(1));
        var state = network.state();
        state.get("bn.weight").copyFrom(Tensor.full(state.get("bn.weight").shape(), 5));
        state.get("bn.bias").copyFrom(Tensor.full(state.get("bn.bias").shape(), 5));
        Initialization.kaimingFanOut(network, RandomSource.seeded(2));
        // Deviations of 10,000 and more values scatter by less than 1 %.
        assertEquals(Math.sqrt(2.0 / (64 * 9)), deviation(state.get("conv.weight")), 0.001);
        assertEquals(
                Math.sqrt(2.0 / (64 * 9)), deviation(state.get("up.weight")), 0.001, "PyTorch's fan out is dim(0)");
        assertEquals(0.001, deviation(state.get("fc.weight")), 0.00003);
        for (String zero : new String[] {"conv.bias", "up.bias", "bn.bias", "fc.bias"}) {
            assertArrayEquals(new float[state.get(zero).size()], state.get(zero).toArray(), zero);
        }
        assertArrayEquals(new float[] {1, 1, 1, 1}, state.get("bn.weight").toArray());
        assertArrayEquals(
                new float[] {0.25f, 0.25f, 0.25f, 0.25f},
                state.get("act.weight").toArray());
    }

    @Test
    void aSeedGivesTheSameNetwork() {
        var one = network(RandomSource.seeded(1));
        var two = network(RandomSource.seeded(9));
        Initialization.kaimingFanOut(one, RandomSource.seeded(2));
        Initialization.kaimingFanOut(two, RandomSource.seeded(2));
        one.state()
                .forEach((name, tensor) -> assertArrayEquals(
                        tensor.toArray(), two.state().get(name).toArray(), name));
    }

    private static double deviation(Tensor tensor) {
        double squares = 0;
        for (float value : tensor.toArray()) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / tensor.size());
    }
}
