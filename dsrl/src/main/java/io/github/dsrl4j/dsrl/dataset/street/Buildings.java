package io.github.dsrl4j.dsrl.dataset.street;

/** Lines both sides of the street with houses, gaps between them, and closes the view at its end. */
final class Buildings {
    private final Scene scene;
    private final Plan plan;
    private final Dice dice;
    private final double typicalHeight;

    private Buildings(Scene scene, Plan plan, Dice dice) {
        this.scene = scene;
        this.plan = plan;
        this.dice = dice;
        typicalHeight = dice.between(5.5, 12);
    }

    static void add(Scene scene, Plan plan, Dice dice, double density) {
        var builder = new Buildings(scene, plan, dice);
        builder.side(-1, density);
        builder.side(1, density);
        builder.backdrop();
    }

    private void side(double side, double density) {
        double z = dice.between(-10, -4);
        double frontage = dice.chance(0.45) ? 0 : dice.between(1.5, 5);
        while (z < Plan.END - 10) {
            double length = dice.between(6, 16);
            if (!plan.free(side, z, z + length)) {
                z += 1.5;
                continue;
            }
            if (dice.chance(density)) {
                house(side, z, z + length, plan.kerb(side) + plan.pavement(side) + frontage);
                plan.setPlot(side, z, z + length, frontage > 1.4 && dice.chance(0.4) ? Plan.LAWN : Plan.FLAGS);
                z += length;
                if (dice.chance(0.2)) {
                    z += dice.between(1.5, 5);
                }
            } else {
                plan.setPlot(side, z, z + length, dice.chance(0.5) ? Plan.LAWN : Plan.YARD);
                z += length;
            }
            if (dice.chance(0.1)) {
                frontage = dice.chance(0.4) ? 0 : dice.between(1, 6);
            }
        }
    }

    private void house(double side, double near, double far, double lateral) {
        double height = Noise.clamp(typicalHeight * dice.between(0.75, 1.3), 4.5, 18);
        double depth = dice.between(8, 11);
        var a = plan.at(side * lateral, 0, near);
        var b = plan.at(side * lateral, 0, far);
        var along = b.minus(a).unit();
        double length = b.minus(a).length();
        var out = new Vec(along.z() * side, 0, -along.x() * side); // away from the street
        var seed = dice.next();
        var front = new Facade(new Dice(seed), length, height, false, shadowOnWall(side, lateral, height));
        scene.rectangle(Label.BUILDING, front, null, a, along, Vec.UP, length, height);
        // The same dice give the end wall the materials of the front.
        var end = new Facade(new Dice(seed), depth, height, true, dice.between(-2, height * 0.6));
        scene.rectangle(Label.BUILDING, end, null, a, out, Vec.UP, depth, height);
        cast(a, b, out, depth, height);
        if (dice.chance(0.7)) {
            gable(a, along, out, length, depth, height, front.wall());
        }
    }

    /** How high the shadow of the houses opposite reaches up a wall that faces the sun. */
    private double shadowOnWall(double side, double lateral, double height) {
        var sun = scene.light.direction;
        double across = -side * sun.x();
        if (across < 0.05) {
            return -1;
        }
        double gap = lateral + plan.kerb(-side) + plan.pavement(-side) + 2;
        return Math.min(height, typicalHeight - gap * sun.y() / across);
    }

    private void cast(Vec a, Vec b, Vec out, double depth, double height) {
        var top = Vec.UP.times(height);
        var c = a.plus(depth, out);
        var d = b.plus(depth, out);
        scene.castShadow(Raster.SHADOW, a, b, b.plus(top), a.plus(top));
        scene.castShadow(Raster.SHADOW, a, c, c.plus(top), a.plus(top));
        scene.castShadow(Raster.SHADOW, b, d, d.plus(top), b.plus(top));
        scene.castShadow(Raster.SHADOW, a.plus(top), b.plus(top), d.plus(top), c.plus(top));
    }

    private void gable(Vec a, Vec along, Vec out, double length, double depth, double height, Tint wall) {
        double rise = depth * dice.between(0.22, 0.42);
        var tiles = tiles(dice);
        var eaves = a.plus(height, Vec.UP);
        var slope = out.times(depth / 2).plus(rise, Vec.UP);
        scene.rectangle(Label.BUILDING, tiles, null, eaves, along, slope.unit(), length, slope.length());
        scene.face(
                Label.BUILDING,
                Material.plain(wall.times(0.85)),
                null,
                eaves,
                eaves.plus(depth, out),
                eaves.plus(slope));
        int chimneys = dice.below(3);
        for (int i = 0; i < chimneys; i++) {
            var foot = eaves.plus(dice.between(0.5, Math.max(0.6, length - 1.5)), along)
                    .plus(0.42, slope.times(2))
                    .plus(-0.4, Vec.UP);
            var brick = Material.plain(wall.times(0.7).vary(dice, 0.1));
            scene.rectangle(Label.BUILDING, brick, null, foot, out, Vec.UP, 0.7, 1.9);
            scene.rectangle(Label.BUILDING, brick, null, foot, along, Vec.UP, 0.9, 1.9);
        }
    }

    private static Material tiles(Dice dice) {
        var tint = Tint.of(dice.pick(0x6A4A3E, 0x55504E, 0x5E5A5C, 0x7A5444, 0x4A4648))
                .vary(dice, 0.2);
        int salt = dice.below(256);
        return (u, v, pixel, shadow, out) -> {
            double tone = 0.85 + 0.3 * Noise.at(u * 0.9 + salt, v * 0.9);
            if (pixel < 0.1) {
                int row = Noise.floor(v / 0.3);
                tone *= v / 0.3 - row < 0.2 ? 0.75 : 0.92 + 0.16 * Noise.cell(Noise.floor(u / 0.25) + salt, row);
            }
            out.set(tint, tone);
        };
    }

    /** Houses behind the houses, seen through gaps and down the side street, and across the street's end. */
    private void backdrop() {
        for (double side = -1; side <= 1; side += 2) {
            double lateral = side * dice.between(32, 50);
            double z = 0;
            while (z < Plan.END + 40) {
                double length = dice.between(12, 30);
                if (dice.chance(0.8)) {
                    double height = typicalHeight * dice.between(0.6, 1.1);
                    var a = plan.at(lateral, 0, z);
                    var along = plan.at(lateral, 0, z + length).minus(a).unit();
                    var facade = new Facade(dice.fork(3), length, height, false, -1);
                    scene.rectangle(Label.BUILDING, facade, null, a, along, Vec.UP, length, height);
                }
                z += length;
            }
        }
        double z = Plan.END + 5;
        double x = plan.curve(z) - 60;
        while (x < plan.curve(z) + 60) {
            double length = dice.between(8, 18);
            double height = typicalHeight * dice.between(0.6, 1.4);
            if (dice.chance(0.75)) {
                var facade = new Facade(dice.fork(4), length, height, false, -1);
                var a = new Vec(x, 0, z + dice.between(0, 15));
                scene.rectangle(Label.BUILDING, facade, null, a, new Vec(1, 0, 0), Vec.UP, length, height);
            }
            x += length;
        }
    }
}
