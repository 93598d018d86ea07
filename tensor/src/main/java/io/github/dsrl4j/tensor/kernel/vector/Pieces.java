package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Parallel;

/** Shares out work on consecutive items in ranges whose borders follow from the sizes alone, never from the threads. */
final class Pieces {
    /** Work on fewer elements than this takes some microseconds, which is what waking a thread costs. */
    static final int GRAIN = 1 << 14;

    /** Enough ranges for an even load on many threads, few enough that handing them out costs nothing. */
    private static final int MANY = 128;

    private Pieces() {}

    /** The work on the items {@code from} to {@code to - 1}. */
    @FunctionalInterface
    interface Range {
        void run(int from, int to);
    }

    /** Runs {@code work} over {@code count} items that touch about {@code cost} elements each. */
    static void run(Parallel parallel, int count, long cost, Range work) {
        long total = count * Math.max(cost, 1);
        if (total < 2 * GRAIN || count < 2) {
            work.run(0, count);
            return;
        }
        long elements = Math.max(GRAIN, total / MANY);
        int size = Math.clamp(elements / Math.max(cost, 1), 1, count);
        parallel.forEach(Math.ceilDiv(count, size), piece -> {
            int from = piece * size;
            work.run(from, Math.min(count, from + size));
        });
    }

    /** Runs {@code work} over {@code n} single elements; all borders but the last are multiples of the vector width. */
    static void elements(Parallel parallel, int n, Range work) {
        int blocks = Math.ceilDiv(n, 1024);
        run(parallel, blocks, 1024, (from, to) -> work.run(from * 1024, Math.min(n, to * 1024)));
    }
}
