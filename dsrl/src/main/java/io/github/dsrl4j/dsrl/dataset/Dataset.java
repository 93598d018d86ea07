package io.github.dsrl4j.dsrl.dataset;

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
     * SHA-256, in hexadecimal, over what determines the samples: names and file contents, or a generator's parameters.
     * Reading every file takes time the first time; the value is kept.
     */
    String fingerprint();

    /** This data set with every sample kept in memory once read (4 bytes a pixel). */
    default Dataset cached() {
        return new CachedDataset(this);
    }
}
