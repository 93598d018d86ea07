package io.github.dsrl4j.dsrl.dataset;

import java.lang.ref.SoftReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Keeps samples once read, as far as its {@link SampleCache} goes. Two threads that ask first may both read; the samples are
 * equal. The garbage collector may take samples back, which are then read again.
 */
final class CachedDataset implements Dataset {
    private final Dataset source;
    private final SampleCache cache;
    /** A place in the cache, once reserved, stays the sample's own; null where none is. */
    private final AtomicReferenceArray<SoftReference<Sample>> places;

    CachedDataset(Dataset source, SampleCache cache) {
        this.source = source;
        this.cache = cache;
        this.places = new AtomicReferenceArray<>(source.size());
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public ClassSet classes() {
        return source.classes();
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public List<String> notes() {
        return source.notes();
    }

    @Override
    public Sample get(int index) {
        var kept = kept(index);
        return kept == null ? keep(index, source.get(index)) : kept;
    }

    private Sample kept(int index) {
        var place = places.get(index);
        return place == null ? null : place.get();
    }

    private Sample keep(int index, Sample sample) {
        var place = places.get(index);
        if (place != null) {
            places.set(index, new SoftReference<>(sample));
        } else if (cache.reserve(sample)) {
            var own = new SoftReference<>(sample);
            var other = places.compareAndExchange(index, null, own);
            if (other != null) {
                // Another thread was first: its place is enough.
                cache.release(sample);
            }
        }
        return sample;
    }

    @Override
    public LabelMap labels(int index) {
        // A file with the labels alone is quickly read; what is made as a whole is made once.
        return kept(index) == null && source instanceof FileDataset
                ? source.labels(index)
                : get(index).labels();
    }

    @Override
    public String fingerprint() {
        return source.fingerprint();
    }

    @Override
    public String samplesFingerprint() {
        return source.samplesFingerprint();
    }

    @Override
    public Dataset cached() {
        return this;
    }
}
