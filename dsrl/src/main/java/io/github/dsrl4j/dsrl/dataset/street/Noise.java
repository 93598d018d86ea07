package io.github.dsrl4j.dsrl.dataset.street;

/** Value noise: random values on an integer lattice, smoothly interpolated. The lattice repeats every 256 cells. */
final class Noise {
    private static final int SIZE = 256;
    private static final int MASK = SIZE - 1;
    private static final float[] LATTICE = lattice();

    private Noise() {}

    private static float[] lattice() {
        var values = new float[SIZE * SIZE];
        var dice = new Dice(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) dice.unit();
        }
        return values;
    }

    static int floor(double x) {
        int i = (int) x;
        return x < i ? i - 1 : i;
    }

    /** The value of a lattice cell, uniform in [0, 1). */
    static double cell(int x, int y) {
        return LATTICE[(y & MASK) * SIZE + (x & MASK)];
    }

    /** Smooth noise in [0, 1), one bump a unit, mean 1/2. */
    static double at(double x, double y) {
        int column = floor(x);
        int row = floor(y);
        double fx = x - column;
        double fy = y - row;
        fx = fx * fx * (3 - 2 * fx);
        fy = fy * fy * (3 - 2 * fy);
        int top = (row & MASK) * SIZE;
        int bottom = (row + 1 & MASK) * SIZE;
        int left = column & MASK;
        int right = column + 1 & MASK;
        double a = LATTICE[top + left] + fx * (LATTICE[top + right] - LATTICE[top + left]);
        double b = LATTICE[bottom + left] + fx * (LATTICE[bottom + right] - LATTICE[bottom + left]);
        return a + fy * (b - a);
    }

    /** A sum of octaves of halving size and strength, in [0, 1), mean 1/2. */
    static double fractal(double x, double y, int octaves) {
        double sum = 0;
        double strength = 0.5;
        double total = 0;
        for (int i = 0; i < octaves; i++) {
            sum += strength * at(x, y);
            total += strength;
            strength *= 0.5;
            // The shift keeps the lattices of the octaves from lining up at the origin.
            x = 2 * x + 17.3;
            y = 2 * y + 31.7;
        }
        return sum / total;
    }

    /** {@code Math.clamp} without its care for NaN and negative zero, which costs more than the shading it serves. */
    static double clamp(double x, double low, double high) {
        return x < low ? low : x > high ? high : x;
    }

    /** 0 below {@code low}, 1 above {@code high}, smooth between. */
    static double smoothStep(double low, double high, double x) {
        double t = clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
