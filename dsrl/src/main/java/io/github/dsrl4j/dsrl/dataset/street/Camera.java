package io.github.dsrl4j.dsrl.dataset.street;

/** A pinhole camera. Camera axes: x to the right, y up, z forward. */
final class Camera {
    final Vec position;
    final double focal;
    final double centreX;
    final double centreY;
    private final Vec right;
    private final Vec up;
    private final Vec forward;

    /**
     * Looks along z, turned by small angles in radians.
     *
     * @param focal the focal length in samples
     */
    Camera(Vec position, double yaw, double pitch, double roll, double focal, double centreX, double centreY) {
        this.position = position;
        this.focal = focal;
        this.centreX = centreX;
        this.centreY = centreY;
        double cosPitch = StrictMath.cos(pitch);
        forward = new Vec(StrictMath.sin(yaw) * cosPitch, StrictMath.sin(pitch), StrictMath.cos(yaw) * cosPitch);
        var level = Vec.UP.cross(forward).unit();
        var upright = forward.cross(level);
        right = level.times(StrictMath.cos(roll)).plus(StrictMath.sin(roll), upright);
        up = upright.times(StrictMath.cos(roll)).plus(-StrictMath.sin(roll), level);
    }

    /** A world direction in camera axes. */
    Vec rotate(Vec direction) {
        return new Vec(right.dot(direction), up.dot(direction), forward.dot(direction));
    }

    /** A world point in camera axes. */
    Vec transform(Vec point) {
        return rotate(point.minus(position));
    }

    /** The world direction of a ray {@code (x, y, 1)} in camera axes. */
    Vec ray(double x, double y) {
        return forward.plus(x, right).plus(y, up);
    }
}
