package io.github.dsrl4j.bench;

import java.util.Locale;

/** The parts of the suite. */
enum Section {
    /** What the machine can do at most. */
    MACHINE,
    /** Single kernels. */
    KERNELS,
    /** Whole networks: training steps and inference. */
    STEP,
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
