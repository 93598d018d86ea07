package io.github.dsrl4j.dsrl.dataset.street;

/**
 * A flat polygon in camera axes with an orthonormal frame {@code (u, v)} of its own. On a ray {@code (x, y, 1)} the
 * inverse depth is {@code 1/z = depthX x + depthY y + depth0} and {@code u = z (u . ray) - u . origin}.
 */
final class Surface {
    final int label;
    final Material material;
    final Mask mask;
    /** Corners, three numbers each. */
    final double[] corners;

    final Vec u;
    final Vec v;
    final double uOrigin;
    final double vOrigin;
    final double depthX;
    final double depthY;
    final double depth0;
    /** Irradiance from the sky. */
    final Tint ambient;
    /** Irradiance from the sun where no shadow falls. */
    final Tint sun;

    Surface(
            int label,
            Material material,
            Mask mask,
            Vec origin,
            Vec u,
            Vec v,
            double[] outline,
            Tint ambient,
            Tint sun) {
        this.label = label;
        this.material = material;
        this.mask = mask;
        this.u = u;
        this.v = v;
        this.ambient = ambient;
        this.sun = sun;
        uOrigin = u.dot(origin);
        vOrigin = v.dot(origin);
        var normal = u.cross(v);
        double distance = normal.dot(origin);
        depthX = normal.x() / distance;
        depthY = normal.y() / distance;
        depth0 = normal.z() / distance;
        corners = new double[outline.length / 2 * 3];
        for (int i = 0, to = 0; i < outline.length; i += 2) {
            var corner = origin.plus(outline[i], u).plus(outline[i + 1], v);
            corners[to++] = corner.x();
            corners[to++] = corner.y();
            corners[to++] = corner.z();
        }
    }

    /** The mean depth of the corners. */
    double distance() {
        double sum = 0;
        for (int i = 2; i < corners.length; i += 3) {
            sum += corners[i];
        }
        return sum * 3 / corners.length;
    }
}
