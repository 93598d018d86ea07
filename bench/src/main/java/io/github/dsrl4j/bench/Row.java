package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;
import org.openjdk.jmh.util.Statistics;

/**
 * A row of the table.
 *
 * @param measurement null where it failed
 * @param failure why it failed, else null
 */
record Row(Entry entry, Effort effort, Measurement measurement, String failure) {
    /**
     * What timing a task gave, over all processes.
     *
     * @param samples how many runs were timed
     * @param median of their times, in nanoseconds, as the other times are
     * @param lowerQuartile a quarter of the runs were faster
     * @param upperQuartile a quarter of the runs were slower
     * @param allocatedBytes on the heap in a run, by all threads
     */
    record Measurement(
            long samples,
            double median,
            double min,
            double lowerQuartile,
            double upperQuartile,
            double allocatedBytes) {
        static Measurement of(Statistics times, double allocatedBytes) {
            return new Measurement(
                    times.getN(),
                    times.getPercentile(50),
                    times.getMin(),
                    times.getPercentile(25),
                    times.getPercentile(75),
                    allocatedBytes);
        }

        /** The interquartile range over the median. */
        double noise() {
            return (upperQuartile - lowerQuartile) / median;
        }
    }

    boolean failed() {
        return measurement == null;
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
        return failed() || amount == 0 ? Double.NaN : amount / measurement.median();
    }
}
