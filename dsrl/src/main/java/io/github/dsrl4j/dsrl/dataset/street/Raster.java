package io.github.dsrl4j.dsrl.dataset.street;

import java.util.Arrays;
import java.util.List;

/** For every sample of the picture: the nearest surface, its inverse depth, its label, and the shadow on the ground. */
final class Raster {
    /** {@link #surface} where nothing but sky is. */
    static final int SKY = -1;
    /** Nothing keeps the sun from the ground. */
    static final int LIT = 0;
    /** A tree's shadow, with spots of light. */
    static final int DAPPLED = 1;
    /** A solid shadow. */
    static final int SHADOW = 2;
    /** Dark below a car. */
    static final int CONTACT = 3;

    private static final double NEAR = 0.25;

    final int width;
    final int height;
    final int[] surface;
    final float[] depth;
    final byte[] label;
    final byte[] shadow;
    private final Camera camera;

    Raster(int width, int height, Camera camera) {
        this.width = width;
        this.height = height;
        this.camera = camera;
        surface = new int[width * height];
        depth = new float[width * height];
        label = new byte[width * height];
        shadow = new byte[width * height];
        Arrays.fill(surface, SKY);
        Arrays.fill(label, (byte) Label.SKY);
    }

    double rayX(double column) {
        return (column + 0.5 - camera.centreX) / camera.focal;
    }

    double rayY(double row) {
        return (camera.centreY - row - 0.5) / camera.focal;
    }

    /** Something to do with the samples {@code from..to-1} of a row. */
    private interface Span {
        void fill(int row, int from, int to);
    }

    /** Draws solid surfaces in any order, then those with an outline from the farthest on, since they may be seen through. */
    void draw(List<Surface> surfaces) {
        var outlined = new int[surfaces.size()];
        int count = 0;
        for (int i = 0; i < surfaces.size(); i++) {
            if (surfaces.get(i).mask == null) {
                drawSolid(surfaces.get(i), i);
            } else {
                outlined[count++] = i;
            }
        }
        Arrays.stream(outlined, 0, count)
                .boxed()
                .sorted((a, b) -> Double.compare(
                        surfaces.get(b).distance(), surfaces.get(a).distance()))
                .forEach(i -> drawOutlined(surfaces.get(i), i));
    }

    private void drawSolid(Surface s, int index) {
        scan(s.corners, (row, from, to) -> {
            double step = s.depthX / camera.focal;
            double start = s.depthX * rayX(0) + s.depthY * rayY(row) + s.depth0;
            for (int x = from, at = row * width + from; x < to; x++, at++) {
                float inverse = (float) (start + x * step);
                if (inverse > depth[at]) {
                    depth[at] = inverse;
                    surface[at] = index;
                    label[at] = (byte) s.label;
                }
            }
        });
    }

    private void drawOutlined(Surface s, int index) {
        scan(s.corners, (row, from, to) -> {
            double y = rayY(row);
            for (int column = from, at = row * width + from; column < to; column++, at++) {
                double x = rayX(column);
                double inverse = s.depthX * x + s.depthY * y + s.depth0;
                if ((float) inverse > depth[at]) {
                    double u = (s.u.x() * x + s.u.y() * y + s.u.z()) / inverse - s.uOrigin;
                    double v = (s.v.x() * x + s.v.y() * y + s.v.z()) / inverse - s.vOrigin;
                    int covered = s.mask.at(u, v);
                    if (covered != Mask.NONE) {
                        label[at] = (byte) covered;
                        if ((covered & Mask.SEE_THROUGH) == 0) {
                            depth[at] = (float) inverse;
                            surface[at] = index;
                        }
                    }
                }
            }
        });
    }

    /** Marks a shadow on the ground; a darker one that is there already stays. */
    void castShadow(double[] corners, int kind) {
        scan(corners, (row, from, to) -> {
            for (int at = row * width + from, end = row * width + to; at < end; at++) {
                if (shadow[at] < kind) {
                    shadow[at] = (byte) kind;
                }
            }
        });
    }

    /** The shadow at a point of the ground, if it is in the picture. */
    int shadowAt(Vec point) {
        var p = camera.transform(point);
        if (p.z() < NEAR) {
            return LIT;
        }
        int x = Noise.floor(camera.centreX + camera.focal * p.x() / p.z());
        int y = Noise.floor(camera.centreY - camera.focal * p.y() / p.z());
        return x < 0 || y < 0 || x >= width || y >= height ? LIT : shadow[y * width + x];
    }

    /** Cuts a convex polygon at the near plane, projects it, and visits the samples whose centres lie inside. */
    private void scan(double[] corners, Span span) {
        var points = project(corners);
        int count = points.length / 2;
        if (count < 3) {
            return;
        }
        double top = Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        for (int i = 1; i < points.length; i += 2) {
            top = Math.min(top, points[i]);
            bottom = Math.max(bottom, points[i]);
        }
        int first = (int) Noise.clamp(Math.ceil(top - 0.5), 0, height);
        int last = (int) Noise.clamp(Math.ceil(bottom - 0.5), 0, height);
        for (int row = first; row < last; row++) {
            double y = row + 0.5;
            double left = Double.MAX_VALUE;
            double right = -Double.MAX_VALUE;
            for (int i = 0, j = count - 1; i < count; j = i++) {
                double yi = points[2 * i + 1];
                double yj = points[2 * j + 1];
                if (yi <= y != yj <= y) {
                    double x = points[2 * i] + (y - yi) / (yj - yi) * (points[2 * j] - points[2 * i]);
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                }
            }
            int from = (int) Noise.clamp(Math.ceil(left - 0.5), 0, width);
            int to = (int) Noise.clamp(Math.ceil(right - 0.5), 0, width);
            if (from < to) {
                span.fill(row, from, to);
            }
        }
    }

    private double[] project(double[] corners) {
        int count = corners.length / 3;
        var points = new double[2 * count + 2];
        int to = 0;
        for (int i = 0, j = count - 1; i < count; j = i++) {
            double zi = corners[3 * i + 2];
            double zj = corners[3 * j + 2];
            if (zi >= NEAR != zj >= NEAR) {
                double t = (NEAR - zj) / (zi - zj);
                double x = corners[3 * j] + t * (corners[3 * i] - corners[3 * j]);
                double y = corners[3 * j + 1] + t * (corners[3 * i + 1] - corners[3 * j + 1]);
                points[to++] = camera.centreX + camera.focal * x / NEAR;
                points[to++] = camera.centreY - camera.focal * y / NEAR;
            }
            if (zi >= NEAR) {
                points[to++] = camera.centreX + camera.focal * corners[3 * i] / zi;
                points[to++] = camera.centreY - camera.focal * corners[3 * i + 1] / zi;
            }
        }
        return to == points.length ? points : Arrays.copyOf(points, to);
    }
}
