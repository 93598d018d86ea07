package io.github.dsrl4j.dsrl.dataset.street;

/**
 * The ground plan of a street. A place has the coordinates {@code lateral} (metres to the right of the centre line) and
 * {@code z} (metres ahead); the centre line is a parabola that ends in a straight.
 */
final class Plan {
    static final double END = 170;
    private static final double CURVE_END = 90;
    private static final double STEP = 0.5;
    private static final double START = -12;

    /** What the ground is beyond the pavement. */
    static final int YARD = 0;

    static final int LAWN = 1;
    static final int FLAGS = 2;

    final double bend;
    /** Distances of the kerbs from the centre line. */
    final double leftKerb;

    final double rightKerb;
    final double leftPavement;
    final double rightPavement;
    /** Traffic keeps left. */
    final boolean keepLeft;
    /** Side street: where, how wide; it opens to the side {@link #sideSign}. */
    final double sideAt;

    final double sideHalf;
    final double sideSign;
    /** The middle of a zebra crossing, or beyond {@link #END}. */
    final double zebraAt;

    private final byte[][] plots = new byte[2][(int) ((END - START) / STEP) + 1];

    Plan(Dice dice) {
        bend = dice.chance(0.35) ? 0 : dice.between(-1, 1) * 0.0011;
        boolean wide = dice.chance(0.22);
        leftKerb = dice.between(3.1, 4.3) + (wide ? dice.between(1, 3) : 0);
        rightKerb = dice.between(3.2, 4.4) + (wide ? dice.between(1, 3) : 0);
        leftPavement = dice.between(1.5, 3.2);
        rightPavement = dice.between(1.5, 3.2);
        keepLeft = dice.chance(0.5);
        sideAt = dice.chance(0.5) ? dice.between(12, 55) : 1e6;
        sideHalf = dice.between(2.6, 3.6);
        sideSign = dice.sign();
        zebraAt = dice.chance(0.25) ? dice.between(9, 40) : 1e6;
    }

    /** How far right of the camera's axis the centre line is. */
    double curve(double z) {
        if (z < CURVE_END) {
            return bend * z * z;
        }
        return bend * CURVE_END * (2 * z - CURVE_END);
    }

    /** A point over the place {@code (lateral, z)}. */
    Vec at(double lateral, double height, double z) {
        return new Vec(lateral + curve(z), height, z);
    }

    /** The direction of the street. */
    Vec along(double z) {
        return new Vec(2 * bend * Math.min(z, CURVE_END), 0, 1).unit();
    }

    double kerb(double side) {
        return side < 0 ? leftKerb : rightKerb;
    }

    double pavement(double side) {
        return side < 0 ? leftPavement : rightPavement;
    }

    /** Distance beyond the edge of the road, negative on the road; the corners of a side street are rounded. */
    double beyondKerb(double lateral, double z) {
        double main = lateral < 0 ? -lateral - leftKerb : lateral - rightKerb;
        if (lateral * sideSign < 0 || Math.abs(z - sideAt) > 30) {
            return main;
        }
        double side = Math.abs(z - sideAt) - sideHalf;
        if (main > 0 && side > 0) {
            double radius = 2.5;
            if (main < radius && side < radius) {
                double a = radius - main;
                double b = radius - side;
                return radius - Math.sqrt(a * a + b * b);
            }
        }
        return Math.min(main, side);
    }

    /** Whether a stretch of one side is free of the side street and its pavements. */
    boolean free(double side, double from, double to) {
        double half = sideHalf + 1.8;
        return side * sideSign < 0 || to < sideAt - half || from > sideAt + half;
    }

    void setPlot(double side, double from, double to, int kind) {
        var kinds = plots[side < 0 ? 0 : 1];
        for (int i = index(from); i <= index(to); i++) {
            kinds[i] = (byte) kind;
        }
    }

    int plot(double side, double z) {
        return plots[side < 0 ? 0 : 1][index(z)];
    }

    private static int index(double z) {
        return Math.clamp((int) ((z - START) / STEP), 0, (int) ((END - START) / STEP));
    }

    int groundLabel(double x, double z) {
        double lateral = x - curve(z);
        double beyond = beyondKerb(lateral, z);
        if (beyond <= 0) {
            return Label.ROAD;
        }
        if (beyond <= pavement(lateral)) {
            return Label.PAVEMENT;
        }
        return switch (plot(lateral, z)) {
            case LAWN -> Label.TREE;
            case FLAGS -> Label.PAVEMENT;
            default -> Label.UNLABELLED;
        };
    }
}
