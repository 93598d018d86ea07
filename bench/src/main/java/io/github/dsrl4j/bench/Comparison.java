package io.github.dsrl4j.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.util.ListStatistics;

/**
 * One of this project's rows against a peer's.
 *
 * @param ratios the peer's time over ours: of the medians of two iterations that followed each other; none if the peer has no figures
 */
record Comparison(Row ours, Row peer, List<Double> ratios) {
    Comparison {
        ratios = List.copyOf(ratios);
    }

    /** All pairs that met. A network's plan meets the others where there is one. */
    static List<Comparison> of(List<Row> rows) {
        var comparisons = new ArrayList<Comparison>();
        for (Row ours : rows) {
            if (represents(ours, rows)) {
                rows.stream()
                        .filter(peer -> peer.entry().contender().isPeer()
                                && peer.entry().meets(ours.entry()))
                        .forEach(peer -> comparisons.add(new Comparison(ours, peer, ratios(ours, peer))));
            }
        }
        return comparisons;
    }

    private static boolean represents(Row row, List<Row> rows) {
        return row.measured()
                && !row.entry().contender().isPeer()
                && rows.stream()
                        .filter(other -> other.measured()
                                && !other.entry().contender().isPeer()
                                && other.entry().meets(row.entry()))
                        .allMatch(other -> rank(other) <= rank(row));
    }

    /** The later in the suite's order, the more advanced. */
    private static int rank(Row row) {
        return Suite.CONTENDERS.indexOf(row.entry().contender());
    }

    private static List<Double> ratios(Row ours, Row peer) {
        if (!peer.measured()) {
            return List.of();
        }
        List<Double> our = ours.measurement().blocks();
        List<Double> their = peer.measurement().blocks();
        return IntStream.range(0, Math.min(our.size(), their.size()))
                .mapToObj(i -> their.get(i) / our.get(i))
                .toList();
    }

    /** How many times as fast ours is, if the given percentage of the iterations was worse; NaN without figures. */
    double ratio(double percentile) {
        return ratios.isEmpty()
                ? Double.NaN
                : new ListStatistics(
                                ratios.stream().mapToDouble(Double::doubleValue).toArray())
                        .getPercentile(percentile);
    }

    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("work", ours.entry().work().name());
        json.put("threads", ours.entry().threads());
        json.put("ours", ours.entry().contender().label());
        json.put("peer", peer.entry().contender().label());
        json.put("times_as_fast", ratio(50));
        json.put("lower_quartile", ratio(25));
        json.put("upper_quartile", ratio(75));
        return json;
    }

    /** An aligned table, and what its columns mean. */
    static String table(List<Comparison> comparisons) {
        var table = new TextTable(2);
        table.add(Stream.of("work", "by", "threads", "ms", "against", "ms", "times as fast", "quartiles"));
        for (Comparison comparison : comparisons) {
            var entry = comparison.ours.entry();
            var words = Stream.of(
                    entry.work().name(),
                    entry.contender().label(),
                    Integer.toString(entry.threads()),
                    milliseconds(comparison.ours),
                    comparison.peer.entry().contender().label());
            table.add(Stream.concat(words, comparison.figures()));
        }
        return table + """

                times as fast: the other's time over ours, of iterations that followed each other; median and quartiles of them.
                """;
    }

    private Stream<String> figures() {
        return peer.measured()
                ? Stream.of(milliseconds(peer), decimal(ratio(50)), decimal(ratio(25)) + " to " + decimal(ratio(75)))
                : Stream.of(peer.remark());
    }

    private static String milliseconds(Row row) {
        return String.format(Locale.ROOT, "%.2f", 1e-6 * row.measurement().median());
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
