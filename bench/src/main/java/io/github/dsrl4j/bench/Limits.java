package io.github.dsrl4j.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the machine can do at most, as measured in the same run. Medians are held against medians: whatever else the machine does slows
 * both.
 */
record Limits(List<Row> rows) {
    /** GFLOP/s of the row over the fused multiply-add peak of as many threads; NaN where either is unknown. */
    double shareOfPeak(Row row) {
        return row.gigaflops() / limit(Suite.PEAK, row.entry().threads(), Row::gigaflops);
    }

    /** GB/s of the row over the bandwidth of a large triad on as many threads; above 1 where the data stay in a cache. */
    double shareOfBandwidth(Row row) {
        return row.gigabytes() / limit(Suite.MEMORY, row.entry().threads(), Row::gigabytes);
    }

    /** Median time of the scalar kernels over that of this row, on the same work; NaN where the scalar kernels were not timed. */
    double timesScalar(Row row) {
        return rows.stream()
                .filter(other -> other.entry().contender() == Engine.SCALAR
                        && other.entry().work().equals(row.entry().work())
                        && other.measured()
                        && row.measured())
                .mapToDouble(other ->
                        other.measurement().median() / row.measurement().median())
                .findFirst()
                .orElse(Double.NaN);
    }

    private double limit(Work work, int threads, ToDoubleFunction<Row> rate) {
        return rows.stream()
                .filter(row -> row.entry().work().equals(work) && row.entry().threads() == threads)
                .mapToDouble(rate)
                .findFirst()
                .orElse(Double.NaN);
    }
}
