package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.bench.devices.Comparison.Entrant;
import io.github.dsrl4j.nn.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A comparison as text. */
final class Report {
    private final Comparison comparison;

    Report(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Who took part, the one table, from which size on a device pays for itself, and what went wrong. */
    String toText(List<String> absent) {
        var text = new StringBuilder();
        for (Entrant entrant : comparison.entrants()) {
            text.append("%-14s%s%n%14s%s%n"
                    .formatted(
                            entrant.contestant().label(),
                            entrant.facts().line(),
                            "",
                            entrant.facts().kernels()));
        }
        absent.forEach(line -> text.append("not here      ").append(line).append('\n'));
        text.append('\n').append(table());
        text.append("""

                ms: median time to compute, on data that are there. copy ms: to copy inputs to the device and results back,
                which is not in it. GFLOP/s, a multiply-add being two; GB/s (with a B) where moving data is the work.
                """);
        List<Entrant> devices = comparison.entrants().stream()
                .filter(entrant -> !entrant.contestant().isProcessor() && entrant.started())
                .toList();
        boolean grows = comparison.families().size() < comparison.loads().size();
        if (!grows) {
            text.append("\nOne size each, hardly repeated: this shows that all works, and the figures mean nothing.\n");
        }
        if (grows
                && !devices.isEmpty()
                && comparison.entrant(Contestant.PROCESSOR).isPresent()) {
            devices.forEach(device -> text.append('\n').append(paying(device)).append(copiesWithin(device)));
        }
        return text.append(objections()).toString();
    }

    private String table() {
        var rows = new ArrayList<String[]>();
        var header = new ArrayList<>(List.of("", ""));
        for (Entrant entrant : comparison.entrants()) {
            header.add(entrant.contestant().label() + " ms");
            header.add("rate");
            if (!entrant.contestant().isProcessor()) {
                header.add("copy ms");
            }
        }
        rows.add(header.toArray(String[]::new));
        String last = "";
        for (Load load : comparison.loads()) {
            var row = new ArrayList<>(List.of(load.family().equals(last) ? "" : load.family(), load.size()));
            last = load.family();
            for (Entrant entrant : comparison.entrants()) {
                Figures figures = entrant.of(load);
                boolean sound = comparison.objection(load, entrant).isEmpty();
                row.add(figures.isFailed() ? "failed" : milliseconds(figures.compute()) + (sound ? "" : " !"));
                row.add(figures.isFailed() ? "" : rate(load, figures));
                if (!entrant.contestant().isProcessor()) {
                    row.add(figures.isFailed() ? "" : milliseconds(figures.copy()));
                }
            }
            rows.add(row.toArray(String[]::new));
        }
        return withoutLastRule(Table.render(rows, 2));
    }

    /** The last row of this table is a row like the others. */
    private static String withoutLastRule(String table) {
        var lines = new ArrayList<>(table.lines().toList());
        lines.remove(lines.size() - 2);
        return String.join("\n", lines) + "\n";
    }

    /** Of computing; B marks bytes. */
    String rate(Load load, Figures figures) {
        double gigaflops = comparison.gigaflops(load, figures);
        double gigabytes = Comparison.gigabytes(load, figures);
        return !Double.isNaN(gigaflops) ? number(gigaflops) : Double.isNaN(gigabytes) ? "" : number(gigabytes) + " B";
    }

    static String milliseconds(double nanoseconds) {
        return number(nanoseconds * 1e-6);
    }

    /** Three digits that count. */
    static String number(double value) {
        int decimals = Math.clamp(2 - (int) Math.floor(Math.log10(Math.max(value, 1e-9))), 0, 4);
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private String paying(Entrant device) {
        var rows = new ArrayList<String[]>();
        rows.add(new String[] {
            device.contestant().label() + " is faster than the vector kernels", "computing alone", "with copies"
        });
        for (String family : comparison.families()) {
            rows.add(new String[] {
                family, from(device, family, Figures::compute), from(device, family, Figures::withCopies)
            });
        }
        return withoutLastRule(Table.render(rows, rows.getFirst().length));
    }

    /** Data stay on the device: what a step copies all the same. */
    private String copiesWithin(Entrant device) {
        return comparison.loads().stream()
                .filter(load -> load.kind() != Load.Kind.OPERATION)
                .filter(load -> !device.of(load).isFailed())
                .reduce((first, last) -> last)
                .map(load -> "Within one %s: %d operations on the device; copies: %d, of %d bytes in all.%n"
                        .formatted(
                                load.name(),
                                device.of(load).launches(),
                                device.of(load).copies(),
                                device.of(load).copiedBytes()))
                .orElse("");
    }

    private String from(Entrant device, String family, ToDoubleFunction<Figures> time) {
        Optional<Load> from = comparison.paysFrom(device, family, time);
        Load largest = comparison.family(family).getLast();
        return from.map(load -> "from " + load.size()).orElse("not up to " + largest.size());
    }

    private String objections() {
        var text = new StringBuilder();
        for (Entrant entrant : comparison.entrants()) {
            if (!entrant.started()) {
                text.append("! %s: %s%n"
                        .formatted(entrant.contestant().label(), entrant.facts().kernels()));
            }
            for (Load load : entrant.started() ? comparison.loads() : List.<Load>of()) {
                comparison
                        .objection(load, entrant)
                        .ifPresent(objection -> text.append(
                                "! %s, %s: %s%n".formatted(entrant.contestant().label(), load.name(), objection)));
            }
        }
        return text.isEmpty() ? "" : "\n" + text;
    }

    /** Whether every figure is there and every result was right. */
    boolean allIsWell() {
        return objections().isEmpty();
    }
}
