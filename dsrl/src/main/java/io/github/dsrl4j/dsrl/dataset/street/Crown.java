package io.github.dsrl4j.dsrl.dataset.street;

/**
 * The leaves of a tree: a few round clumps with ragged edges, each lit as a ball. The billboard's origin is the middle of
 * its lower edge, {@link #REACH} radii below the centre.
 */
final class Crown implements Material, Mask {
    /** Half the billboard's side, in radii. */
    static final double REACH = 1.35;

    private static final int CLUMPS = 7;

    private final Tint leaf;
    private final double radius;
    private final double[] x = new double[CLUMPS];
    private final double[] y = new double[CLUMPS];
    private final double[] size = new double[CLUMPS];
    private final double[] perSize = new double[CLUMPS];
    private final double sunSide;
    private final double sunUp;
    private final double shift;
    private final double grain;
    private final double thin;
    private final boolean bare;

    Crown(Dice dice, Tint leaf, double radius, double sunSide, double sunUp, boolean bare) {
        this.bare = bare;
        this.leaf = leaf;
        this.radius = radius;
        this.sunSide = sunSide;
        this.sunUp = sunUp;
        shift = dice.between(0, 200);
        grain = dice.between(5, 8);
        thin = dice.between(0, 0.25);
        double slim = dice.between(0.75, 1);
        for (int i = 0; i < CLUMPS; i++) {
            double angle = 2 * Math.PI * (i + dice.unit()) / CLUMPS;
            double reach = i == 0 ? 0 : dice.between(0.35, 0.75);
            x[i] = reach * slim * StrictMath.cos(angle);
            y[i] = reach * StrictMath.sin(angle);
            size[i] = i == 0 ? 0.8 : dice.between(0.35, 0.55);
            perSize[i] = 1 / size[i];
        }
    }

    /** The clump that comes most to the front, and how much: 1 in its middle, 0 at its edge. */
    private int clump(double u, double v) {
        int best = 0;
        double most = -10;
        for (int i = 0; i < CLUMPS; i++) {
            double height = height(i, u, v);
            if (height > most) {
                most = height;
                best = i;
            }
        }
        return best;
    }

    private double height(int i, double u, double v) {
        double dx = (u - x[i]) * perSize[i];
        double dy = (v - y[i]) * perSize[i];
        return (1 - dx * dx - dy * dy) * size[i];
    }

    @Override
    public int at(double u, double v) {
        double a = u / radius;
        double b = v / radius - REACH;
        double height = height(clump(a, b), a, b);
        if (height < -0.3) {
            return NONE;
        }
        double ragged = 0.5 * (Noise.at(u * 2.2 + shift, v * 2.2) - 0.5)
                + 0.35 * (Noise.at(u * grain, v * grain + shift) - 0.5);
        if (height + ragged < 0) {
            return NONE;
        }
        if (bare) {
            return twig(u, v, height) ? Label.TREE : Label.TREE | SEE_THROUGH;
        }
        // Sky between the leaves near the edge, which still is the tree's place.
        boolean gap = Noise.at(u * grain * 0.9 + 50, v * grain * 0.9) < (thin + 0.22) * (1 - 2.2 * height);
        return gap ? Label.TREE | SEE_THROUGH : Label.TREE;
    }

    /** Branches fan out from the trunk; the finer ones are more, and bend more. */
    private boolean twig(double u, double v, double height) {
        double base = v + 0.5 * radius;
        double fan = u / base;
        double bough = 7 * fan + 0.5 * Noise.at(v * 1.1 + shift, u * 0.7);
        double twig = 24 * fan + 1.5 * Noise.at(v * 2.3, u * 2.1 + shift);
        double off = Math.abs(bough - Noise.floor(bough) - 0.5) * base / 7;
        double offTwig = Math.abs(twig - Noise.floor(twig) - 0.5) * base / 24;
        return off < 0.05 * Math.max(0.2, height) || offTwig < 0.014;
    }

    @Override
    public void shade(double u, double v, double pixel, int shadow, Shade out) {
        double a = u / radius;
        double b = v / radius - REACH;
        int i = clump(a, b);
        double dx = (a - x[i]) / size[i];
        double dy = (b - y[i]) / size[i];
        double up = 0.55 * dy + 0.45 * b;
        double side = 0.55 * dx + 0.45 * a;
        double lit = Noise.clamp(0.5 + 0.6 * (side * sunSide + up * (0.35 + 0.65 * sunUp)), 0.06, 1.3);
        double tone = 0.5 + 0.9 * Noise.at(u * 3.1 + shift, v * 3.1);
        if (pixel < 0.12) {
            tone *= 0.45 + 1.1 * Noise.at(u * grain * 1.7, v * grain * 1.7 + shift);
        }
        out.set(leaf, tone * (0.45 + 0.55 * Noise.clamp(0.5 + 0.5 * up, 0.0, 1.0)));
        out.sun = 1.5 * lit;
    }
}
