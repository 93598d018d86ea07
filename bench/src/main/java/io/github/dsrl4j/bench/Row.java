package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;

/** A row of the table. */
record Row(Entry entry, Effort effort, Outcome outcome) {
    /** What came of it. */
    sealed interface Outcome permits Measurement, Failure, Absence {}

    /** The answer was wrong, or the process broke down. */
    record Failure(String reason) implements Outcome {}

    /** The contender is not to be had here. */
    record Absence(String reason) implements Outcome {}

    boolean measured() {
        return outcome instanceof Measurement;
    }

    boolean failed() {
        return outcome instanceof Failure;
    }

    /**
     * The times.
     *
     * @throws IllegalStateException if there are none
     */
    Measurement measurement() {
        if (outcome instanceof Measurement measurement) {
            return measurement;
        }
        throw new IllegalStateException("bench: row '%s' was not measured: %s".formatted(entry.label(), remark()));
    }

    /** Why there are no figures, else nothing. */
    String remark() {
        return switch (outcome) {
            case Measurement measurement -> "";
            case Failure(String reason) -> "failed: " + reason;
            case Absence(String reason) -> "not available: " + reason;
        };
    }

    /** Billions of floating-point operations a second at the median; NaN where they are not counted. */
    double gigaflops() {
        return rate(effort.flops());
    }

    /** Billions of bytes a second at the median; NaN where they are not counted. */
    double gigabytes() {
        return rate(effort.bytes());
    }

    private double rate(long amount) {
        return !measured() || amount == 0 ? Double.NaN : amount / measurement().median();
    }
}
