package io.github.dsrl4j.dsrl.dataset.street;

import java.util.ArrayList;
import java.util.List;

/** The surfaces in front of a camera, under a light. Shadows go to the raster at once, so that later objects know them. */
final class Scene {
    private static final int ROUND = 14;

    final Camera camera;
    final Light light;
    final Raster raster;
    final List<Surface> surfaces = new ArrayList<>();
    /** 1 where objects are placed in the sun, 0 while they are placed in a shadow. */
    private double sunReach = 1;

    Scene(Camera camera, Light light, Raster raster) {
        this.camera = camera;
        this.light = light;
        this.raster = raster;
    }

    /** What is added from here on stands at this point of the ground, in the shadow if there is one. */
    void standAt(Vec foot) {
        sunReach = raster.shadowAt(foot) == Raster.SHADOW ? 0 : 1;
    }

    /** What is added from here on gets the sun. */
    void standInSun() {
        sunReach = 1;
    }

    /**
     * Adds a polygon in the plane of an orthonormal frame.
     *
     * @param outline a convex polygon, {@code u, v} in metres
     * @param mask the part of it that is there, null for all
     */
    void add(int label, Material material, Mask mask, Vec origin, Vec u, Vec v, double... outline) {
        var normal = u.cross(v);
        double facing = normal.dot(camera.position.minus(origin));
        if (Math.abs(facing) < 1e-6) {
            return; // seen edge-on
        }
        if (facing < 0) {
            normal = normal.times(-1);
        }
        double lit = Math.max(0, normal.dot(light.direction)) * sunReach;
        var surface = new Surface(
                label,
                material,
                mask,
                camera.transform(origin),
                camera.rotate(u),
                camera.rotate(v),
                outline,
                light.ambientOn(normal.y()),
                light.sun.times(lit));
        surfaces.add(surface);
    }

    /** Adds a rectangle that starts at {@code origin}. */
    void rectangle(int label, Material material, Mask mask, Vec origin, Vec u, Vec v, double width, double height) {
        add(label, material, mask, origin, u, v, 0, 0, width, 0, width, height, 0, height);
    }

    /** Adds a convex polygon of points in one plane; {@code u} runs from the first to the second, {@code v} to the last. */
    void face(int label, Material material, Mask mask, Vec... points) {
        var u = points[1].minus(points[0]).unit();
        var side = points[points.length - 1].minus(points[0]);
        var v = side.plus(-side.dot(u), u).unit();
        var outline = new double[2 * points.length];
        for (int i = 0; i < points.length; i++) {
            var p = points[i].minus(points[0]);
            outline[2 * i] = p.dot(u);
            outline[2 * i + 1] = p.dot(v);
        }
        add(label, material, mask, points[0], u, v, outline);
    }

    /**
     * Adds an upright rectangle that faces the camera, lit as a round thing would be: {@code u} runs from
     * {@code -width / 2} to {@code width / 2}, {@code v} from 0 to {@code height}.
     */
    void billboard(int label, Material material, Mask mask, Vec foot, double width, double height) {
        var across = across(foot);
        double half = width / 2;
        var surface = new Surface(
                label,
                material,
                mask,
                camera.transform(foot),
                camera.rotate(across),
                camera.rotate(Vec.UP),
                new double[] {-half, 0, half, 0, half, height, -half, height},
                light.ambientOn(0.2),
                light.sun.times(0.6 * sunReach));
        surfaces.add(surface);
    }

    /** The horizontal direction to the right as seen from the camera. */
    Vec across(Vec foot) {
        var sight = foot.minus(camera.position);
        return new Vec(sight.z(), 0, -sight.x()).unit();
    }

    /** Where the sun throws the shadow of a point; the ground is at height 0. */
    private Vec shadowOf(Vec point) {
        return point.plus(-point.y() / light.direction.y(), light.direction);
    }

    /** The shadow on the ground of a convex polygon. */
    void castShadow(int kind, Vec... points) {
        if (light.sunshine < 0.05) {
            return;
        }
        var corners = new Vec[points.length];
        for (int i = 0; i < points.length; i++) {
            corners[i] = shadowOf(points[i]);
        }
        mark(kind, corners);
    }

    /** The shadow of a ball. */
    void castBallShadow(int kind, Vec centre, double radius) {
        if (light.sunshine < 0.05) {
            return;
        }
        var middle = shadowOf(centre);
        double stretch = 1 / light.direction.y();
        var along = new Vec(light.direction.x(), 0, light.direction.z()).unit();
        mark(kind, ellipse(middle, along.times(radius * stretch), new Vec(-along.z(), 0, along.x()).times(radius)));
    }

    /** A dark place on the ground, whatever the sun does. */
    void markGround(int kind, Vec... corners) {
        mark(kind, corners);
    }

    static Vec[] ellipse(Vec middle, Vec a, Vec b) {
        var points = new Vec[ROUND];
        for (int i = 0; i < ROUND; i++) {
            double angle = 2 * Math.PI * i / ROUND;
            points[i] = middle.plus(StrictMath.cos(angle), a).plus(StrictMath.sin(angle), b);
        }
        return points;
    }

    private void mark(int kind, Vec... corners) {
        var flat = new double[3 * corners.length];
        for (int i = 0; i < corners.length; i++) {
            var p = camera.transform(corners[i]);
            flat[3 * i] = p.x();
            flat[3 * i + 1] = p.y();
            flat[3 * i + 2] = p.z();
        }
        raster.castShadow(flat, kind);
    }
}
