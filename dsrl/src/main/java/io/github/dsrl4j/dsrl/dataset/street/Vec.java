package io.github.dsrl4j.dsrl.dataset.street;

/** A point or direction. World axes: x to the right, y up, z along the street; metres. */
record Vec(double x, double y, double z) {
    static final Vec UP = new Vec(0, 1, 0);

    Vec plus(Vec other) {
        return new Vec(x + other.x, y + other.y, z + other.z);
    }

    /** {@code this + factor * direction}. */
    Vec plus(double factor, Vec direction) {
        return new Vec(x + factor * direction.x, y + factor * direction.y, z + factor * direction.z);
    }

    Vec minus(Vec other) {
        return plus(-1, other);
    }

    Vec times(double factor) {
        return new Vec(x * factor, y * factor, z * factor);
    }

    double dot(Vec other) {
        return x * other.x + y * other.y + z * other.z;
    }

    Vec cross(Vec other) {
        return new Vec(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x);
    }

    double length() {
        return Math.sqrt(dot(this));
    }

    Vec unit() {
        return times(1 / length());
    }
}
