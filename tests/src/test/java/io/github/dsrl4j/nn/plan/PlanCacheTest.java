package io.github.dsrl4j.nn.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.Relu;
import io.github.dsrl4j.nn.layer.Sequential;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class PlanCacheTest {
    private static final int CHANNELS = 16;
    private static final long MIB = 1 << 20;

    private static Sequential network() {
        var random = new Random(1);
        var model = new Sequential(
                new Conv2d(random, 3, CHANNELS, 3, ConvolutionOptions.DEFAULT.padding(1), true),
                new BatchNorm2d(CHANNELS),
                new Relu(),
                new Conv2d(random, CHANNELS, CHANNELS, 3, ConvolutionOptions.DEFAULT.padding(1), true));
        model.eval();
        return model;
    }

    private static Tensor image(int height, int width) {
        return Tensor.randn(new Random(height * 1000L + width), 1, 3, height, width);
    }

    @Test
    void givesWhatAPlanGives() {
        Sequential model = network();
        var cache = new PlanCache(model, 64 * MIB);
        for (int side : new int[] {8, 9, 8}) {
            Tensor image = image(side, 12);
            Tensor expected = Plan.compile(model, image.shape()).run(image);
            assertArrayEquals(expected.toArray(), cache.run(image).toArray());
        }
        assertEquals(2, cache.size());
    }

    @Test
    void plansOfAllSizesShareTheirWeights() {
        var cache = new PlanCache(network(), 64 * MIB);
        cache.run(image(8, 8));
        long weights = cache.weightBytes();
        assertTrue(weights >= 4L * CHANNELS * CHANNELS * 9, () -> weights + " bytes");
        for (int side = 9; side < 40; side++) {
            cache.run(image(side, side));
        }
        assertEquals(weights, cache.weightBytes());
        assertEquals(32, cache.size());
    }

    @Test
    void thePlansUsedLeastRecentlyGoFirst() {
        var cache = new PlanCache(network(), 4 * MIB);
        Tensor often = image(16, 16);
        for (int side = 17; side < 80; side++) {
            cache.run(image(side, side));
            cache.run(often);
            assertTrue(cache.bytes() <= 4 * MIB, () -> cache.bytes() + " bytes");
        }
        int before = cache.size();
        assertTrue(before > 1 && before < 64, before + " plans");
        cache.run(often);
        assertEquals(before, cache.size(), "the plan in use is still there");
    }

    @Test
    void whatManyCallsAtOnceNeededIsCountedAndFreed() throws Exception {
        int threads = 8;
        long bound = 2 * MIB;
        var cache = new PlanCache(network(), bound);
        Tensor image = image(128, 128);
        var together = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 5; round++) {
                var calls = new ArrayList<Future<Tensor>>();
                for (int i = 0; i < threads; i++) {
                    calls.add(pool.submit(() -> {
                        together.await();
                        return cache.run(image);
                    }));
                }
                for (Future<Tensor> call : calls) {
                    assertEquals(Shape.of(1, CHANNELS, 128, 128), call.get().shape());
                }
            }
        }
        assertTrue(cache.bytes() <= bound, () -> cache.bytes() + " bytes");
    }

    @Test
    void anImageLargerThanTheBoundStillRuns() {
        var cache = new PlanCache(network(), 1);
        for (int i = 0; i < 3; i++) {
            assertEquals(Shape.of(1, CHANNELS, 64, 64), cache.run(image(64, 64)).shape());
        }
        assertEquals(1, cache.size());
    }
}
