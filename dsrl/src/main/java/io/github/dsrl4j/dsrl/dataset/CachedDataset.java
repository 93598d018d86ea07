package io.github.dsrl4j.dsrl.dataset;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** Keeps every sample of a data set once read. Two threads that ask first may both read; the samples are equal. */
final class CachedDataset implements Dataset {
    private final Dataset source;
    private final AtomicReferenceArray<Sample> samples;

    CachedDataset(Dataset source) {
        this.source = source;
        this.samples = new AtomicReferenceArray<>(source.size());
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
    public Sample get(int index) {
        var kept = samples.get(index);
        if (kept != null) {
            return kept;
        }
        var sample = source.get(index);
        samples.set(index, sample);
        return sample;
    }

    @Override
    public String fingerprint() {
        return source.fingerprint();
    }

    @Override
    public Dataset cached() {
        return this;
    }
}
