package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.trace.Value;

/** A number that a graph needs for its shapes. */
sealed interface Size {
    /** The same for every input. */
    record Constant(int value) implements Size {}

    /**
     * From an extent of a value: {@code max(least, ceil(extent numerator / denominator))}, or floor.
     *
     * @param least 0 where there is no lower bound
     */
    record Computed(Value source, int dim, int numerator, int denominator, boolean up, int least) implements Size {
        int of(int extent) {
            long product = (long) extent * numerator;
            long scaled = up ? Math.ceilDiv(product, denominator) : Math.floorDiv(product, denominator);
            return (int) Math.max(least, scaled);
        }
    }
}
