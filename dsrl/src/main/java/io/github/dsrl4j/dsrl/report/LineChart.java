package io.github.dsrl4j.dsrl.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** Curves over epochs, as a small drawing with a legend above. */
final class LineChart {
    private static final double WIDTH = 520;
    private static final double HEIGHT = 270;
    private static final double LEFT = 46;
    private static final double RIGHT = 14;
    private static final double TOP = 14;
    private static final double BOTTOM = 38;
    private static final int MOST_DOTS = 40;
    private static final int VALUE_TICKS = 4;
    private static final int EPOCH_TICKS = 8;

    private final String title;
    private final String remark;
    private final List<Series> series = new ArrayList<>();

    /** One curve: value {@code y[i]} after epoch {@code i + 1}; {@code color} is the number of a colour of the page. */
    record Series(String name, int color, double[] y) {
        DoubleStream values() {
            return DoubleStream.of(y).filter(value -> !Double.isNaN(value));
        }
    }

    LineChart(String title, String remark) {
        this.title = title;
        this.remark = remark;
    }

    /** Adds a curve, unless it has no point. */
    LineChart with(String name, int color, double[] y) {
        var one = new Series(name, color, y);
        if (one.values().findAny().isPresent()) {
            series.add(one);
        }
        return this;
    }

    boolean isEmpty() {
        return series.isEmpty();
    }

    /** The chart with its title and legend. */
    String html() {
        var legend = new StringBuilder();
        for (Series one : series) {
            legend.append("<span><i class=\"fill%d\"></i>%s</span> ".formatted(one.color, Html.escape(one.name)));
        }
        return "<div class=\"chart\"><h3>%s</h3><p class=\"remark\">%s</p><p class=\"key\">%s</p>\n%s</div>\n"
                .formatted(Html.escape(title), Html.escape(remark), legend, drawing());
    }

    private Svg drawing() {
        int epochs = series.stream().mapToInt(one -> one.y.length).max().orElse(1);
        double least = series.stream().flatMapToDouble(Series::values).min().orElse(0);
        double most = series.stream().flatMapToDouble(Series::values).max().orElse(1);
        // From zero where the curves come near it: a loss of 0.9 shall not look like half of 1.0.
        Axis values = Axis.covering(least < 0.6 * most ? Math.min(0, least) : least, most, VALUE_TICKS);
        var svg = new Svg(WIDTH, HEIGHT, title);
        for (int i = 0; i < values.ticks(); i++) {
            double y = y(values, values.tick(i));
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
            svg.text(LEFT - 8, y + 4, "end", "tick", values.label(values.tick(i)));
        }
        int step = Math.max(1, (int) Axis.covering(0, epochs, EPOCH_TICKS).step());
        for (int epoch = step; epoch <= epochs; epoch += step) {
            svg.text(x(epoch, epochs), HEIGHT - BOTTOM + 18, "middle", "tick", Integer.toString(epoch));
        }
        svg.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, "middle", "tick", "epoch");
        series.forEach(one -> draw(svg, one, values, epochs));
        return svg;
    }

    private static void draw(Svg svg, Series one, Axis values, int epochs) {
        double[] x = new double[one.y.length];
        double[] y = new double[one.y.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = x(i + 1, epochs);
            y[i] = y(values, one.y[i]);
        }
        svg.path(x, y, "stroke" + one.color);
        double radius = x.length <= MOST_DOTS ? 3 : 1.5;
        for (int i = 0; i < x.length; i++) {
            if (!Double.isNaN(y[i])) {
                svg.dot(
                        x[i],
                        y[i],
                        radius,
                        "fill" + one.color,
                        "%s, epoch %d: %.4g".formatted(one.name, i + 1, one.y[i]));
            }
        }
    }

    private static double x(int epoch, int epochs) {
        return epochs == 1
                ? (LEFT + WIDTH - RIGHT) / 2
                : LEFT + 8 + (WIDTH - RIGHT - LEFT - 16) * (epoch - 1) / (epochs - 1);
    }

    private static double y(Axis axis, double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * axis.position(value);
    }
}
