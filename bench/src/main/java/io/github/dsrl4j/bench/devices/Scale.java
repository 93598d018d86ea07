package io.github.dsrl4j.bench.devices;

import java.util.Arrays;

/** How much is measured, and how long. */
enum Scale {
    /** The smallest sizes, hardly repeated: shows that all works, the figures mean nothing. */
    SMOKE(0, 0),
    /** Middle sizes. */
    QUICK(0.15, 0.1),
    /** All sizes. */
    FULL(0.8, 0.6);

    private final double warmUpSeconds;
    private final double seconds;

    Scale(double warmUpSeconds, double seconds) {
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    /** How long a load runs at least before it is measured. */
    double warmUpSeconds() {
        return warmUpSeconds;
    }

    /** How long it is measured. */
    double seconds() {
        return seconds;
    }

    /** Which of the sizes of a family are measured, the smallest being first. */
    int[] of(int... sizes) {
        return switch (this) {
            case SMOKE -> Arrays.copyOf(sizes, 1);
            case QUICK -> Arrays.copyOfRange(sizes, 1, sizes.length - 1);
            case FULL -> sizes;
        };
    }
}
