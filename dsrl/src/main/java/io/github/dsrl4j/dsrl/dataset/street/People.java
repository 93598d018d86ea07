package io.github.dsrl4j.dsrl.dataset.street;

/** Pedestrians on the pavements and crossing, bicyclists along the kerb. */
final class People {
    private static final int[] CLOTHES = {
        0x26282C, 0x2A3450, 0x5A2A2C, 0x6A6A66, 0x8E8A80, 0x3A4A3A, 0xA83030, 0x3A5A8A, 0xC0B8A4, 0xD0D0CC, 0x7A5A3A,
        0x1A1C1E, 0xC8A030
    };
    private static final int[] SKINS = {0xC89878, 0xB07A5A, 0xD8AC8C, 0x7A5038};
    private static final int[] HAIRS = {0x2A2018, 0x4A3420, 0x16140F, 0x8A6A3A, 0x77736C};

    private final Scene scene;
    private final Plan plan;
    private final Dice dice;

    private People(Scene scene, Plan plan, Dice dice) {
        this.scene = scene;
        this.plan = plan;
        this.dice = dice;
    }

    static void add(Scene scene, Plan plan, Dice dice) {
        var people = new People(scene, plan, dice);
        double crowd = dice.between(0.2, 1);
        for (double side = -1; side <= 1; side += 2) {
            people.walkers(side, crowd);
            people.cyclists(side);
        }
        if (dice.chance(0.3)) {
            double z = plan.zebraAt < 60 ? plan.zebraAt : dice.between(12, 45);
            people.walker(plan.at(dice.between(-3, 3), 0, z + dice.between(-0.8, 0.8)), true);
        }
    }

    private void walkers(double side, double crowd) {
        for (double z = dice.between(6, 15); z < 90; z += dice.between(2, 14) / crowd) {
            double reach = dice.between(0.5, Math.max(0.6, plan.pavement(side) - 0.3));
            walker(plan.at(side * (plan.kerb(side) + reach), 0, z), dice.chance(0.2));
        }
    }

    private void cyclists(double side) {
        for (double z = dice.between(6, 50); z < 90; z += dice.between(8, 40)) {
            if (dice.chance(0.8)) {
                cyclist(plan.at(side * (plan.kerb(side) - dice.between(0.6, 1.2)), 0, z), dice.chance(0.25));
            }
        }
    }

    private Tint cloth() {
        return Tint.of(dice.pick(CLOTHES)).vary(dice, 0.25);
    }

    private void place(int label, Figure figure, Vec foot, double width, double height) {
        scene.standAt(foot);
        scene.billboard(label, figure, figure, foot, width, height);
        scene.standInSun();
        var half = scene.across(foot).times(0.2);
        var top = Vec.UP.times(height * 0.95);
        scene.castShadow(
                Raster.SHADOW,
                foot.minus(half.times(0.6)),
                foot.plus(half.times(0.6)),
                foot.plus(half).plus(top.times(0.8)),
                foot.plus(half.times(0.3)).plus(top),
                foot.minus(half.times(0.3)).plus(top),
                foot.minus(half).plus(top.times(0.8)));
        scene.markGround(Raster.CONTACT, Scene.ellipse(foot, new Vec(0.22, 0, 0), new Vec(0, 0, 0.15)));
    }

    /** @param sideways seen from the side, in stride */
    private void walker(Vec foot, boolean sideways) {
        double h = dice.chance(0.12) ? dice.between(1.1, 1.4) : dice.between(1.58, 1.88);
        double k = h / 1.75;
        var figure = new Figure(Label.PEDESTRIAN, dice.sign());
        var skin = Tint.of(dice.pick(SKINS));
        var top = cloth();
        var legs = cloth();
        double stride = sideways ? dice.between(0.1, 0.26) : dice.between(0.02, 0.08);
        double shoulder = sideways ? 0.13 : 0.19;
        head(figure, skin, k, 0);
        if (dice.chance(0.35)) {
            figure.stroke(cloth(), 0.26 * k, 0.78 * k, 0.1 * k, 0.26 * k, 0.6 * k, 0.11 * k);
        }
        limbs(figure, top, skin, k, shoulder, sideways ? dice.between(0.05, 0.2) : 0.06);
        figure.stroke(top, 0, 1.36 * k, (shoulder - 0.01) * k, 0, 0.95 * k, 0.15 * k);
        if (dice.chance(0.25)) {
            figure.stroke(top, 0, 0.95 * k, 0.16 * k, 0, 0.6 * k, 0.2 * k); // a coat or skirt
        }
        leg(figure, legs, k, 0.07, stride);
        leg(figure, legs.times(0.7), k, -0.07, -stride);
        place(Label.PEDESTRIAN, figure, foot, 0.9 * k, h);
    }

    private void head(Figure figure, Tint skin, double k, double lean) {
        var hair = Tint.of(dice.pick(HAIRS));
        boolean facing = dice.chance(0.5);
        figure.disc(facing ? skin : hair, (lean + 0.01) * k, 1.62 * k, 0.095 * k);
        figure.disc(hair, lean * k, 1.66 * k, 0.105 * k);
        figure.stroke(skin, lean * k, 1.54 * k, 0.055 * k, lean * 0.8 * k, 1.46 * k, 0.06 * k);
    }

    private static void limbs(Figure figure, Tint sleeve, Tint skin, double k, double shoulder, double swing) {
        for (double side = -1; side <= 1; side += 2) {
            double x = side * shoulder;
            double hand = x + side * swing;
            figure.disc(skin, hand * k, 0.82 * k, 0.045 * k);
            figure.stroke(sleeve.times(0.85), x * k, 1.4 * k, 0.06 * k, (x + side * 0.05) * k, 1.1 * k, 0.055 * k);
            figure.stroke(sleeve.times(0.85), (x + side * 0.05) * k, 1.1 * k, 0.055 * k, hand * k, 0.86 * k, 0.045 * k);
        }
    }

    private static void leg(Figure figure, Tint cloth, double k, double hip, double stride) {
        double knee = hip + 0.6 * stride;
        double ankle = hip + 1.1 * stride;
        figure.stroke(cloth, hip * k, 0.9 * k, 0.1 * k, knee * k, 0.48 * k, 0.075 * k);
        figure.stroke(cloth, knee * k, 0.48 * k, 0.075 * k, ankle * k, 0.08 * k, 0.055 * k);
        figure.stroke(Tint.of(0x1E1C1C), ankle * k, 0.04 * k, 0.045 * k, (ankle + 0.07) * k, 0.035 * k, 0.035 * k);
    }

    private void cyclist(Vec foot, boolean sideways) {
        var figure = new Figure(Label.BICYCLIST, dice.sign());
        var skin = Tint.of(dice.pick(SKINS));
        var top = dice.chance(0.25) ? Tint.of(0xC8D030) : cloth();
        var legs = cloth();
        var frame = Tint.of(dice.pick(0x8A2020, 0x20406A, 0x2A2C2E, 0xB0B0AC, 0x2A5A3A));
        var tyre = Tint.of(0x1A1A1C);
        if (sideways) {
            head(figure, skin, 1, 0.16);
            figure.stroke(top, 0.1, 1.38, 0.14, -0.16, 1.0, 0.14);
            figure.stroke(top.times(0.85), 0.12, 1.36, 0.06, 0.42, 1.02, 0.04);
            figure.stroke(legs, -0.15, 0.95, 0.1, 0.12, 0.7, 0.075);
            figure.stroke(legs, 0.12, 0.7, 0.075, -0.02, 0.3, 0.055);
            figure.stroke(frame, -0.18, 0.85, 0.025, -0.02, 0.3, 0.025);
            figure.stroke(frame, -0.14, 0.78, 0.025, 0.38, 0.82, 0.025);
            figure.stroke(frame, -0.02, 0.3, 0.025, 0.4, 0.8, 0.025);
            figure.stroke(frame, 0.4, 0.98, 0.02, 0.52, 0.34, 0.02);
            figure.stroke(frame, -0.5, 0.34, 0.02, -0.02, 0.3, 0.02);
            figure.ring(tyre, -0.52, 0.34, 0.34, 0.04);
            figure.ring(tyre, 0.54, 0.34, 0.34, 0.04);
            place(Label.BICYCLIST, figure, foot, 1.8, 1.78);
            return;
        }
        head(figure, skin, 1.02, 0);
        limbs(figure, top, skin, 1.02, 0.19, 0.08);
        figure.stroke(top, 0, 1.36, 0.19, 0, 1.0, 0.16);
        figure.stroke(legs, 0.1, 0.95, 0.1, 0.13, 0.6, 0.075);
        figure.stroke(legs, 0.13, 0.6, 0.07, 0.1, 0.28, 0.05);
        figure.stroke(legs.times(0.75), -0.1, 0.95, 0.1, -0.13, 0.72, 0.075);
        figure.stroke(legs.times(0.75), -0.13, 0.72, 0.07, -0.1, 0.42, 0.05);
        figure.stroke(frame, -0.28, 1.02, 0.02, 0.28, 1.02, 0.02);
        figure.stroke(frame, 0, 0.98, 0.03, 0, 0.5, 0.03);
        figure.stroke(tyre, 0, 0.62, 0.03, 0, 0.03, 0.03);
        place(Label.BICYCLIST, figure, foot, 0.9, 1.82);
    }
}
