package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A team that hangs fails by its time limit. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ParallelTest {
    private static void assertEachOnce(AtomicIntegerArray counts, String what) {
        for (int i = 0; i < counts.length(); i++) {
            assertEquals(1, counts.get(i), what + ", piece " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void runsEveryPieceExactlyOnce(int threads) {
        var team = new Parallel(threads);
        assertEquals(threads, team.threads());
        for (int pieces : new int[] {0, 1, 2, 3, 7, 64, 1001}) {
            for (int round = 0; round < 200; round++) {
                var counts = new AtomicIntegerArray(pieces);
                team.forEach(pieces, counts::incrementAndGet);
                assertEachOnce(counts, pieces + " pieces, round " + round);
            }
        }
    }

    /** Workers that fell asleep between two pieces of work have to wake up for the second. */
    @Test
    void wakesSleepingThreads() throws InterruptedException {
        var team = new Parallel(3);
        for (int round = 0; round < 5; round++) {
            var everyone = new CountDownLatch(3);
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            team.forEach(3, piece -> {
                threads.add(Thread.currentThread());
                everyone.countDown();
                awaitOrFail(everyone);
            });
            assertEquals(3, threads.size(), "pieces that wait for each other need a thread each");
            assertTrue(threads.contains(Thread.currentThread()), "the calling thread works too");
            Thread.sleep(30);
        }
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS), "not all threads came");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatPiecesWroteIsSeenByTheCaller() {
        var team = new Parallel(3);
        for (int round = 0; round < 300; round++) {
            float[] values = new float[500];
            float value = round;
            team.forEach(values.length, i -> values[i] = value + i);
            for (int i = 0; i < values.length; i++) {
                assertEquals(value + i, values[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aPieceMayShareOutWorkItself(int threads) {
        var team = new Parallel(threads);
        for (int round = 0; round < 50; round++) {
            var counts = new AtomicIntegerArray(6 * 5 * 4);
            team.forEach(
                    6, i -> team.forEach(5, j -> team.forEach(4, k -> counts.incrementAndGet((i * 5 + j) * 4 + k))));
            assertEachOnce(counts, "round " + round);
        }
    }

    @Test
    void manyThreadsShareATeam() throws Exception {
        var team = new Parallel(3);
        try (var callers = Executors.newFixedThreadPool(6)) {
            List<Callable<AtomicIntegerArray>> calls = new ArrayList<>();
            for (int caller = 0; caller < 6; caller++) {
                calls.add(() -> {
                    var counts = new AtomicIntegerArray(300 * 17);
                    for (int round = 0; round < 300; round++) {
                        int first = 17 * round;
                        team.forEach(17, piece -> counts.incrementAndGet(first + piece));
                    }
                    return counts;
                });
            }
            for (Future<AtomicIntegerArray> counts : callers.invokeAll(calls)) {
                assertEachOnce(counts.get(), "one of six callers");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFailureReachesTheCallerAndTheTeamGoesOn(int threads) {
        var team = new Parallel(threads);
        for (int round = 0; round < 100; round++) {
            var failure = new IllegalArgumentException("piece 5");
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> team.forEach(40, piece -> {
                        if (piece == 5) {
                            throw failure;
                        }
                    }));
            assertSame(failure, error);
            var counts = new AtomicIntegerArray(40);
            team.forEach(40, counts::incrementAndGet);
            assertEachOnce(counts, "after a failure, round " + round);
        }
    }

    @Test
    void errorsAreRethrownAsTheyAre() {
        var team = new Parallel(2);
        var failure = new OutOfMemoryError("as if");
        assertSame(
                failure,
                assertThrows(
                        OutOfMemoryError.class,
                        () -> team.forEach(3, piece -> {
                            throw failure;
                        })));
    }

    @Test
    void aFailureInANestedPieceReachesTheOuterCaller() {
        var team = new Parallel(3);
        var error = assertThrows(
                IllegalStateException.class,
                () -> team.forEach(
                        4,
                        i -> team.forEach(4, j -> {
                            if (i == 2 && j == 1) {
                                throw new IllegalStateException("inner");
                            }
                        })));
        assertEquals("inner", error.getMessage());
    }

    @Test
    void aTeamNeedsAThread() {
        var error = assertThrows(IllegalArgumentException.class, () -> new Parallel(0));
        assertEquals("threads: at least 1 is needed, not 0", error.getMessage());
    }
}
