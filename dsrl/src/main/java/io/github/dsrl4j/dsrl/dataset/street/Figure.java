package io.github.dsrl4j.dsrl.dataset.street;

import java.util.ArrayList;
import java.util.List;

/** A flat figure of round-ended strokes and rings, front ones first: people and bicycles. Metres, the feet at 0. */
final class Figure implements Material, Mask {
    /**
     * A stroke from one point to another whose radius changes along it.
     *
     * @param ring where positive, only this outer part of it is drawn, and the rest can be seen through
     */
    private record Stroke(double x1, double y1, double r1, double x2, double y2, double r2, double ring, Tint tint) {}

    private final int label;
    private final List<Stroke> strokes = new ArrayList<>();
    private final double mirror;

    /** @param mirror -1 to turn the figure round */
    Figure(int label, double mirror) {
        this.label = label;
        this.mirror = mirror;
    }

    Figure stroke(Tint tint, double x1, double y1, double r1, double x2, double y2, double r2) {
        strokes.add(new Stroke(x1, y1, r1, x2, y2, r2, 0, tint));
        return this;
    }

    Figure disc(Tint tint, double x, double y, double radius) {
        return stroke(tint, x, y, radius, x, y, radius);
    }

    Figure ring(Tint tint, double x, double y, double radius, double thickness) {
        strokes.add(new Stroke(x, y, radius, x, y, radius, thickness, tint));
        return this;
    }

    /** How far inside a stroke a point is, relative to its radius: 1 on the axis, 0 on the edge. */
    private static double inside(Stroke s, double x, double y) {
        double dx = s.x2 - s.x1;
        double dy = s.y2 - s.y1;
        double length = dx * dx + dy * dy;
        double t = length == 0 ? 0 : Noise.clamp(((x - s.x1) * dx + (y - s.y1) * dy) / length, 0.0, 1.0);
        double ox = x - s.x1 - t * dx;
        double oy = y - s.y1 - t * dy;
        double radius = s.r1 + t * (s.r2 - s.r1);
        return 1 - Math.sqrt(ox * ox + oy * oy) / radius;
    }

    @Override
    public int at(double u, double v) {
        double x = u * mirror;
        boolean seeThrough = false;
        for (var s : strokes) {
            double inside = inside(s, x, v);
            if (inside > 0) {
                if (s.ring == 0 || inside * s.r1 < s.ring) {
                    return label;
                }
                seeThrough = true;
            }
        }
        return seeThrough ? label | SEE_THROUGH : NONE;
    }

    @Override
    public void shade(double u, double v, double pixel, int shadow, Shade out) {
        double x = u * mirror;
        for (var s : strokes) {
            double inside = inside(s, x, v);
            if (inside > 0 && (s.ring == 0 || inside * s.r1 < s.ring)) {
                double fold = Noise.at(u * 9 + s.x1 * 50, v * 7);
                out.set(s.tint, (0.55 + 0.4 * Math.min(1, 1.6 * inside)) * (0.8 + 0.35 * fold));
                return;
            }
        }
    }
}
