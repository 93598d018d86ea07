package io.github.dsrl4j.bench;

import java.util.Locale;

/** The parts of the suite. */
enum Section {
    /** What the machine can do at most. */
    MACHINE,
    /** Single kernels. */
    KERNELS,
    /** The feature affinity loss, from maps of a thousand positions to those for which others have no memory. */
    AFFINITY,
    /** Whole networks: inference and training steps. */
    NETWORKS,
    /** Inference on one and more threads, on larger batches, and on larger images. */
    SCALING,
    ALL;

    boolean includes(Section other) {
        return this == ALL || this == other;
    }

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
