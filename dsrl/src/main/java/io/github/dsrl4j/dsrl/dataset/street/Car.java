package io.github.dsrl4j.dsrl.dataset.street;

/**
 * The shape of a vehicle: its side seen as a lower body with wheels and a cabin above it. Metres; {@code z} from the rear
 * bumper on, heights above the ground.
 *
 * @param rearBase where the rear window meets the body
 * @param roofRear where the roof begins
 * @param roofFront where it ends
 * @param frontBase where the windscreen meets the bonnet
 * @param belt height of the lower edge of the windows
 * @param nose height of the front end of the bonnet
 * @param wheel radius of the wheels
 */
record Car(
        double length,
        double width,
        double height,
        double rearBase,
        double roofRear,
        double roofFront,
        double frontBase,
        double belt,
        double nose,
        double wheel,
        Kind kind) {

    enum Kind {
        CAR,
        PANEL_VAN,
        BUS
    }

    private static final int[] PAINTS = {
        0xD8D8D6, 0xA8ACB0, 0x7A7E82, 0x26282A, 0x1E2A48, 0x2A4A7A, 0x8A1E20, 0x4A1A1E, 0x2A3E30, 0xB8B09A, 0x5A6066,
        0x16181A
    };

    static Car random(Dice dice) {
        double kind = dice.unit();
        if (kind < 0.45) {
            double l = dice.between(3.6, 4.2);
            return shape(l, dice.between(1.66, 1.76), dice.between(1.4, 1.52), 0.04, 0.14, 0.52, 0.72, 0.92, 0.74, 0.3);
        }
        if (kind < 0.72) {
            double l = dice.between(4.3, 4.8);
            return shape(
                    l, dice.between(1.72, 1.82), dice.between(1.38, 1.46), 0.15, 0.28, 0.55, 0.71, 0.91, 0.72, 0.31);
        }
        if (kind < 0.88) {
            double l = dice.between(4.3, 4.7);
            return shape(l, dice.between(1.78, 1.9), dice.between(1.65, 1.8), 0.02, 0.08, 0.56, 0.72, 1.05, 0.9, 0.35);
        }
        if (kind < 0.97) {
            double l = dice.between(4.8, 5.6);
            return new Car(
                    l, 1.95, dice.between(2.0, 2.5), 0.02, 0.05, 0.76 * l, 0.87 * l, 1.15, 0.95, 0.34, Kind.PANEL_VAN);
        }
        double l = dice.between(9, 11);
        return new Car(l, 2.45, dice.between(2.9, 3.1), 0.02, 0.05, l - 0.25, l - 0.03, 1.2, 1.15, 0.48, Kind.BUS);
    }

    private static Car shape(
            double l,
            double width,
            double height,
            double rearBase,
            double roofRear,
            double roofFront,
            double frontBase,
            double belt,
            double nose,
            double wheel) {
        return new Car(
                l,
                width,
                height,
                rearBase * l,
                roofRear * l,
                roofFront * l,
                frontBase * l,
                belt,
                nose,
                wheel,
                Kind.CAR);
    }

    static Tint paint(Dice dice, Kind kind) {
        if (kind == Kind.BUS) {
            return Tint.of(dice.pick(0xA02020, 0xC8C8C4, 0x2A5A8A, 0x2A6A4A)).vary(dice, 0.1);
        }
        if (kind == Kind.PANEL_VAN && dice.chance(0.6)) {
            return Tint.of(0xD0D0CC).vary(dice, 0.1);
        }
        return Tint.of(dice.pick(PAINTS)).vary(dice, 0.2);
    }
}
