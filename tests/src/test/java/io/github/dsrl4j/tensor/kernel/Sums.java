package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.fail;

/**
 * Sums in double precision for a definition that a test writes down by itself, each with the sum of the absolute values of its
 * terms, which is what rounding errors are measured in.
 */
final class Sums {
    private final double[] values;
    private final double[] magnitudes;

    Sums(int length) {
        values = new double[length];
        magnitudes = new double[length];
    }

    void add(int i, double term) {
        values[i] += term;
        magnitudes[i] += Math.abs(term);
    }

    /** A value that is no sum of terms, with its own magnitude. */
    void set(int i, double value, double magnitude) {
        values[i] = value;
        magnitudes[i] = magnitude;
    }

    double value(int i) {
        return values[i];
    }

    int length() {
        return values.length;
    }

    double[] magnitudes() {
        return magnitudes;
    }

    /** Asserts that computed values differ from these by at most {@code units} rounding units of the magnitudes. */
    void assertClose(String what, double units, Slab actual) {
        for (int i = 0; i < values.length; i++) {
            double allowed = units * Contract.UNIT * magnitudes[i] + Float.MIN_NORMAL;
            double error = Math.abs(values[i] - actual.get(i));
            if (!(error <= allowed)) {
                fail("%s: element %d of %d is %s, by definition %s; allowed error %s"
                        .formatted(what, i, values.length, actual.get(i), values[i], allowed));
            }
        }
    }
}
