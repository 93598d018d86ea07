package io.github.dsrl4j.bench;

import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** One aligned table, then what its columns mean. */
    String table() {
        var shown = columns.stream().filter(column -> column.title != null).toList();
        var cells = new ArrayList<List<String>>();
        cells.add(
                Stream.concat(Stream.of("work", "by", "threads"), shown.stream().map(Column::title))
                        .toList());
        for (Row row : rows) {
            var entry = row.entry();
            var words = Stream.of(entry.work().name(), entry.contender().label(), Integer.toString(entry.threads()));
            var rest = row.failed()
                    ? Stream.of("failed: " + row.failure())
                    : shown.stream().map(column -> column.cell(row));
            cells.add(Stream.concat(words, rest).toList());
        }
        return aligned(cells) + """

                median, min: time of a run; noise: interquartile range over the median; a multiply-add is two FLOP.
                % of peak, % of memory: of what 'fma peak' and '%s' reach on as many threads; what stays in a
                cache can exceed the memory. kB a run: allocated on the heap. x scalar: how many times as fast as the scalar
                kernels on one thread. Every answer was compared with theirs before it was timed.
                """.replace("%s", Suite.MEMORY.name());
    }

    /** Columns as wide as their widest cell. The last cell of a shorter row, which tells of a failure, may run on. */
    private static String aligned(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < (row.size() == widths.length ? row.size() : row.size() - 1); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String space = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
                boolean left = i < WORDS || (i == row.size() - 1 && row.size() < widths.length);
                line.append(i == 0 ? "" : "  ").append(left ? row.get(i) + space : space + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
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
        return json;
    }

    private Map<String, Object> json(Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("section", row.entry().section().toString());
        json.put("work", row.entry().work().name());
        json.put("contender", row.entry().contender().label());
        json.put("threads", row.entry().threads());
        if (row.failed()) {
            json.put("failure", row.failure());
        } else {
            columns.forEach(column -> json.put(column.name, column.value.applyAsDouble(row)));
        }
        return json;
    }

    /** Replaces a file as a whole: whoever reads it finds valid JSON at any time. */
    void write(Path file, Map<String, Object> host, boolean complete) {
        byte[] text = (Json.writePretty(json(host, complete)) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }
}
