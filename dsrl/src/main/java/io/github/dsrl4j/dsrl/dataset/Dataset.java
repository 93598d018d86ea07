package io.github.dsrl4j.dsrl.dataset;

import java.util.List;

/**
 * A finite list of labelled images. {@link #get} may be called from many threads at once, and gives equal samples for
 * equal indices.
 */
public interface Dataset {
    /** A short name for tables and provenance, e.g. {@code camvid/train}. */
    String name();

    /** The classes that the labels number. */
    ClassSet classes();

    /** How many samples there are. */
    int size();

    /**
     * Reads or makes one sample.
     *
     * @throws IndexOutOfBoundsException where {@code index} is not in 0..size-1
     * @throws DatasetException where a file is missing or broken, image and label differ in size, or a label is neither
     *     a class nor the ignore index
     */
    Sample get(int index);

    /**
     * The labels of a sample alone, which may take less time than {@link #get}.
     *
     * @throws IndexOutOfBoundsException where {@code index} is not in 0..size-1
     * @throws DatasetException where the file is missing or broken, or a label is neither a class nor the ignore index
     */
    default LabelMap labels(int index) {
        return get(index).labels();
    }

    /** What was decided when the data set was opened and its user should know, a line each; mostly nothing. */
    default List<String> notes() {
        return List.of();
    }

    /**
     * SHA-256, in hexadecimal, over what determines the samples: names and file contents, or a generator's parameters.
     * Reading every file takes time the first time; the value is kept.
     */
    String fingerprint();

    /**
     * SHA-256, in hexadecimal, over the samples themselves: the contents of image files and the class ids of all pixels. Two
     * data sets of the same samples agree in it, whatever files say their labels, and wherever they lie.
     */
    default String samplesFingerprint() {
        return fingerprint();
    }

    /**
     * This data set with every sample kept in memory once read (4 bytes per pixel), as far as memory goes; see {@link
     * SampleCache} for a bound.
     */
    default Dataset cached() {
        return new SampleCache(Long.MAX_VALUE).of(this);
    }
}
