package io.github.dsrl4j.dsrl.dataset.street;

/** Asphalt with its markings, kerbs, pavements, lawns and yards: one plane whose {@code (u, v)} are the world's x and z. */
final class Ground implements Material {
    private static final Tint PAINT = Tint.of(0xD8D8D2);
    private static final Tint YELLOW = Tint.of(0xC9A94A);
    private static final Tint IRON = Tint.of(0x3A3A3C);

    private final Plan plan;
    private final Tint asphalt;
    private final Tint slabs;
    private final Tint kerb;
    private final Tint grass;
    private final Tint gravel;
    private final double wear;
    private final boolean yellowLines;
    private final boolean edgeLines;
    private final double dash;
    private final double dashPhase;
    private final double patchAt;
    private final double patchEdge;
    private final double arrowAt;
    private final double arrowLateral;
    private final double coverAt;
    private final double coverLateral;

    private Ground(Plan plan, Dice dice) {
        this.plan = plan;
        asphalt = Tint.of(0x626264).vary(dice, 0.25);
        slabs = dice.chance(0.3)
                ? Tint.of(0x9A8378).vary(dice, 0.15)
                : Tint.of(0x9A9894).vary(dice, 0.15);
        kerb = Tint.of(0xB4B2AC).vary(dice, 0.12);
        grass = Tint.of(0x66803C).vary(dice, 0.2);
        gravel = Tint.of(0x8A8478).vary(dice, 0.2);
        wear = dice.between(0.25, 0.9);
        yellowLines = dice.chance(0.4);
        edgeLines = !yellowLines && dice.chance(0.4);
        dash = dice.between(1.6, 3.2);
        dashPhase = dice.between(0, 10);
        patchAt = dice.between(5, 25);
        patchEdge = dice.between(-1.5, 1.5);
        arrowAt = dice.chance(0.3) ? dice.between(5, 25) : 1e6;
        arrowLateral = Math.min(plan.leftKerb, plan.rightKerb) / 2;
        coverAt = dice.between(5, 18);
        coverLateral = dice.between(-2.2, 2.2);
    }

    static void add(Scene scene, Plan plan, Dice dice) {
        var ground = new Ground(plan, dice);
        var origin = new Vec(0, 0, 0);
        // Sorted before everything that has an outline; its own outline is all of it, with labels by place.
        scene.add(
                Label.ROAD,
                ground,
                plan::groundLabel,
                origin,
                new Vec(1, 0, 0),
                new Vec(0, 0, 1),
                -400,
                -2,
                400,
                -2,
                400,
                4000,
                -400,
                4000);
    }

    @Override
    public void shade(double x, double z, double pixel, int shadow, Shade out) {
        double lateral = x - plan.curve(z);
        double beyond = plan.beyondKerb(lateral, z);
        // A sample sees a stretch of road that grows with the square of the distance.
        double stretch = pixel * (1 + z / 1.4);
        if (beyond <= 0) {
            road(x, z, lateral, beyond, stretch, out);
        } else if (beyond <= 0.14) {
            out.set(kerb, 0.9 + 0.2 * Noise.at(z * 0.8, x));
        } else if (beyond <= plan.pavement(lateral) || plan.plot(lateral, z) == Plan.FLAGS) {
            pavement(x, z, lateral, stretch, out);
        } else if (plan.plot(lateral, z) == Plan.LAWN) {
            double blades = stretch < 0.2 ? Noise.at(x * 9, z * 5) : 0.5;
            out.set(grass, 0.55 + 0.5 * Noise.at(x * 0.7, z * 0.7) + 0.4 * blades);
        } else {
            out.set(gravel, 0.7 + 0.6 * Noise.at(x * 1.5, z * 1.5));
        }
        out.sun = switch (shadow) {
            case Raster.SHADOW -> 0;
            case Raster.DAPPLED -> Noise.fractal(x * 2.7, z * 2.7, 2) > 0.6 ? 0.85 : 0.06;
            case Raster.CONTACT -> -1;
            default -> 1;
        };
    }

    private void road(double x, double z, double lateral, double beyond, double stretch, Shade out) {
        double tone = 0.8 + 0.4 * Noise.at(x * 0.35 + 7, z * 0.06);
        // Tyres polish two tracks a lane.
        double track = Math.abs(Math.abs(lateral) - 1.8);
        tone *= 1 - 0.1 * Noise.smoothStep(0.3, 0.0, Math.abs(track - 0.75));
        if (stretch < 0.5) {
            tone *= 0.96 + 0.08 * Noise.at(x * 2.1, z * 1.1);
        }
        if (stretch < 0.08) {
            tone *= 0.88 + 0.24 * Noise.at(x * 19, z * 19);
        }
        if (z > patchAt && z < patchAt + 5 && lateral > patchEdge && lateral < patchEdge + 1.3) {
            tone *= 0.72;
        }
        out.set(asphalt, tone);
        if (beyond > -0.35) {
            out.scale(0.82 + 0.18 * Noise.smoothStep(0, -0.35, beyond)); // dirt in the gutter
        }
        double dx = lateral - coverLateral;
        double dz = z - coverAt;
        if (dx * dx + dz * dz < 0.1) {
            out.set(IRON, 1.2);
        }
        mark(x, z, lateral, beyond, out);
    }

    private void mark(double x, double z, double lateral, double beyond, Shade out) {
        double worn = 0.95 - wear * 0.6 * Noise.at(x * 5, z * 3);
        if (Math.abs(z - plan.zebraAt) < 1.6) {
            if (Math.abs(lateral / 0.55 - Noise.floor(lateral / 0.55) - 0.5) < 0.25 && beyond < -0.3) {
                out.blend(PAINT, 1, worn);
            }
            return;
        }
        if (z > arrowAt && z < arrowAt + 4 && arrow(Math.abs(lateral) - arrowLateral, z - arrowAt)) {
            out.blend(PAINT, 1, worn);
            return;
        }
        boolean sideStreet = lateral * plan.sideSign > 0 && Math.abs(z - plan.sideAt) < plan.sideHalf + 2.5;
        if (Math.abs(lateral) < 0.07) {
            double phase = (z + dashPhase) / (2.2 * dash);
            if (phase - Noise.floor(phase) < 0.5) {
                out.blend(PAINT, 1, worn);
            }
        } else if (sideStreet) {
            double line = Math.abs(lateral) - plan.kerb(lateral);
            boolean dashed = z * 1.2 - Noise.floor(z * 1.2) < 0.6;
            if (Math.abs(line - 0.2) < 0.1 && dashed && Math.abs(z - plan.sideAt) < plan.sideHalf) {
                out.blend(PAINT, 1, worn);
            }
        } else if (yellowLines && ((beyond > -0.32 && beyond < -0.24) || (beyond > -0.5 && beyond < -0.42))) {
            out.blend(YELLOW, 1, worn);
        } else if (edgeLines && beyond > -0.45 && beyond < -0.33) {
            out.blend(PAINT, 1, worn);
        }
    }

    /** A painted arrow, 4 m long as on roads, so that a driver sees it in proportion. */
    private static boolean arrow(double x, double z) {
        return (Math.abs(x) < 0.09 && z < 2.8) || (z > 2.4 && Math.abs(x) < 0.35 * (4 - z) / 1.6);
    }

    private void pavement(double x, double z, double lateral, double stretch, Shade out) {
        double tone = 0.8 + 0.3 * Noise.at(x * 0.8, z * 0.5);
        if (stretch < 0.5) {
            int column = Noise.floor(lateral / 0.6);
            int row = Noise.floor(z / 0.6);
            tone *= 0.93 + 0.14 * Noise.cell(column, row);
            double fu = lateral / 0.6 - column;
            double fv = z / 0.6 - row;
            if (stretch < 0.15 && (fu < 0.035 || fv < 0.05)) {
                tone *= 0.75;
            }
        }
        out.set(slabs, tone);
    }
}
