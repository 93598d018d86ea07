package io.github.dsrl4j.tensor.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed team of threads that shares out numbered pieces of work. What a piece computes depends on its number alone, never on
 * the thread that runs it or on how many there are; so results are the same bits for any team.
 *
 * <p>The pieces are cut into as many ranges as there are threads. Each thread takes those of its own range first, and then what is
 * left of the others': from one operation to the next it meets much of the data that it had in its cache.
 */
public final class Parallel {
    /** How the names of the threads begin that help the calling one. */
    public static final String THREAD_NAME = "dsrl4j-kernel-";

    private static final int SPINS = 2000;

    private final Worker[] workers;
    private final AtomicReference<Job> current = new AtomicReference<>();

    /** A team of {@code threads}, the calling thread included; the others are daemons that live as long as the program. */
    public Parallel(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: at least 1 is needed, not " + threads);
        }
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(this, i + 1);
            workers[i].start();
        }
    }

    /** How many threads work, the calling thread included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code work} for 0 to {@code pieces - 1}, each once, on any thread and in any order, and returns when all are done.
     * Called from inside a piece, or while another thread's work is under way, it runs all pieces on the calling thread.
     *
     * @throws RuntimeException or Error the first failure of a piece
     */
    public void forEach(int pieces, IntConsumer work) {
        if (pieces <= 1 || workers.length == 0) {
            runAll(pieces, work);
            return;
        }
        var job = new Job(pieces, threads(), work);
        if (!current.compareAndSet(null, job)) {
            runAll(pieces, work);
            return;
        }
        try {
            for (Worker worker : workers) {
                worker.wake();
            }
            job.help(0);
            job.await();
        } finally {
            current.set(null);
        }
        job.rethrow();
    }

    private static void runAll(int pieces, IntConsumer work) {
        for (int i = 0; i < pieces; i++) {
            work.accept(i);
        }
    }

    private static final class Job {
        private final int pieces;
        private final int ranges;
        private final IntConsumer work;
        /** The next piece of each range. */
        private final AtomicIntegerArray next;

        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int pieces, int ranges, IntConsumer work) {
            this.pieces = pieces;
            this.ranges = ranges;
            this.work = work;
            next = new AtomicIntegerArray(ranges);
            for (int range = 0; range < ranges; range++) {
                next.set(range, begin(range));
            }
        }

        private int begin(int range) {
            return (int) ((long) pieces * range / ranges);
        }

        /** Runs pieces until none is left, those of this range first. */
        void help(int own) {
            for (int i = 0; i < ranges; i++) {
                int range = (own + i) % ranges;
                int end = begin(range + 1);
                for (int p = next.getAndIncrement(range); p < end; p = next.getAndIncrement(range)) {
                    run(p);
                }
            }
        }

        private void run(int piece) {
            try {
                if (failure.get() == null) {
                    work.accept(piece);
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            } finally {
                done.incrementAndGet();
            }
        }

        @SuppressWarnings("ThreadPriorityCheck") // a hint that saves power, nothing relies on it
        void await() {
            for (int spins = 0; done.get() < pieces; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }

        void rethrow() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }

    private static final class Worker extends Thread {
        private final Parallel team;
        private final int number;
        private volatile boolean parked;

        Worker(Parallel team, int number) {
            super(THREAD_NAME + number);
            this.team = team;
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            Job last = null;
            while (true) {
                Job job = awaitJob(last);
                job.help(number);
                last = job;
            }
        }

        private Job awaitJob(Job last) {
            for (int spins = 0; ; spins++) {
                Job job = team.current.get();
                if (job != null && job != last) {
                    return job;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                job = team.current.get();
                if (job == null || job == last) {
                    LockSupport.park(team);
                }
                parked = false;
            }
        }
    }
}
