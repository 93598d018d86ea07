package io.github.dsrl4j.dsrl.dataset.street;

/** A colour in linear light. */
record Tint(double r, double g, double b) {
    /** From {@code 0xRRGGBB} with gamma 2: the square is exact on every machine, a power is not. */
    static Tint of(int rgb) {
        return new Tint(linear(rgb >> 16), linear(rgb >> 8), linear(rgb));
    }

    private static double linear(int value) {
        double v = (value & 0xFF) / 255.0;
        return v * v;
    }

    static Tint grey(double value) {
        return new Tint(value, value, value);
    }

    Tint times(double factor) {
        return new Tint(r * factor, g * factor, b * factor);
    }

    Tint times(Tint other) {
        return new Tint(r * other.r, g * other.g, b * other.b);
    }

    Tint plus(Tint other) {
        return new Tint(r + other.r, g + other.g, b + other.b);
    }

    /** {@code (1 - t) this + t other}. */
    Tint mix(Tint other, double t) {
        return new Tint(r + t * (other.r - r), g + t * (other.g - g), b + t * (other.b - b));
    }

    /** Each component changed a little, and all of them together more. */
    Tint vary(Dice dice, double amount) {
        double all = 1 + dice.between(-amount, amount);
        double each = amount / 3;
        return new Tint(
                r * all * (1 + dice.between(-each, each)),
                g * all * (1 + dice.between(-each, each)),
                b * all * (1 + dice.between(-each, each)));
    }
}
