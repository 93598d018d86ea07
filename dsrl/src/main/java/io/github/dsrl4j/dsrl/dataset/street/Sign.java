package io.github.dsrl4j.dsrl.dataset.street;

/** The plate of a road sign; its billboard is {@code size x size} and begins at {@code u = -size / 2, v = 0}. */
final class Sign implements Material, Mask {
    private static final Tint RED = Tint.of(0xB4242A);
    private static final Tint WHITE = Tint.of(0xD8D8D4);
    private static final Tint BLACK = Tint.of(0x202022);
    private static final Tint BLUE = Tint.of(0x1E4E9A);
    private static final Tint GREEN = Tint.of(0x1E5A3E);
    private static final Tint AMBER = Tint.of(0xC89A28);

    private enum Shape {
        PROHIBITION,
        WARNING,
        MANDATORY,
        PARKING,
        GIVE_WAY,
        STOP
    }

    private final Shape shape;
    private final double size;
    private final int salt;

    private Sign(Shape shape, double size, int salt) {
        this.shape = shape;
        this.size = size;
        this.salt = salt;
    }

    static Sign random(Dice dice, double size) {
        return new Sign(Shape.values()[dice.below(Shape.values().length)], size, dice.below(256));
    }

    /** How far inside the outline a point lies: 0 at the edge, 1 in the middle, negative outside. */
    private double inside(double u, double v) {
        double x = 2 * u / size;
        double y = 2 * v / size - 1;
        return switch (shape) {
            case PROHIBITION, MANDATORY -> 1 - Math.sqrt(x * x + y * y);
            case PARKING -> 1 - Math.max(Math.abs(x), Math.abs(y));
            case STOP -> 1 - Math.max(Math.max(Math.abs(x), Math.abs(y)), 0.72 * (Math.abs(x) + Math.abs(y)));
            case WARNING -> triangle(x, y);
            case GIVE_WAY -> triangle(x, -y);
        };
    }

    private static double triangle(double x, double y) {
        return Math.min(0.9 + y, (0.9 - y - 2.0 * Math.abs(x)) * 0.5);
    }

    @Override
    public int at(double u, double v) {
        return inside(u, v) > 0 ? Label.SIGN : NONE;
    }

    @Override
    public void shade(double u, double v, double pixel, int shadow, Shade out) {
        double depth = inside(u, v);
        double x = 2 * u / size;
        double y = 2 * v / size - 1;
        switch (shape) {
            case PROHIBITION -> out.set(depth < 0.22 ? RED : symbol(x, y) ? BLACK : WHITE, 1);
            case WARNING -> out.set(depth < 0.18 ? RED : symbol(x * 1.4, y * 1.4 + 0.3) ? BLACK : WHITE, 1);
            case GIVE_WAY -> out.set(depth < 0.18 ? RED : WHITE, 1);
            case MANDATORY -> out.set(depth < 0.06 || symbol(x, y) ? WHITE : BLUE, 1);
            case PARKING -> out.set(depth < 0.08 || letterP(x, y) ? WHITE : BLUE, 1);
            case STOP -> out.set(depth < 0.08 || (Math.abs(y) < 0.2 && stripes(x)) ? WHITE : RED, 1);
        }
    }

    private static boolean stripes(double x) {
        double letter = x * 2.8 - Noise.floor(x * 2.8);
        return Math.abs(x) < 0.72 && letter < 0.62;
    }

    private static boolean letterP(double x, double y) {
        boolean stem = x > -0.38 && x < -0.12 && Math.abs(y) < 0.62;
        double dx = x + 0.05;
        double dy = y - 0.24;
        double r = Math.sqrt(dx * dx + dy * dy);
        return stem || (dx > -0.1 && r > 0.18 && r < 0.42);
    }

    /** An arrow, a bar or digits. */
    private boolean symbol(double x, double y) {
        return switch (salt % 3) {
            case 0 -> (Math.abs(x) < 0.1 && y > -0.5 && y < 0.3) || (y > 0.1 && y < 0.5 && Math.abs(x) < 0.5 - y);
            case 1 ->
                Math.abs(y) < 0.35
                        && Math.abs(Math.abs(x) - 0.27) < 0.2
                        && (Math.abs(x) < 0.13 || Math.abs(x) > 0.4 || Math.abs(y) > 0.22 || Math.abs(y) < 0.06);
            default -> Math.abs(y) < 0.14 && Math.abs(x) < 0.62;
        };
    }

    /** A direction board, {@code u} centred. */
    static Material direction(Dice dice, double width, double height) {
        boolean light = dice.chance(0.3);
        var back = light ? WHITE : dice.chance(0.6) ? GREEN : BLUE;
        var ink = light ? BLACK : WHITE;
        int salt = dice.below(256);
        int lines = 2 + dice.below(3);
        return (u, v, pixel, shadow, out) -> {
            double x = u / width + 0.5;
            double y = v / height;
            double rim = Math.min(Math.min(x, 1 - x) * width, Math.min(y, 1 - y) * height);
            int line = Noise.floor(y * lines);
            double inLine = y * lines - line;
            int letter = Noise.floor(u / 0.11);
            boolean text = inLine > 0.3 && inLine < 0.72 && x > 0.1 && x < 0.55 + 0.35 * Noise.cell(line, salt);
            boolean stroke =
                    text && u / 0.11 - letter < 0.6 && Noise.cell(letter + salt, line + (int) (inLine * 8)) > 0.3;
            out.set((rim > 0.02 && rim < 0.05) || stroke ? ink : back, 1);
        };
    }

    /** An advertisement: a few fields of colour and a headline. */
    static Material poster(Dice dice, double width, double height) {
        var back = new Tint(dice.unit(), dice.unit(), dice.unit()).times(0.6).plus(Tint.grey(0.05));
        var field = new Tint(dice.unit(), dice.unit(), dice.unit()).times(0.6).plus(Tint.grey(0.05));
        double shift = dice.between(0, 100);
        return (u, v, pixel, shadow, out) -> {
            double rim = Math.min(width / 2 - Math.abs(u), Math.min(v, height - v));
            if (rim < 0.05) {
                out.set(BLACK, 1.5);
            } else if (v > height * 0.76 && v < height * 0.88 && stripes(2 * u / width)) {
                out.set(WHITE, 1);
            } else {
                out.set(Noise.at(u * 2 / width + shift, v * 3 / height) > 0.5 ? back : field, 1);
                out.gloss = 0.05;
            }
        };
    }

    /** Three lamps in a black box, one of them on. */
    static Material trafficLight(int lit) {
        return (u, v, pixel, shadow, out) -> {
            out.set(BLACK, 1);
            int lamp = Math.clamp(Noise.floor(v / 0.333), 0, 2);
            double dx = u / 0.13;
            double dy = (v - 0.1667 - lamp * 0.333) / 0.13;
            if (dx * dx + dy * dy < 1) {
                var tint = lamp == 0 ? Tint.of(0x30C090) : lamp == 1 ? AMBER : Tint.of(0xE02A20);
                out.set(tint, 0.15);
                if (lamp == lit) {
                    out.glow(tint, 1.3);
                }
            }
        };
    }
}
