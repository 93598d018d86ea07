package io.github.dsrl4j.nn.data;

import java.util.random.RandomGenerator;

/** Loads and augments one sample of a data set; called by several threads at once. */
@FunctionalInterface
public interface SampleSource<T> {
    /**
     * The sample.
     *
     * @param index in the data set, from 0
     * @param random the only source of randomness to be used; it depends on the loader's seed, the epoch and the index alone
     */
    T load(int index, RandomGenerator random) throws Exception;
}
