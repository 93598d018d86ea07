package io.github.dsrl4j.bench;

import io.github.dsrl4j.nn.checkpoint.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.Statistics;

/**
 * What timing a task gave.
 *
 * @param samples how many runs were timed
 * @param median of their times, in nanoseconds, as the other times are
 * @param lowerQuartile a quarter of the runs were faster
 * @param upperQuartile a quarter of the runs were slower
 * @param blocks the median of each iteration, in the order of time
 * @param allocatedBytes on the heap in a run, by all threads; NaN where it was not counted
 * @param peakBytes the most memory that the process held at once; NaN where it is not known
 */
record Measurement(
        long samples,
        double median,
        double min,
        double lowerQuartile,
        double upperQuartile,
        List<Double> blocks,
        double allocatedBytes,
        double peakBytes)
        implements Row.Outcome {
    Measurement {
        blocks = List.copyOf(blocks);
    }

    static Measurement of(Statistics times, List<Double> blocks, double allocatedBytes, double peakBytes) {
        return new Measurement(
                times.getN(),
                times.getPercentile(50),
                times.getMin(),
                times.getPercentile(25),
                times.getPercentile(75),
                blocks,
                allocatedBytes,
                peakBytes);
    }

    /** The interquartile range over the median. */
    double noise() {
        return (upperQuartile - lowerQuartile) / median;
    }

    /** In one line. */
    String toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("samples", samples);
        json.put("median", median);
        json.put("min", min);
        json.put("lower_quartile", lowerQuartile);
        json.put("upper_quartile", upperQuartile);
        json.put("blocks", blocks);
        json.put("allocated_bytes", allocatedBytes);
        json.put("peak_bytes", peakBytes);
        return Json.write(json);
    }

    /** From what {@link #toJson} wrote. */
    static Measurement fromJson(String text) {
        Map<String, Object> json = Json.parseObject(text);
        return new Measurement(
                ((Number) json.get("samples")).longValue(),
                number(json.get("median")),
                number(json.get("min")),
                number(json.get("lower_quartile")),
                number(json.get("upper_quartile")),
                ((List<?>) json.get("blocks")).stream().map(Measurement::number).toList(),
                number(json.get("allocated_bytes")),
                number(json.get("peak_bytes")));
    }

    private static double number(Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
