package io.github.dsrl4j.nn.profile;

import io.github.dsrl4j.nn.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Where the time of some runs went: of training steps, or of calls of a plan. All figures of rows are sums over all runs.
 *
 * @param rows one for each operation of each layer, in the order in which they first ran
 * @param runs how many steps or calls were watched
 * @param nanoseconds their time by the clock, with what is in no row
 * @param allocatedBytes all that the watching thread and the threads that share the work of kernels allocated on the heap in them
 */
public record Profile(List<Row> rows, int runs, long nanoseconds, long allocatedBytes) {
    /** The calls of one operation. */
    public enum Pass {
        FORWARD,
        BACKWARD
    }

    /**
     * The calls of one operation by one layer, or of all layers together.
     *
     * @param operation what is done, such as {@code conv2d 3x3 depthwise}
     * @param layer the full name of the layer that does it; empty where the model itself does, or where layers are added up
     * @param pass null where both are added up
     * @param multiplyAdds that had to be done; a backward pass is taken for twice the forward pass, one product for each of two
     *     gradients
     * @param bytes that had to pass through memory at least: inputs and output once, in a backward pass twice
     * @param allocatedBytes that these threads allocated on the heap from the call before to the end of this one
     */
    public record Row(
            String operation,
            String layer,
            Pass pass,
            int calls,
            long nanoseconds,
            long multiplyAdds,
            long bytes,
            long allocatedBytes) {

        /** Billions of floating-point operations in a second, a multiply-add being two. */
        public double gigaflops() {
            return 2.0 * multiplyAdds / nanoseconds;
        }

        /** Billions of bytes in a second. */
        public double gigabytes() {
            return (double) bytes / nanoseconds;
        }

        /** The sum of two rows, under the names of this one. */
        Row plus(Row other) {
            return new Row(
                    operation,
                    layer,
                    pass,
                    calls + other.calls,
                    nanoseconds + other.nanoseconds,
                    multiplyAdds + other.multiplyAdds,
                    bytes + other.bytes,
                    allocatedBytes + other.allocatedBytes);
        }
    }

    public Profile {
        rows = List.copyOf(rows);
    }

    /** The same figures with one row for each operation and pass, whatever the layer; the slowest first. */
    public Profile byOperation() {
        return grouped(Row::operation);
    }

    /** The same figures with one row for each layer and pass, named by the layer; the slowest first. */
    public Profile byLayer() {
        return grouped(row -> row.layer.isEmpty() ? row.operation : row.layer);
    }

    /** The same figures with the first {@code count} rows as they are and all others added up to one. */
    public Profile top(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("profile: at least 1 row is needed, not " + count);
        }
        if (rows.size() <= count + 1) {
            return this;
        }
        List<Row> others = rows.subList(count, rows.size());
        var sum = new Row("(%d more)".formatted(others.size()), "", null, 0, 0, 0, 0, 0);
        for (Row row : others) {
            sum = sum.plus(row);
        }
        var shown = new ArrayList<>(rows.subList(0, count));
        shown.add(sum);
        return new Profile(shown, runs, nanoseconds, allocatedBytes);
    }

    private Profile grouped(Function<Row, String> name) {
        record Key(String name, Pass pass) {}
        var sums = new LinkedHashMap<Key, Row>();
        for (Row row : rows) {
            var named = new Row(
                    name.apply(row),
                    "",
                    row.pass,
                    row.calls,
                    row.nanoseconds,
                    row.multiplyAdds,
                    row.bytes,
                    row.allocatedBytes);
            sums.merge(new Key(named.operation, named.pass), named, Row::plus);
        }
        var sorted = sums.values().stream()
                .sorted(Comparator.comparingLong(Row::nanoseconds).reversed())
                .toList();
        return new Profile(sorted, runs, nanoseconds, allocatedBytes);
    }

    /** An aligned table with the figures of an average run, lines ended by {@code \n}. */
    public String toText() {
        var cells = new ArrayList<String[]>();
        cells.add(new String[] {"operation", "layer", "pass", "calls", "ms", "share", "GFLOP/s", "GB/s", "allocated"});
        boolean layers = rows.stream().anyMatch(row -> !row.layer.isEmpty());
        boolean passes = rows.stream().anyMatch(row -> row.pass != Pass.FORWARD);
        long restTime = nanoseconds;
        long restBytes = allocatedBytes;
        for (Row row : rows) {
            restTime -= row.nanoseconds;
            restBytes -= row.allocatedBytes;
            cells.add(new String[] {
                row.operation,
                row.layer,
                row.pass == null ? "" : row.pass.name().toLowerCase(Locale.ROOT),
                Integer.toString(row.calls / runs),
                milliseconds(row.nanoseconds),
                share(row.nanoseconds),
                row.multiplyAdds == 0 ? "" : decimals(1, row.gigaflops()),
                row.bytes == 0 ? "" : decimals(1, row.gigabytes()),
                size(row.allocatedBytes)
            });
        }
        cells.add(
                new String[] {"(other)", "", "", "", milliseconds(restTime), share(restTime), "", "", size(restBytes)});
        long multiplyAdds = rows.stream().mapToLong(Row::multiplyAdds).sum();
        cells.add(new String[] {
            "total of one in " + runs,
            "",
            "",
            "",
            milliseconds(nanoseconds),
            share(nanoseconds),
            multiplyAdds == 0 ? "" : decimals(1, 2.0 * multiplyAdds / nanoseconds),
            "",
            size(allocatedBytes)
        });
        return Table.render(without(cells, layers, passes), 1 + (layers ? 1 : 0) + (passes ? 1 : 0));
    }

    /** Leaves out the columns of layers and passes where they would be empty or all alike. */
    private static List<String[]> without(List<String[]> rows, boolean layers, boolean passes) {
        return rows.stream()
                .map(cells -> {
                    var kept = new ArrayList<String>();
                    for (int i = 0; i < cells.length; i++) {
                        if ((i != 1 || layers) && (i != 2 || passes)) {
                            kept.add(cells[i]);
                        }
                    }
                    return kept.toArray(String[]::new);
                })
                .toList();
    }

    private String milliseconds(long sum) {
        return decimals(3, sum / 1e6 / runs);
    }

    private String share(long part) {
        return decimals(1, 100.0 * part / nanoseconds) + " %";
    }

    private String size(long sum) {
        double bytes = (double) sum / runs;
        return bytes < 10e3
                ? decimals(0, bytes) + " B"
                : bytes < 10e6 ? decimals(0, bytes / 1e3) + " kB" : decimals(0, bytes / 1e6) + " MB";
    }

    private static String decimals(int count, double number) {
        return String.format(Locale.ROOT, "%." + count + "f", number);
    }
}
