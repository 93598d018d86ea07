package io.github.dsrl4j.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DataLoaderTest {
    private record Sample(int index, long drawn) {}

    private static Sample draw(int index, RandomGenerator random) throws InterruptedException {
        if (index % 3 == 0) {
            Thread.sleep(2);
        }
        return new Sample(index, random.nextLong());
    }

    private static DataLoader<Sample> shuffled(int workers) {
        return new DataLoader<>(11, 3, true, false, 42, workers, DataLoaderTest::draw);
    }

    private static <T> List<List<T>> all(DataLoader<T>.Epoch epoch) {
        var batches = new ArrayList<List<T>>();
        epoch.forEach(batches::add);
        return batches;
    }

    private static List<List<Sample>> epochWith(int workers, int epoch, int firstBatch) {
        try (var loader = shuffled(workers)) {
            return all(loader.epoch(epoch, firstBatch));
        }
    }

    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {0, 1, 2, 7})
    void orderAndAugmentationDependOnTheSeedAlone(int workers) {
        var expected = epochWith(0, 5, 0);
        assertEquals(expected, epochWith(workers, 5, 0));
        assertEquals(expected.subList(2, 4), epochWith(workers, 5, 2), "from batch 2");
        assertEquals(List.of(), epochWith(workers, 5, 4), "from the end");
        try (var loader = shuffled(workers)) {
            all(loader.epoch(4));
            assertEquals(expected, all(loader.epoch(5)), "after another epoch");
        }
    }

    @Test
    void eachEpochHasAnOrderAndAugmentationOfItsOwn() {
        try (var loader = shuffled(0)) {
            assertFalse(Arrays.equals(loader.order(0), loader.order(1)));
            var first = all(loader.epoch(0)).stream().flatMap(List::stream).toList();
            var second = all(loader.epoch(1)).stream().flatMap(List::stream).toList();
            for (Sample sample : first) {
                assertFalse(second.contains(sample), () -> sample + " is the same in both epochs");
            }
        }
    }

    @Test
    void anotherSeedGivesAnotherOrder() {
        try (var one = new DataLoader<>(100, 3, true, false, 1, 0, DataLoaderTest::draw);
                var two = new DataLoader<>(100, 3, true, false, 2, 0, DataLoaderTest::draw)) {
            assertFalse(Arrays.equals(one.order(0), two.order(0)));
            assertNotEquals(one.epoch(0).next(), two.epoch(0).next());
        }
    }

    @ParameterizedTest(name = "{0} samples in batches of {1}, dropLast {2}: {3}, last {4}")
    @CsvSource({
        "11, 3, false, 4, 2",
        "11, 3, true,  3, 3",
        "12, 3, false, 4, 3",
        "12, 3, true,  4, 3",
        "2,  5, false, 1, 2",
        "0,  5, false, 0, 0",
    })
    void everySampleComesOnce(int size, int batchSize, boolean dropLast, int batches, int last) {
        try (var loader = new DataLoader<>(size, batchSize, true, dropLast, 9, 2, (i, random) -> i)) {
            assertEquals(batches, loader.batches());
            var seen = all(loader.epoch(3));
            assertEquals(batches, seen.size());
            assertEquals(last, seen.isEmpty() ? 0 : seen.getLast().size());
            var flat = seen.stream().flatMap(List::stream).toList();
            assertEquals(flat.size(), flat.stream().distinct().count());
            assertEquals(
                    IntStream.of(loader.order(3)).limit(flat.size()).boxed().toList(), flat);
            int[] sorted = loader.order(3);
            Arrays.sort(sorted);
            assertArrayEquals(IntStream.range(0, size).toArray(), sorted);
        }
    }

    @Test
    void withoutShufflingTheOrderIsThatOfTheData() {
        try (var loader = new DataLoader<>(5, 2, false, false, 9, 1, (i, random) -> i)) {
            assertEquals(List.of(List.of(0, 1), List.of(2, 3), List.of(4)), all(loader.epoch(8)));
        }
    }

    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {0, 2})
    void aFailureNamesTheSample(int workers) {
        var cause = new IOException("no such file");
        try (var loader = new DataLoader<>(6, 2, false, false, 9, workers, (i, random) -> {
            if (i == 3) {
                throw cause;
            }
            return i;
        })) {
            var epoch = loader.epoch(7);
            assertEquals(List.of(0, 1), epoch.next());
            var failure = assertThrows(SampleException.class, epoch::next);
            assertEquals(
                    "data loader: sample 3 of epoch 7 could not be loaded: java.io.IOException: no such file",
                    failure.getMessage());
            assertEquals(3, failure.index());
            assertSame(cause, failure.getCause());
            assertFalse(epoch.hasNext(), "the epoch ends");
            assertEquals(List.of(0, 1), loader.epoch(8).next(), "the loader goes on");
        }
    }

    @Test
    void anErrorReachesTheConsumer() {
        try (var loader = new DataLoader<Integer>(1, 1, false, false, 9, 1, (i, random) -> {
            throw new AssertionError("broken");
        })) {
            var failure = assertThrows(SampleException.class, loader.epoch(0)::next);
            assertInstanceOf(AssertionError.class, failure.getCause());
        }
    }

    @Test
    void preparesAheadButNotWithoutBound() throws InterruptedException {
        var loaded = new AtomicInteger();
        var ahead = new CountDownLatch(6);
        try (var loader = new DataLoader<>(100, 2, false, false, 9, 2, (i, random) -> {
            loaded.incrementAndGet();
            ahead.countDown();
            return i;
        })) {
            var epoch = loader.epoch(0);
            assertTrue(ahead.await(10, TimeUnit.SECONDS), "three batches are prepared before one is asked for");
            Thread.sleep(50);
            assertEquals(6, loaded.get());
            epoch.next();
            epoch.next();
            while (loaded.get() < 8) {
                Thread.sleep(1);
            }
            Thread.sleep(50);
            assertEquals(8, loaded.get(), "the second batch that is taken makes room for one more");
        }
    }

    @Test
    void closingStopsTheThreads() throws InterruptedException {
        var threads = new ArrayList<Thread>();
        var loader = new DataLoader<>(50, 2, false, false, 9, 3, (i, random) -> {
            synchronized (threads) {
                threads.add(Thread.currentThread());
            }
            return i;
        });
        var epoch = loader.epoch(0);
        epoch.next();
        loader.close();
        synchronized (threads) {
            assertFalse(threads.isEmpty());
            for (Thread thread : threads) {
                thread.join(5_000);
                assertFalse(thread.isAlive(), () -> thread + " still runs");
                assertTrue(thread.isDaemon());
            }
        }
        assertFalse(epoch.hasNext());
        assertEquals(
                "data loader: epoch 0 was given up: it failed, another was begun, or the loader was closed",
                assertThrows(IllegalStateException.class, epoch::next).getMessage());
        assertEquals(
                "data loader: it is closed",
                assertThrows(IllegalStateException.class, () -> loader.epoch(1)).getMessage());
        loader.close();
    }

    @Test
    void anEpochThatWasNotFinishedIsGivenUp() {
        try (var loader = shuffled(2)) {
            var first = loader.epoch(0);
            first.next();
            assertEquals(epochWith(0, 1, 0), all(loader.epoch(1)));
            assertThrows(IllegalStateException.class, first::next);
        }
    }

    @Test
    void anInterruptEndsTheWait() {
        var never = new CountDownLatch(1);
        try (var loader = new DataLoader<>(2, 1, false, false, 9, 1, (i, random) -> {
            never.await();
            return i;
        })) {
            var epoch = loader.epoch(0);
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, epoch::next);
            assertTrue(Thread.interrupted(), "the interrupt is passed on");
            never.countDown();
        }
    }

    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {0, 1})
    void samplesOutliveTheStepThatAskedForThem(int workers) throws Exception {
        try (var loader =
                new DataLoader<>(2, 1, false, false, 9, workers, (i, random) -> Tensor.full(Shape.of(4), i + 1))) {
            var epoch = loader.epoch(0);
            var memory = new StepMemory();
            Tensor sample = memory.run(() -> epoch.next().getFirst());
            memory.run(() -> Tensor.full(Shape.of(4), 99).get(0));
            assertArrayEquals(new float[] {1, 1, 1, 1}, sample.toArray());
        }
    }

    @Test
    void anEpochHasAnEnd() {
        try (var loader = shuffled(1)) {
            var epoch = loader.epoch(2, 3);
            assertEquals(3, epoch.nextBatch());
            epoch.next();
            assertEquals(4, epoch.nextBatch());
            assertEquals(
                    "data loader: epoch 2 has no further batch",
                    assertThrows(NoSuchElementException.class, epoch::next).getMessage());
        }
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource(delimiter = '|', textBlock = """
            -1 | 1 | false | 0 | data loader: -1 samples in batches of 1 with 0 workers make no sense; size and workers are at least 0, a batch is at least 1
            5  | 0 | false | 0 | data loader: 5 samples in batches of 0 with 0 workers make no sense; size and workers are at least 0, a batch is at least 1
            5  | 2 | false | -1 | data loader: 5 samples in batches of 2 with -1 workers make no sense; size and workers are at least 0, a batch is at least 1
            5  | 6 | true  | 0 | data loader: 5 samples do not fill one batch of 6 and the last is dropped; nothing would remain
            """)
    void refusesSizesThatMakeNoSense(int size, int batchSize, boolean dropLast, int workers, String message) {
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new DataLoader<>(size, batchSize, true, dropLast, 0, workers, (i, random) -> i))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5})
    void refusesABatchThatDoesNotExist(int batch) {
        try (var loader = shuffled(0)) {
            assertEquals(
                    "data loader: there is no batch " + batch + " in an epoch of 4",
                    assertThrows(IllegalArgumentException.class, () -> loader.epoch(0, batch))
                            .getMessage());
        }
    }
}
