package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.nn.checkpoint.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one contestant needed for one load; medians, in nanoseconds.
 *
 * @param load its name
 * @param compute time of a run on data that are there
 * @param upload time to copy the inputs to the device; 0 where they are there anyway
 * @param download time to copy the results to the host; 0 where they are there anyway
 * @param runs how many the median is of
 * @param noise interquartile range over the median
 * @param launches operations that the device was asked for in a run; 0 on a processor
 * @param copies between host and device within a run
 * @param copiedBytes by these copies
 * @param samples of the results, the same elements for everybody
 * @param scales root mean square of the result that each sample is of
 * @param failure why there are no figures; null where there are
 */
record Figures(
        String load,
        double compute,
        double upload,
        double download,
        int runs,
        double noise,
        long launches,
        long copies,
        long copiedBytes,
        double[] samples,
        double[] scales,
        String failure) {

    static Figures failed(String load, String failure) {
        return new Figures(
                load,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                0,
                Double.NaN,
                0,
                0,
                0,
                new double[0],
                new double[0],
                failure);
    }

    boolean isFailed() {
        return failure != null;
    }

    double copy() {
        return upload + download;
    }

    double withCopies() {
        return compute + copy();
    }

    /** The largest difference of a sample from that of {@code reference}, relative to the root mean square of its result. */
    double errorAgainst(Figures reference) {
        double largest = 0;
        // Who is slow makes fewer training steps.
        for (int i = 0; i < Math.min(samples.length, reference.samples.length); i++) {
            double difference = Math.abs(samples[i] - reference.samples[i]) / reference.scales[i];
            // NaN is larger than all.
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }

    String toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("load", load);
        if (isFailed()) {
            json.put("failure", failure);
        } else {
            json.put("compute_ns", compute);
            json.put("upload_ns", upload);
            json.put("download_ns", download);
            json.put("runs", runs);
            json.put("noise", noise);
            json.put("launches", launches);
            json.put("copies", copies);
            json.put("copied_bytes", copiedBytes);
            json.put("samples", text(samples));
            json.put("scales", text(scales));
        }
        return Json.write(json);
    }

    /** Exact, and NaN is allowed. */
    private static List<String> text(double[] numbers) {
        return Arrays.stream(numbers).mapToObj(Double::toString).toList();
    }

    private static double[] numbers(Object texts) {
        return ((List<?>) texts)
                .stream().mapToDouble(text -> Double.parseDouble((String) text)).toArray();
    }

    static Figures parse(String text) {
        Map<String, Object> json = Json.parseObject(text);
        String load = (String) json.get("load");
        if (json.containsKey("failure")) {
            return failed(load, (String) json.get("failure"));
        }
        return new Figures(
                load,
                number(json, "compute_ns"),
                number(json, "upload_ns"),
                number(json, "download_ns"),
                (int) number(json, "runs"),
                number(json, "noise"),
                (long) number(json, "launches"),
                (long) number(json, "copies"),
                (long) number(json, "copied_bytes"),
                numbers(json.get("samples")),
                numbers(json.get("scales")),
                null);
    }

    private static double number(Map<String, Object> json, String name) {
        return ((Number) json.get(name)).doubleValue();
    }
}
