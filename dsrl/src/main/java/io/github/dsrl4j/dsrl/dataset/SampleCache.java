package io.github.dsrl4j.dsrl.dataset;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on the memory that samples of one or several data sets are kept in. The first samples that fit are kept, and no
 * other replaces them: an epoch asks for every sample once, so that a cache of a third of the samples finds a third of them,
 * where one that drops the least recently used finds hardly any. What is kept is given up before memory runs out.
 */
public final class SampleCache {
    /** Three bytes of colour and one of label. */
    private static final long BYTES_PER_PIXEL = 4;

    /** The share of the heap that {@link #ofHeap} takes. */
    private static final int SHARE_OF_HEAP = 4;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    /**
     * A cache of at most this size.
     *
     * @param bytes 0 keeps nothing
     */
    public SampleCache(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("sample cache: %d bytes; at least 0 are expected".formatted(bytes));
        }
        this.limit = bytes;
    }

    /** A cache of a quarter of the largest heap that this Java machine may have. */
    public static SampleCache ofHeap() {
        return new SampleCache(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /** A data set of the same samples that keeps them in this cache. */
    public Dataset of(Dataset dataset) {
        return limit == 0 ? dataset : new CachedDataset(dataset, this);
    }

    /** How many bytes at most are kept. */
    public long limit() {
        return limit;
    }

    /** How many bytes have been set aside for samples, kept or to be read again. */
    public long reserved() {
        return reserved.get();
    }

    /** Sets memory aside for a sample; false where there is not enough left. */
    boolean reserve(Sample sample) {
        long bytes = bytes(sample);
        long before = reserved.getAndUpdate(used -> bytes <= limit - used ? used + bytes : used);
        return bytes <= limit - before;
    }

    /** Gives back what was set aside for a sample that is not kept after all. */
    void release(Sample sample) {
        reserved.addAndGet(-bytes(sample));
    }

    private static long bytes(Sample sample) {
        return BYTES_PER_PIXEL * sample.image().width() * sample.image().height();
    }
}
