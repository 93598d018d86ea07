package io.github.dsrl4j.dsrl.report;

import java.util.Locale;

/** Writes a small SVG drawing that stands inside a page; colours and fonts come from the page's style by class. */
final class Svg {
    private final StringBuilder body = new StringBuilder();
    private final double width;
    private final double height;
    private final String description;

    /** @param description what the drawing shows, for those who do not see it */
    Svg(double width, double height, String description) {
        this.width = width;
        this.height = height;
        this.description = description;
    }

    Svg line(double x1, double y1, double x2, double y2, String style) {
        body.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
                .formatted(number(x1), number(y1), number(x2), number(y2), style));
        return this;
    }

    /** A line through points {@code x[i], y[i]}; it is interrupted where one is NaN. */
    Svg path(double[] x, double[] y, String style) {
        var data = new StringBuilder();
        boolean drawing = false;
        for (int i = 0; i < x.length; i++) {
            if (Double.isNaN(y[i])) {
                drawing = false;
                continue;
            }
            data.append(drawing ? 'L' : 'M').append(number(x[i])).append(' ').append(number(y[i]));
            drawing = true;
        }
        body.append("<path d=\"%s\" class=\"%s\"/>\n".formatted(data, style));
        return this;
    }

    /** A dot that tells {@code hint} to who points at it. */
    Svg dot(double x, double y, double radius, String style, String hint) {
        body.append("<circle cx=\"%s\" cy=\"%s\" r=\"%s\" class=\"%s\"><title>%s</title></circle>\n"
                .formatted(number(x), number(y), number(radius), style, Html.escape(hint)));
        return this;
    }

    Svg box(double x, double y, double boxWidth, double boxHeight, String style, String hint) {
        body.append(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\" class=\"%s\"><title>%s</title></rect>\n"
                        .formatted(
                                number(x), number(y), number(boxWidth), number(boxHeight), style, Html.escape(hint)));
        return this;
    }

    /** A filled square in a colour of its own. */
    Svg swatch(double x, double y, double side, int rgb) {
        body.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"3\" fill=\"%s\" class=\"swatch\"/>\n"
                .formatted(number(x), number(y), number(side), number(side), Html.color(rgb)));
        return this;
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    Svg text(double x, double y, String anchor, String style, String text) {
        body.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
                .formatted(number(x), number(y), anchor, style, Html.escape(text)));
        return this;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }

    @Override
    public String toString() {
        return "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">\n%s</svg>\n"
                .formatted(number(width), number(height), Html.escape(description), body);
    }
}
