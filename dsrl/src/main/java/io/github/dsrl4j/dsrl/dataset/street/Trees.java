package io.github.dsrl4j.dsrl.dataset.street;

/** Street trees, garden bushes, hedges and the wood at the end of the street. */
final class Trees {
    private final Scene scene;
    private final Plan plan;
    private final Dice dice;
    private final Tint season;
    private final boolean bare;

    private Trees(Scene scene, Plan plan, Dice dice) {
        this.scene = scene;
        this.plan = plan;
        this.dice = dice;
        double time = dice.unit();
        bare = time > 0.85;
        season =
                time < 0.65 ? Tint.of(0x5E7A36) : time < 0.75 ? Tint.of(0x8A8438) : Tint.of(bare ? 0x5A4C40 : 0x9A6A30);
    }

    static void add(Scene scene, Plan plan, Dice dice, double density) {
        var trees = new Trees(scene, plan, dice);
        for (double side = -1; side <= 1; side += 2) {
            trees.row(side, density);
            trees.gardens(side, density);
        }
        trees.wood();
    }

    private void row(double side, double density) {
        double step = dice.between(7, 14);
        boolean planted = dice.chance(0.5 + density);
        for (double z = dice.between(6, 18); z < 110; z += step * dice.between(0.8, 1.3)) {
            if (planted && dice.chance(0.6) && plan.free(side, z - 1, z + 1)) {
                double lateral = plan.kerb(side) + dice.between(0.5, 0.8);
                tree(plan.at(side * lateral, 0, z), dice.between(4.5, 10));
            }
        }
    }

    private void gardens(double side, double density) {
        for (double z = dice.between(2, 12); z < 140; z += dice.between(3, 10)) {
            if (plan.plot(side, z) != Plan.FLAGS && dice.chance(0.4 + density)) {
                double lateral = plan.kerb(side) + plan.pavement(side) + dice.between(1.8, 9);
                if (plan.free(side, z - 2, z + 2)) {
                    var foot = plan.at(side * lateral, 0, z);
                    if (dice.chance(0.4)) {
                        bush(foot, dice.between(0.8, 1.8));
                    } else {
                        tree(foot, dice.between(4, 10));
                    }
                }
            }
        }
    }

    private void wood() {
        for (int i = 0; i < 14; i++) {
            double z = Plan.END + dice.between(-20, 30);
            tree(plan.at(dice.between(-70, 70), 0, z), dice.between(7, 14));
        }
        for (int i = 0; i < 8; i++) {
            double z = dice.between(25, 120);
            tree(plan.at(dice.sign() * dice.between(24, 31), 0, z), dice.between(6, 12));
        }
    }

    private void tree(Vec foot, double height) {
        double radius = height * dice.between(0.22, 0.34);
        double trunk = height - 1.75 * radius;
        double thick = 0.03 * height * dice.between(0.7, 1.1);
        scene.standAt(foot);
        var bark = Tint.of(0x5A4C3E).vary(dice, 0.25);
        scene.billboard(
                Label.TREE,
                (u, v, pixel, shadow, out) ->
                        out.set(bark, (1.15 - 0.7 * Math.abs(u / thick + 0.4)) * (0.7 + 0.6 * Noise.at(u * 12, v * 3))),
                (u, v) -> Math.abs(u) < thick * (1.15 - 0.4 * v / height) ? Label.TREE : Mask.NONE,
                foot,
                4 * thick,
                trunk + radius);
        scene.standInSun();
        var crown = new Crown(dice, season.vary(dice, 0.3), radius, sunSide(foot), scene.light.direction.y(), bare);
        double reach = Crown.REACH * radius;
        // Nearer than the trunk, which it hides.
        var middle = foot.plus(-0.3 * radius, foot.minus(scene.camera.position).unit());
        scene.billboard(Label.TREE, crown, crown, middle.plus(trunk + radius - reach, Vec.UP), 2 * reach, 2 * reach);
        scene.castBallShadow(bare ? Raster.LIT : Raster.DAPPLED, foot.plus(trunk + radius, Vec.UP), radius);
        double half = thick;
        var across = scene.across(foot);
        scene.castShadow(
                Raster.SHADOW,
                foot.plus(-half, across),
                foot.plus(half, across),
                foot.plus(half, across).plus(trunk, Vec.UP),
                foot.plus(-half, across).plus(trunk, Vec.UP));
    }

    private void bush(Vec foot, double radius) {
        var crown = new Crown(dice, season.vary(dice, 0.3), radius, sunSide(foot), scene.light.direction.y(), false);
        double reach = Crown.REACH * radius;
        scene.standAt(foot);
        scene.billboard(Label.TREE, crown, crown, foot.plus(0.55 * radius - reach, Vec.UP), 2 * reach, 2 * reach);
        scene.castBallShadow(Raster.SHADOW, foot.plus(0.5 * radius, Vec.UP), 0.8 * radius);
        scene.standInSun();
    }

    /** The sun's direction along the billboard, positive to the right. */
    private double sunSide(Vec foot) {
        return scene.across(foot).dot(scene.light.direction);
    }
}
