package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.bench.devices.Comparison.Entrant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A comparison as one SVG drawing: a panel for each family of loads, time over size on logarithmic axes, a line for each contestant; at the
 * right ends stands how fast the largest load ran. A device's second, dashed line holds its copies, too.
 */
final class Chart {
    private static final int COLUMNS = 3;
    private static final int PANEL_WIDTH = 440;
    private static final int PANEL_HEIGHT = 270;
    private static final int MARGIN = 24;

    /** Within a panel, around the plot. */
    private static final int LEFT = 52;

    private static final int RIGHT = 96;
    private static final int TOP = 34;
    private static final int BOTTOM = 34;

    private static final int LINE = 18;

    /** The least distance of two labels. */
    private static final double LABEL_SPACE = 13;

    /** Told apart by people who see few colours, too: they differ in lightness. */
    private static final List<String> COLORS =
            List.of("#7a7a7a", "#1f5fa8", "#e08a00", "#17805c", "#a3317f", "#7c5cd6", "#c23b22", "#00889c");

    private final Comparison comparison;
    private final Report report;
    private final StringBuilder svg = new StringBuilder();

    Chart(Comparison comparison) {
        this.comparison = comparison;
        this.report = new Report(comparison);
    }

    String toSvg(List<String> absent) {
        List<String> families = comparison.families();
        int head = MARGIN + 40 + LINE * (comparison.entrants().size() + absent.size() + 1);
        int width = 2 * MARGIN + COLUMNS * PANEL_WIDTH;
        int height = head + Math.ceilDiv(families.size(), COLUMNS) * PANEL_HEIGHT + MARGIN;
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" font-family="system-ui, sans-serif" font-size="12">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                """.formatted(width, height));
        text(
                MARGIN,
                MARGIN + 14,
                "start",
                "#111111",
                "font-size=\"20\" font-weight=\"600\"",
                "The same work on every device: time by size");
        int y = MARGIN + 40;
        for (int i = 0; i < comparison.entrants().size(); i++) {
            Entrant entrant = comparison.entrants().get(i);
            line(MARGIN, y - 4, MARGIN + 26, y - 4, color(i), 2.5, "");
            text(
                    MARGIN + 34,
                    y,
                    "start",
                    "#111111",
                    "font-weight=\"600\"",
                    entrant.contestant().label());
            text(
                    MARGIN + 130,
                    y,
                    "start",
                    "#333333",
                    "",
                    shortened(entrant.facts().line(), 170));
            y += LINE;
        }
        for (String line : absent) {
            text(MARGIN + 34, y, "start", "#777777", "", "not here: " + shortened(line, 180));
            y += LINE;
        }
        text(
                MARGIN + 34,
                y,
                "start",
                "#555555",
                "",
                "solid: computing, on data that are there; dashed: with the copies of inputs to a device and of results back; "
                        + "both axes are logarithmic, lower is faster; right: rate at the largest size");
        for (int i = 0; i < families.size(); i++) {
            panel(families.get(i), MARGIN + i % COLUMNS * PANEL_WIDTH, head + i / COLUMNS * PANEL_HEIGHT + 8);
        }
        return svg.append("</svg>\n").toString();
    }

    private static String color(int entrant) {
        return COLORS.get(entrant % COLORS.size());
    }

    /** From sizes and times to places. */
    private record Axes(double x0, double x1, double y0, double y1, int left, int top) {
        double x(double elements) {
            double share = x1 > x0 ? (Math.log10(elements) - x0) / (x1 - x0) : 0.5;
            return left + share * (PANEL_WIDTH - LEFT - RIGHT);
        }

        double y(double nanoseconds) {
            double share = (Math.log10(nanoseconds * 1e-6) - y0) / (y1 - y0);
            return top + (1 - share) * (PANEL_HEIGHT - TOP - BOTTOM);
        }
    }

    private void panel(String family, int x, int y) {
        List<Load> loads = comparison.family(family);
        text(x + LEFT, y + 18, "start", "#111111", "font-size=\"13\" font-weight=\"600\"", family);
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (Load load : loads) {
            for (Entrant entrant : comparison.entrants()) {
                Figures figures = entrant.of(load);
                if (!figures.isFailed()) {
                    least = Math.min(least, figures.compute());
                    most = Math.max(most, figures.withCopies());
                }
            }
        }
        if (most == 0) {
            text(x + LEFT, y + PANEL_HEIGHT / 2, "start", "#777777", "", "no figures");
            return;
        }
        var axes = new Axes(
                Math.log10((double) loads.getFirst().elements()),
                Math.log10((double) loads.getLast().elements()),
                Math.floor(Math.log10(least * 1e-6)),
                Math.max(Math.ceil(Math.log10(most * 1e-6)), Math.floor(Math.log10(least * 1e-6)) + 1),
                x + LEFT,
                y + TOP);
        grid(axes, loads);
        var labels = new ArrayList<Label>();
        for (int i = 0; i < comparison.entrants().size(); i++) {
            Entrant entrant = comparison.entrants().get(i);
            if (!entrant.contestant().isProcessor()) {
                curve(axes, loads, entrant, Figures::withCopies, color(i), "stroke-dasharray=\"5 4\"");
            }
            curve(axes, loads, entrant, Figures::compute, color(i), "");
            Load largest = loads.getLast();
            if (!entrant.of(largest).isFailed()) {
                labels.add(new Label(axes.y(entrant.of(largest).compute()), label(largest, entrant), color(i)));
            }
        }
        place(labels, axes.top(), axes.top() + PANEL_HEIGHT - TOP - BOTTOM);
        for (Label label : labels) {
            text(x + PANEL_WIDTH - RIGHT + 8, label.y + 4, "start", label.color, "font-size=\"11\"", label.text);
        }
    }

    private String label(Load load, Entrant entrant) {
        Figures figures = entrant.of(load);
        String rate = report.rate(load, figures);
        return rate.endsWith(" B")
                ? rate.replace(" B", " GB/s")
                : rate.isEmpty() ? Report.milliseconds(figures.compute()) + " ms" : rate + " GFLOP/s";
    }

    private void grid(Axes axes, List<Load> loads) {
        int right = axes.left() + PANEL_WIDTH - LEFT - RIGHT;
        for (int exponent = (int) axes.y0(); exponent <= axes.y1(); exponent++) {
            double y = axes.y(Math.pow(10, exponent) * 1e6);
            line(axes.left(), y, right, y, "#dddddd", 1, "");
            String milliseconds = exponent >= 3
                    ? "%d s".formatted((int) Math.pow(10, exponent - 3))
                    : exponent >= 0
                            ? "%d ms".formatted((int) Math.pow(10, exponent))
                            : "%d µs".formatted((int) Math.pow(10, exponent + 3));
            text(axes.left() - 6, y + 4, "end", "#555555", "font-size=\"11\"", exponent < -3 ? "" : milliseconds);
        }
        int bottom = axes.top() + PANEL_HEIGHT - TOP - BOTTOM;
        for (Load load : loads) {
            double x = axes.x((double) load.elements());
            line(x, bottom, x, bottom + 4, "#999999", 1, "");
            text(
                    x,
                    bottom + 16,
                    "middle",
                    "#555555",
                    "font-size=\"10\"",
                    load.size().replace(" positions", "").replace(" values", ""));
        }
    }

    private void curve(
            Axes axes, List<Load> loads, Entrant entrant, ToDoubleFunction<Figures> time, String color, String style) {
        var path = new StringBuilder();
        boolean gap = true;
        for (Load load : loads) {
            Figures figures = entrant.of(load);
            if (figures.isFailed()) {
                gap = true;
                continue;
            }
            double x = axes.x((double) load.elements());
            double y = axes.y(time.applyAsDouble(figures));
            path.append(gap ? "M" : "L")
                    .append(decimal(x))
                    .append(' ')
                    .append(decimal(y))
                    .append(' ');
            gap = false;
            if (style.isEmpty()) {
                svg.append("<circle cx=\"%s\" cy=\"%s\" r=\"2.5\" fill=\"%s\"><title>%s</title></circle>%n"
                        .formatted(
                                decimal(x),
                                decimal(y),
                                color,
                                escaped("%s, %s: %s ms"
                                        .formatted(
                                                entrant.contestant().label(),
                                                load.name(),
                                                Report.milliseconds(time.applyAsDouble(figures))))));
            }
        }
        svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" %s/>%n"
                .formatted(path.toString().strip(), color, style));
    }

    /** A label beside a panel. */
    private static final class Label {
        private double y;
        private final String text;
        private final String color;

        Label(double y, String text, String color) {
            this.y = y;
            this.text = text;
            this.color = color;
        }
    }

    /** Moves labels apart, downwards first and back up from the bottom. */
    private static void place(List<Label> labels, double top, double bottom) {
        labels.sort(Comparator.comparingDouble(label -> label.y));
        double next = top;
        for (Label label : labels) {
            label.y = Math.max(label.y, next);
            next = label.y + LABEL_SPACE;
        }
        double last = bottom;
        for (Label label : labels.reversed()) {
            label.y = Math.min(label.y, last);
            last = label.y - LABEL_SPACE;
        }
    }

    private void line(double x1, double y1, double x2, double y2, String color, double width, String style) {
        svg.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"%s\" stroke-width=\"%s\" %s/>%n"
                .formatted(decimal(x1), decimal(y1), decimal(x2), decimal(y2), color, decimal(width), style));
    }

    private void text(double x, double y, String anchor, String color, String style, String content) {
        svg.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"%s\" %s>%s</text>%n"
                .formatted(decimal(x), decimal(y), anchor, color, style, escaped(content)));
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
