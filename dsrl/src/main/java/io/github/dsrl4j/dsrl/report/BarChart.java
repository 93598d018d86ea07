package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import java.util.ArrayList;
import java.util.List;

/** Per class a bar of every model, from 0 to 100 per cent. */
final class BarChart {
    private static final double WIDTH = 760;
    private static final double LEFT = 150;
    private static final double RIGHT = 70;
    private static final double BAR = 11;
    private static final double GAP = 3;
    private static final double BETWEEN_CLASSES = 12;
    private static final double SWATCH = 14;
    private static final double AXIS = 26;
    private static final int[] TICKS = {0, 25, 50, 75, 100};

    private final ClassSet classes;
    private final List<Bars> models = new ArrayList<>();

    private record Bars(String name, int color, double[] shares) {}

    BarChart(ClassSet classes) {
        this.classes = classes;
    }

    /** @param shares a value in [0, 1] per class; NaN where there is none */
    BarChart with(String name, int color, double[] shares) {
        models.add(new Bars(name, color, shares));
        return this;
    }

    /** The chart with its legend. */
    String html() {
        var legend = new StringBuilder();
        for (Bars one : models) {
            legend.append("<span><i class=\"fill%d\"></i>%s</span> ".formatted(one.color, Html.escape(one.name)));
        }
        return "<div class=\"chart wide\"><p class=\"key\">%s</p>\n%s</div>\n".formatted(legend, drawing());
    }

    private Svg drawing() {
        double row = models.size() * (BAR + GAP) - GAP + BETWEEN_CLASSES;
        double height = classes.count() * row + AXIS;
        var svg = new Svg(WIDTH, height, "intersection over union of each class");
        for (int tick : TICKS) {
            svg.line(x(tick / 100.0), 0, x(tick / 100.0), height - AXIS, "grid");
            svg.text(x(tick / 100.0), height - 8, "middle", "tick", tick + " %");
        }
        for (int c = 0; c < classes.count(); c++) {
            ClassInfo info = classes.classes().get(c);
            double top = c * row + BETWEEN_CLASSES / 2;
            double middle = top + (row - BETWEEN_CLASSES) / 2;
            svg.swatch(0, middle - SWATCH / 2, SWATCH, info.color());
            svg.text(SWATCH + 8, middle + 5, "start", "label", info.name());
            for (int m = 0; m < models.size(); m++) {
                bar(svg, models.get(m), c, top + m * (BAR + GAP));
            }
        }
        return svg;
    }

    private void bar(Svg svg, Bars model, int c, double y) {
        double share = model.shares[c];
        if (!Double.isNaN(share)) {
            String hint = "%s, %s: %s".formatted(model.name, classes.names().get(c), Html.percent(share));
            svg.box(x(0), y, Math.max(1, x(share) - x(0)), BAR, "fill" + model.color, hint);
        }
        svg.text(x(Double.isNaN(share) ? 0 : share) + 6, y + BAR - 1, "start", "value", Html.percent(share));
    }

    private static double x(double share) {
        return LEFT + (WIDTH - RIGHT - LEFT) * share;
    }
}
