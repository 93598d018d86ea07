package io.github.dsrl4j.nn.data;

import io.github.dsrl4j.nn.RandomSource;
import io.github.dsrl4j.tensor.StepMemory;
import java.io.Serial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;

/**
 * Goes over a data set in batches, which worker threads prepare in the background. The order and what a sample looks like (its
 * augmentation) depend on seed, epoch and index alone: never on the number of workers, on timing, or on what was loaded before. So
 * a resumed run begins in the middle of an epoch and sees what the uninterrupted one would have seen.
 *
 * <pre>{@code
 * try (var loader = new DataLoader<>(files.size(), 8, true, true, seed, 2, (i, random) -> load(files.get(i), random))) {
 *     for (List<Sample> batch : loader.epoch(epoch, firstBatch)) {
 *         ...
 *     }
 * }
 * }</pre>
 *
 * A loader belongs to one consumer thread and serves one epoch at a time.
 */
public final class DataLoader<T> implements AutoCloseable {
    /** What a random source is for, so that the order of samples and their augmentation are unrelated. */
    private static final long FOR_ORDER = 1;

    private static final long FOR_SAMPLE = 2;

    private final int size;
    private final int batchSize;
    private final boolean shuffle;
    private final boolean dropLast;
    private final long seed;
    private final SampleSource<? extends T> source;
    private final ExecutorService workers;
    private final int prefetch;
    private Epoch current;
    private boolean closed;

    /**
     * @param size the number of samples
     * @param shuffle whether each epoch has an order of its own, or all go from 0 upwards
     * @param dropLast whether a last batch that would be smaller is left out
     * @param workers the number of threads that load samples; with 0 the consumer loads them itself, when it asks for a batch
     */
    public DataLoader(
            int size,
            int batchSize,
            boolean shuffle,
            boolean dropLast,
            long seed,
            int workers,
            SampleSource<? extends T> source) {
        if (size < 0 || batchSize < 1 || workers < 0) {
            throw new IllegalArgumentException(
                    "data loader: %d samples in batches of %d with %d workers make no sense; size and workers are at least 0, a batch is at least 1"
                            .formatted(size, batchSize, workers));
        }
        if (dropLast && size < batchSize) {
            throw new IllegalArgumentException(
                    "data loader: %d samples do not fill one batch of %d and the last is dropped; nothing would remain"
                            .formatted(size, batchSize));
        }
        this.size = size;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.dropLast = dropLast;
        this.seed = seed;
        this.source = source;
        this.workers = workers == 0
                ? null
                : Executors.newFixedThreadPool(
                        workers,
                        Thread.ofPlatform().daemon().name("dsrl4j-data-", 1).factory());
        // One batch that is waited for, and enough behind it that every worker has something to do.
        this.prefetch = 1 + Math.max(1, Math.ceilDiv(workers, batchSize));
    }

    /** The number of batches in an epoch. */
    public int batches() {
        return dropLast ? size / batchSize : Math.ceilDiv(size, batchSize);
    }

    /** The indices of all samples in the order of this epoch; a last batch that is dropped is still listed. */
    public int[] order(int epoch) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        if (shuffle) {
            RandomGenerator random = RandomSource.seeded(seed, FOR_ORDER, epoch);
            for (int i = size - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }
        return order;
    }

    /** All batches of an epoch. */
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /**
     * The batches of an epoch from {@code firstBatch} on. Preparation begins at once; an earlier epoch that was not finished is
     * given up.
     *
     * @throws IllegalArgumentException if there is no such batch; {@link #batches} itself is allowed and gives none
     */
    public Epoch epoch(int epoch, int firstBatch) {
        if (firstBatch < 0 || firstBatch > batches()) {
            throw new IllegalArgumentException(
                    "data loader: there is no batch %d in an epoch of %d".formatted(firstBatch, batches()));
        }
        if (closed) {
            throw new IllegalStateException("data loader: it is closed");
        }
        if (current != null) {
            current.cancel();
        }
        current = new Epoch(epoch, firstBatch);
        return current;
    }

    /** Gives up what is being prepared and returns when no worker runs any more. */
    @Override
    public void close() {
        closed = true;
        if (current != null) {
            current.cancel();
        }
        if (workers != null) {
            workers.close();
        }
    }

    /** One pass over the data; can be gone through once. */
    public final class Epoch implements Iterable<List<T>> {
        private final int epoch;
        private final int[] order;
        private final Queue<List<Future<T>>> pending = new ArrayDeque<>();
        private int nextToPrepare;
        private int nextToDeliver;
        private boolean cancelled;

        private Epoch(int epoch, int firstBatch) {
            this.epoch = epoch;
            this.order = order(epoch);
            this.nextToPrepare = firstBatch;
            this.nextToDeliver = firstBatch;
            if (workers != null) {
                prepareAhead();
            }
        }

        /** The batches that are left: all iterators share their place with {@link #next}. */
        @Override
        public Iterator<List<T>> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return Epoch.this.hasNext();
                }

                @Override
                public List<T> next() {
                    return Epoch.this.next();
                }
            };
        }

        /** Whether a batch is left. */
        public boolean hasNext() {
            return !cancelled && nextToDeliver < batches();
        }

        /** The position in the epoch of the batch that {@link #next} gives. */
        public int nextBatch() {
            return nextToDeliver;
        }

        /**
         * Waits for the next batch.
         *
         * @throws SampleException if one of its samples could not be loaded; the epoch ends
         * @throws CancellationException if the thread is interrupted while it waits; the epoch ends
         * @throws NoSuchElementException if there is none
         */
        public List<T> next() {
            if (cancelled) {
                throw new IllegalStateException(
                        "data loader: epoch %d was given up: it failed, another was begun, or the loader was closed"
                                .formatted(epoch));
            }
            if (!hasNext()) {
                throw new NoSuchElementException("data loader: epoch " + epoch + " has no further batch");
            }
            prepareAhead();
            var batch = new ArrayList<T>();
            try {
                for (Future<T> sample : pending.remove()) {
                    if (workers == null) {
                        ((FutureTask<T>) sample).run();
                    }
                    batch.add(sample.get());
                }
            } catch (ExecutionException e) {
                cancel();
                throw (SampleException) e.getCause();
            } catch (InterruptedException e) {
                cancel();
                Thread.currentThread().interrupt();
                var cancellation = new CancellationException("data loader: interrupted while waiting for a batch");
                cancellation.initCause(e);
                throw cancellation;
            }
            nextToDeliver++;
            return batch;
        }

        /** Hands work to the workers on the consumer's own call, which bounds what is in flight and needs no lock. */
        private void prepareAhead() {
            int until = workers == null ? nextToDeliver + 1 : nextToDeliver + prefetch + 1;
            for (; nextToPrepare < Math.min(until, batches()); nextToPrepare++) {
                int from = nextToPrepare * batchSize;
                var batch = new ArrayList<Future<T>>();
                for (int i = from; i < Math.min(from + batchSize, size); i++) {
                    int index = order[i];
                    var sample = new FutureTask<T>(() -> load(index));
                    batch.add(sample);
                    if (workers != null) {
                        workers.execute(sample);
                    }
                }
                pending.add(batch);
            }
        }

        private T load(int index) {
            try {
                RandomGenerator random = RandomSource.seeded(seed, FOR_SAMPLE, epoch, index);
                // Where the consumer loads for itself, the sample must outlive the training step around the call.
                return StepMemory.outside(() -> loadUnchecked(index, random));
            } catch (Unchecked e) {
                throw new SampleException(index, epoch, e.getCause());
            } catch (RuntimeException | Error e) {
                throw new SampleException(index, epoch, e);
            }
        }

        private T loadUnchecked(int index, RandomGenerator random) {
            try {
                return source.load(index, random);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new Unchecked(e);
            }
        }

        /** Without interrupts, which would close files that samples share; what is being loaded is finished and dropped. */
        private void cancel() {
            cancelled = true;
            pending.forEach(batch -> batch.forEach(sample -> sample.cancel(false)));
            pending.clear();
        }
    }

    /** Carries a checked exception through code that declares none. */
    private static final class Unchecked extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1;

        Unchecked(Exception cause) {
            super(cause);
        }
    }
}
