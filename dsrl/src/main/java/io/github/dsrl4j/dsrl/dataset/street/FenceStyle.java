package io.github.dsrl4j.dsrl.dataset.street;

/** Iron railings, boards, a picket fence or a guard rail, {@code u} along and {@code v} up. */
final class FenceStyle implements Material, Mask {
    private enum Kind {
        RAILINGS,
        BOARDS,
        PICKETS,
        RAIL
    }

    private final Kind kind;
    private final Tint tint;
    private final double height;
    private final double pitch;
    private final int salt;

    private FenceStyle(Kind kind, Tint tint, double height, double pitch, int salt) {
        this.kind = kind;
        this.tint = tint;
        this.height = height;
        this.pitch = pitch;
        this.salt = salt;
    }

    static FenceStyle random(Dice dice) {
        int salt = dice.below(256);
        double kind = dice.unit();
        if (kind < 0.45) {
            var iron = Tint.of(dice.pick(0x2A2C2E, 0x2E4434, 0x55585A)).vary(dice, 0.2);
            return new FenceStyle(Kind.RAILINGS, iron, dice.between(1, 1.7), 0.14, salt);
        }
        if (kind < 0.8) {
            var wood =
                    Tint.of(dice.pick(0x8A6A48, 0x6A5440, 0x9A8468, 0x5A5048)).vary(dice, 0.2);
            return new FenceStyle(Kind.BOARDS, wood, dice.between(1.1, 1.9), 0.16, salt);
        }
        var paint = Tint.of(dice.pick(0xD4D2CA, 0xC8C0AE, 0x7A6650)).vary(dice, 0.1);
        return new FenceStyle(Kind.PICKETS, paint, dice.between(0.9, 1.2), 0.2, salt);
    }

    static FenceStyle rail(Dice dice) {
        return new FenceStyle(Kind.RAIL, Tint.of(0x9A9EA0).vary(dice, 0.15), 1.05, 0.12, dice.below(256));
    }

    double height() {
        return height;
    }

    boolean isSolid() {
        return kind == Kind.BOARDS;
    }

    @Override
    public int at(double u, double v) {
        double slat = u / pitch - Noise.floor(u / pitch);
        boolean there = switch (kind) {
            case BOARDS -> slat > 0.05;
            case PICKETS ->
                (slat < 0.58 && v < height - 0.16 * Math.abs(slat - 0.29) / 0.29)
                        || Math.abs(v - 0.3) < 0.06
                        || Math.abs(v - height * 0.72) < 0.06;
            case RAILINGS ->
                (slat < 0.22 && v < height) || Math.abs(v - 0.15) < 0.03 || Math.abs(v - height * 0.86) < 0.03;
            case RAIL ->
                (slat < 0.15 && v > 0.1)
                        || v > height - 0.07
                        || Math.abs(v - 0.13) < 0.03
                        || u / 2.5 - Noise.floor(u / 2.5) < 0.03;
        };
        return there ? Label.FENCE : Label.FENCE | SEE_THROUGH;
    }

    @Override
    public void shade(double u, double v, double pixel, int shadow, Shade out) {
        int slat = Noise.floor(u / pitch);
        double tone = 0.8 + 0.4 * Noise.cell(slat + salt, 5);
        if (kind == Kind.BOARDS) {
            tone *= 0.8 + 0.4 * Noise.at(u * 18, v * 1.2 + salt);
            tone *= Math.abs(v - height * 0.8) < 0.05 || Math.abs(v - 0.3) < 0.05 ? 0.85 : 1;
        }
        out.set(tint, tone * (0.75 + 0.25 * Math.min(1, v)));
    }
}
