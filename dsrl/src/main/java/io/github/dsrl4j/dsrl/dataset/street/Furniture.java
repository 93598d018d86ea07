package io.github.dsrl4j.dsrl.dataset.street;

/** Lamp posts, traffic lights, signs on their poles, bollards, fences, bins and boxes. */
final class Furniture {
    private final Scene scene;
    private final Plan plan;
    private final Dice dice;

    private Furniture(Scene scene, Plan plan, Dice dice) {
        this.scene = scene;
        this.plan = plan;
        this.dice = dice;
    }

    static void add(Scene scene, Plan plan, Dice dice) {
        var furniture = new Furniture(scene, plan, dice);
        furniture.lamps();
        for (double side = -1; side <= 1; side += 2) {
            furniture.signs(side);
            furniture.fences(side);
            furniture.small(side);
        }
        furniture.trafficLights();
    }

    /** An upright round bar; thin ones far away are less than a sample wide and come and go as in a photograph. */
    private void bar(int label, Tint tint, Vec foot, double radius, double height) {
        scene.standAt(foot);
        scene.billboard(
                label,
                (u, v, pixel, shadow, out) -> {
                    double across = u / radius;
                    out.set(tint, 0.45 + 0.65 * Math.sqrt(Math.max(0, 1 - (across + 0.3) * (across + 0.3))));
                },
                null,
                foot,
                2 * radius,
                height);
        scene.standInSun();
        var half = scene.across(foot).times(Math.max(radius, 0.03));
        var top = Vec.UP.times(height);
        scene.castShadow(
                Raster.SHADOW,
                foot.minus(half),
                foot.plus(half),
                foot.plus(half).plus(top),
                foot.minus(half).plus(top));
    }

    private void lamps() {
        var metal = Tint.of(dice.pick(0x8E9496, 0x55595C, 0x3A3E40, 0x5A6A5C)).vary(dice, 0.2);
        double height = dice.between(5, 9);
        double step = dice.between(16, 26);
        boolean arm = dice.chance(0.7);
        double side = dice.sign();
        boolean both = dice.chance(0.6);
        for (double z = dice.between(6, 16); z < 120; z += step) {
            if (plan.free(side, z - 0.5, z + 0.5)) {
                lamp(side, z, height, metal, arm);
            }
            if (both && plan.free(-side, z + step / 2 - 0.5, z + step / 2 + 0.5)) {
                lamp(-side, z + step / 2, height, metal, arm);
            }
        }
    }

    private void lamp(double side, double z, double height, Tint metal, boolean arm) {
        var foot = plan.at(side * (plan.kerb(side) + 0.45), 0, z);
        bar(Label.POLE, metal, foot, 0.04 + 0.005 * height, height);
        bar(Label.POLE, metal, foot, 0.06 + 0.008 * height, 1.1);
        var top = foot.plus(height, Vec.UP);
        var head = Material.plain(metal.times(0.8));
        if (arm) {
            var reach = new Vec(-side, 0.12, 0).unit();
            var rise = new Vec(0.12 * side, 1, 0).unit();
            scene.rectangle(Label.POLE, head, null, top.plus(-0.1, Vec.UP), reach, rise, 1.5, 0.1);
            scene.rectangle(Label.POLE, head, null, top.plus(1.3, reach), reach, rise, 0.75, 0.16);
        } else {
            scene.billboard(Label.POLE, Material.plain(Tint.of(0xC8C4B4)), null, top, 0.4, 0.5);
        }
    }

    private void signs(double side) {
        for (double z = dice.between(5, 14); z < 80; z += dice.between(7, 26)) {
            if (!plan.free(side, z - 1, z + 1)) {
                continue;
            }
            double lateral = side * (plan.kerb(side) + dice.between(0.3, 0.7));
            var foot = plan.at(lateral, 0, z);
            double kind = dice.unit();
            if (kind < 0.68) {
                roadSign(foot);
            } else if (kind < 0.84) {
                board(foot, side);
            } else {
                hangingSign(side, z);
            }
        }
    }

    private void roadSign(Vec foot) {
        var metal = Tint.of(dice.pick(0x8A8E90, 0x6A6E70, 0x9A9C9C)).vary(dice, 0.15);
        double size = dice.between(0.6, 0.85);
        double height = dice.between(2.2, 2.9);
        bar(Label.POLE, metal, foot, 0.04, height + size);
        int plates = dice.chance(0.3) ? 2 : 1;
        for (int i = 0; i < plates; i++) {
            var sign = Sign.random(dice, size);
            // In front of its pole by the thickness of the bracket.
            var plate = foot.plus(height - i * (size + 0.06), Vec.UP).plus(new Vec(0, 0, -0.06));
            scene.standAt(foot);
            scene.billboard(Label.SIGN, sign, sign, plate, size, size);
            scene.standInSun();
        }
    }

    /** A wide direction sign on two posts, or an advertisement. */
    private void board(Vec foot, double side) {
        var metal = Tint.of(0x808488).vary(dice, 0.15);
        boolean direction = dice.chance(0.55);
        double width = direction ? dice.between(1.2, 2.2) : dice.between(1.0, 1.4);
        double height = direction ? dice.between(0.8, 1.4) : dice.between(1.5, 2);
        double base = direction ? 1.9 : 0.55;
        var across = scene.across(foot).times(side * (width / 2 + 0.2));
        var centre = foot.plus(across);
        bar(Label.POLE, metal, centre.plus(scene.across(foot).times(width * 0.35)), 0.045, base + 0.1);
        bar(Label.POLE, metal, centre.plus(scene.across(foot).times(-width * 0.35)), 0.045, base + 0.1);
        scene.standAt(foot);
        scene.billboard(
                Label.SIGN,
                direction ? Sign.direction(dice, width, height) : Sign.poster(dice, width, height),
                null,
                centre.plus(base, Vec.UP).plus(new Vec(0, 0, -0.06)),
                width,
                height);
        scene.standInSun();
    }

    private void hangingSign(double side, double z) {
        double lateral = plan.kerb(side) + plan.pavement(side);
        if (plan.plot(side, z) != Plan.FLAGS) {
            return;
        }
        var poster = Sign.poster(dice, 0.8, 1);
        var corner = plan.at(side * (lateral - 0.9), 3, z);
        scene.rectangle(Label.SIGN, poster, null, corner, new Vec(1, 0, 0), Vec.UP, 0.8, 1);
    }

    private void trafficLights() {
        double z = plan.zebraAt < Plan.END ? plan.zebraAt : plan.sideAt - plan.sideHalf - 1.5;
        if (z > 70 || !dice.chance(0.7)) {
            return;
        }
        int lit = dice.below(3);
        for (double side = -1; side <= 1; side += 2) {
            var foot = plan.at(side * (plan.kerb(side) + 0.5), 0, z + (side < 0 ? 0 : 2.2));
            bar(Label.POLE, Tint.of(0x4A4C4E), foot, 0.06, 3.2);
            scene.billboard(
                    Label.SIGN,
                    Sign.trafficLight(lit),
                    null,
                    foot.plus(2.3, Vec.UP).plus(new Vec(0, 0, -0.1)),
                    0.36,
                    1.0);
        }
    }

    private void fences(double side) {
        double beyond = plan.kerb(side) + plan.pavement(side) + 0.1;
        var style = FenceStyle.random(dice);
        double z = dice.between(-4, 3);
        while (z < 120) {
            double length = dice.between(5, 12);
            boolean open = plan.plot(side, z + 0.3) != Plan.FLAGS && plan.plot(side, z + length - 0.3) != Plan.FLAGS;
            if (open && plan.free(side, z, z + length)) {
                fence(style, side * beyond, z, z + length);
            }
            z += length;
        }
        if (dice.chance(0.14)) {
            // A guard rail between pavement and road.
            double from = dice.between(8, 30);
            var rail = FenceStyle.rail(dice);
            for (int i = 0; i < 3 && plan.free(side, from, from + 5); i++, from += 5) {
                fence(rail, side * (plan.kerb(side) + 0.3), from, from + 5);
            }
        }
    }

    private void fence(FenceStyle style, double lateral, double near, double far) {
        var a = plan.at(lateral, 0, near);
        var b = plan.at(lateral, 0, far);
        double length = b.minus(a).length();
        scene.standAt(plan.at(lateral, 0, (near + far) / 2));
        scene.rectangle(Label.FENCE, style, style, a, b.minus(a).unit(), Vec.UP, length, style.height());
        scene.standInSun();
        var top = Vec.UP.times(style.height());
        scene.castShadow(style.isSolid() ? Raster.SHADOW : Raster.DAPPLED, a, b, b.plus(top), a.plus(top));
    }

    private void small(double side) {
        boolean bollards = dice.chance(0.25);
        double first = dice.between(6, 30);
        var iron = Tint.of(dice.pick(0x2E3032, 0x44484A, 0x8A8C8A));
        for (int i = 0; bollards && i < 6; i++) {
            double z = first + 1.8 * i;
            if (plan.free(side, z - 0.3, z + 0.3)) {
                bar(Label.POLE, iron, plan.at(side * (plan.kerb(side) + 0.35), 0, z), 0.08, 0.95);
            }
        }
        for (double z = dice.between(4, 30); z < 70; z += dice.between(6, 35)) {
            if (plan.free(side, z - 1, z + 1)) {
                bin(plan.at(side * (plan.kerb(side) + plan.pavement(side) - dice.between(0.3, 0.6)), 0, z));
            }
        }
    }

    /** A wheelie bin, letter box or cabinet: none of the classes. */
    private void bin(Vec foot) {
        var tint = Tint.of(dice.pick(0x2C4A30, 0x24262A, 0x8E1E1E, 0x4A5054, 0x2A3A66, 0x6A4A2A))
                .vary(dice, 0.2);
        double width = dice.between(0.5, 1.1);
        double height = dice.between(0.95, 1.5);
        double depth = width * 0.8;
        var x = new Vec(1, 0, 0);
        var z = new Vec(0, 0, 1);
        var a = foot.plus(-width / 2, x);
        scene.standAt(foot);
        Material side = (u, v, pixel, shadow, out) ->
                out.set(tint, v > height * 0.82 && v < height * 0.88 ? 0.5 : 0.75 + 0.3 * v / height);
        scene.rectangle(Label.UNLABELLED, side, null, a, x, Vec.UP, width, height);
        scene.rectangle(Label.UNLABELLED, side, null, a, z, Vec.UP, depth, height);
        scene.rectangle(Label.UNLABELLED, side, null, a.plus(width, x), z, Vec.UP, depth, height);
        scene.standInSun();
        var top = Vec.UP.times(height);
        scene.castShadow(Raster.SHADOW, a, a.plus(width, x), a.plus(width, x).plus(top), a.plus(top));
        scene.castShadow(Raster.SHADOW, a, a.plus(depth, z), a.plus(depth, z).plus(top), a.plus(top));
        scene.markGround(
                Raster.CONTACT,
                a.plus(-0.06, x).plus(-0.06, z),
                a.plus(width + 0.06, x).plus(-0.06, z),
                a.plus(width + 0.06, x).plus(depth, z),
                a.plus(-0.06, x).plus(depth, z));
    }
}
