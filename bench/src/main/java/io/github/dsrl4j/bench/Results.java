package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Row.Absence;
import io.github.dsrl4j.bench.Row.Failure;
import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The rows as a table for people and as JSON for programs. */
final class Results {
    /** Columns of words, which are aligned to the left. */
    private static final int WORDS = 2;

    private final List<Row> rows;
    private final List<Column> columns;

    /**
     * A figure of each row; NaN where a row has none.
     *
     * @param title in the table, or null where the figure is for programs only
     * @param name in JSON
     * @param scale by which the table multiplies it
     */
    private record Column(String title, String name, double scale, int decimals, ToDoubleFunction<Row> value) {
        String cell(Row row) {
            double number = scale * value.applyAsDouble(row);
            return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", number);
        }
    }

    Results(List<Row> rows) {
        this.rows = List.copyOf(rows);
        var limits = new Limits(this.rows);
        columns = List.of(
                new Column(
                        "median ms",
                        "median_ns",
                        1e-6,
                        3,
                        row -> row.measurement().median()),
                new Column("min ms", "min_ns", 1e-6, 3, row -> row.measurement().min()),
                new Column("noise %", "noise", 100, 0, row -> row.measurement().noise()),
                new Column("GFLOP/s", "gflops", 1, 1, Row::gigaflops),
                new Column("% of peak", "share_of_peak", 100, 0, limits::shareOfPeak),
                new Column("GB/s", "gbytes_per_second", 1, 1, Row::gigabytes),
                new Column("% of memory", "share_of_bandwidth", 100, 0, limits::shareOfBandwidth),
                new Column(
                        "kB a run",
                        "allocated_bytes",
                        1e-3,
                        1,
                        row -> row.measurement().allocatedBytes()),
                new Column(
                        "peak MB",
                        "peak_bytes",
                        1e-6,
                        0,
                        row -> row.measurement().peakBytes()),
                new Column("x scalar", "times_scalar", 1, 1, limits::timesScalar),
                new Column(
                        null,
                        "lower_quartile_ns",
                        1,
                        0,
                        row -> row.measurement().lowerQuartile()),
                new Column(
                        null,
                        "upper_quartile_ns",
                        1,
                        0,
                        row -> row.measurement().upperQuartile()),
                new Column(null, "samples", 1, 0, row -> row.measurement().samples()),
                new Column(null, "flops", 1, 0, row -> row.effort().flops()),
                new Column(null, "bytes", 1, 0, row -> row.effort().bytes()));
    }

    /** An aligned table of all rows, one of the comparisons with other libraries, and what their columns mean. */
    String table() {
        var shown = columns.stream().filter(column -> column.title != null).toList();
        var table = new TextTable(WORDS);
        table.add(
                Stream.concat(Stream.of("work", "by", "threads"), shown.stream().map(Column::title)));
        for (Row row : rows) {
            var entry = row.entry();
            var words = Stream.of(entry.work().name(), entry.contender().label(), Integer.toString(entry.threads()));
            var rest = row.measured() ? shown.stream().map(column -> column.cell(row)) : Stream.of(row.remark());
            table.add(Stream.concat(words, rest));
        }
        var compared = Comparison.of(rows);
        return table
                + """

                median, min: time of a run; noise: interquartile range over the median; a multiply-add is two FLOP.
                %% of peak, %% of memory: of what 'fma peak' and '%s' reach on as many threads; what stays in a
                cache can exceed the memory. kB a run: allocated on the Java heap. peak MB: the most that the process held at once,
                its Java machine and native libraries included. x scalar: how many times as fast as the scalar kernels on one thread.
                Every answer was compared with theirs before it was timed. The affinity had a Java heap of %d MB at most.
                """.formatted(Suite.MEMORY.name(), AffinityOperation.HEAP_MEGABYTES)
                + (compared.isEmpty() ? "" : "\n" + Comparison.table(compared));
    }

    /**
     * One JSON object.
     *
     * @param host what {@link Host#describe} found
     * @param complete whether these are all rows that were asked for
     */
    Map<String, Object> json(Map<String, Object> host, boolean complete) {
        var json = new LinkedHashMap<String, Object>();
        json.put("host", host);
        json.put("complete", complete);
        json.put("rows", rows.stream().map(this::json).toList());
        json.put(
                "comparisons",
                Comparison.of(rows).stream().map(Comparison::json).toList());
        return json;
    }

    private Map<String, Object> json(Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("section", row.entry().section().toString());
        json.put("work", row.entry().work().name());
        json.put("contender", row.entry().contender().label());
        json.put("threads", row.entry().threads());
        switch (row.outcome()) {
            case Failure(String reason) -> json.put("failure", reason);
            case Absence(String reason) -> json.put("absence", reason);
            case Measurement measurement -> {
                columns.forEach(column -> json.put(column.name, column.value.applyAsDouble(row)));
                json.put("block_medians_ns", measurement.blocks());
            }
        }
        return json;
    }

    /** Replaces a file as a whole: whoever reads it finds valid JSON at any time. */
    void write(Path file, Map<String, Object> host, boolean complete) {
        byte[] text = (Json.writePretty(json(host, complete)) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }
}
