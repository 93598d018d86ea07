package io.github.dsrl4j.dsrl.dataset.street;

/** Parked and moving cars, vans and buses. */
final class Vehicles {
    private static final Tint GLASS = Tint.of(0x2A3036);
    private static final Tint TYRE = Tint.of(0x1C1C1E);
    private static final Tint PLASTIC = Tint.of(0x2A2C2E);
    private static final Tint HUB = Tint.of(0x9A9C9E);
    private static final Tint PLATE = Tint.of(0xD2CEB0);
    private static final Tint RED_LAMP = Tint.of(0xA01818);
    private static final Tint WHITE_LAMP = Tint.of(0xD8DCE0);

    private final Scene scene;
    private final Plan plan;
    private final Dice dice;

    private Vehicles(Scene scene, Plan plan, Dice dice) {
        this.scene = scene;
        this.plan = plan;
        this.dice = dice;
    }

    static void add(Scene scene, Plan plan, Dice dice, double cameraLateral) {
        var vehicles = new Vehicles(scene, plan, dice);
        vehicles.parked(-1);
        vehicles.parked(1);
        vehicles.moving(cameraLateral);
        vehicles.ownBonnet();
    }

    private void parked(double side) {
        double density = dice.chance(0.25) ? 0 : dice.between(0.2, 0.85);
        for (double z = dice.between(3.5, 12); z < 110; ) {
            var car = Car.random(dice);
            if (dice.chance(density)
                    && car.kind() != Car.Kind.BUS
                    && plan.free(side, z, z + car.length())
                    && Math.abs(z - plan.zebraAt) > 7) {
                double lateral = side * (plan.kerb(side) - car.width() / 2 - 0.2);
                boolean withTraffic = dice.chance(0.85);
                place(
                        car,
                        lateral,
                        z + car.length() / 2,
                        (side < 0) == plan.keepLeft == withTraffic,
                        dice.between(-0.02, 0.02),
                        false);
            }
            z += car.length() + dice.between(0.7, 2.2);
        }
    }

    private void moving(double cameraLateral) {
        double own = cameraLateral;
        for (double z = dice.between(9, 45); z < 120; z += dice.between(12, 60)) {
            place(Car.random(dice), own + dice.between(-0.3, 0.3), z + 3, true, 0, dice.chance(0.35));
        }
        for (double z = dice.between(6, 50); z < 120; z += dice.between(12, 60)) {
            place(Car.random(dice), -own + dice.between(-0.3, 0.3), z + 3, false, 0, dice.chance(0.2));
        }
    }

    /** The bonnet of the camera's own car at the lower edge, in some scenes; none of the classes. */
    private void ownBonnet() {
        if (!dice.chance(0.55)) {
            return;
        }
        var paint = Tint.of(0x2A2C30).vary(dice, 0.5);
        double top = dice.between(0.56, 0.66);
        double shift = dice.between(-0.1, 0.1);
        double arch = dice.between(0.08, 0.25);
        Mask outline = (u, v) -> v < top - arch * (u - shift) * (u - shift) ? Label.UNLABELLED : Mask.NONE;
        Material metal = (u, v, pixel, shadow, out) -> {
            out.set(paint, 0.7);
            out.gloss = 0.3 * Noise.smoothStep(0.06, 0, top - arch * (u - shift) * (u - shift) - v);
        };
        scene.billboard(Label.UNLABELLED, metal, outline, scene.camera.position.plus(new Vec(0, -1, 1)), 6, 0.7);
    }

    /**
     * Builds one vehicle.
     *
     * @param ahead it points away from the camera
     * @param turn by how much it is turned from the street's direction, radians
     * @param lights its lamps are on
     */
    private void place(Car car, double lateral, double z, boolean ahead, double turn, boolean lights) {
        var along = plan.along(z);
        var forward = new Vec(along.x() + turn * along.z(), 0, along.z() - turn * along.x()).unit();
        if (!ahead) {
            forward = forward.times(-1);
        }
        var centre = plan.at(lateral, 0, z);
        var right = new Vec(forward.z(), 0, -forward.x());
        var body = new Body(centre.plus(-car.length() / 2, forward), right, forward);
        shadow(car, body);
        scene.standAt(centre);
        var paint = Car.paint(dice, car.kind());
        double w = car.width() / 2;
        double roof = w - 0.14 * (car.height() - car.belt()) / 0.55;
        if (car.kind() != Car.Kind.CAR) {
            roof = w - 0.08;
        }
        sides(car, body, paint, w, roof);
        ends(car, body, paint, w, lights);
        top(car, body, paint, w, roof);
        scene.standInSun();
    }

    /** The vehicle's own axes. */
    private record Body(Vec rear, Vec right, Vec forward) {
        Vec at(double x, double y, double z) {
            return rear.plus(x, right).plus(y, Vec.UP).plus(z, forward);
        }
    }

    private void shadow(Car car, Body body) {
        double w = car.width() / 2 + 0.05;
        double l = car.length();
        scene.markGround(
                Raster.CONTACT, body.at(-w, 0, -0.05), body.at(w, 0, -0.05), body.at(w, 0, l), body.at(-w, 0, l));
        double h = car.belt();
        for (double x : new double[] {-w, w}) {
            scene.castShadow(Raster.SHADOW, body.at(x, 0, 0), body.at(x, 0, l), body.at(x, h, l), body.at(x, h, 0));
            scene.castShadow(
                    Raster.SHADOW,
                    body.at(x, 0, car.rearBase()),
                    body.at(x, 0, car.frontBase()),
                    body.at(x * 0.85, car.height(), car.roofFront()),
                    body.at(x * 0.85, car.height(), car.roofRear()));
        }
        scene.castShadow(Raster.SHADOW, body.at(-w, 0, 0), body.at(w, 0, 0), body.at(w, h, 0), body.at(-w, h, 0));
        scene.castShadow(Raster.SHADOW, body.at(-w, 0, l), body.at(w, 0, l), body.at(w, h, l), body.at(-w, h, l));
        scene.castShadow(Raster.SHADOW, body.at(-w, h, 0), body.at(w, h, 0), body.at(w, h, l), body.at(-w, h, l));
    }

    private void sides(Car car, Body body, Tint paint, double w, double roof) {
        double belt = car.belt();
        double rearWheel = car.length() * (car.kind() == Car.Kind.BUS ? 0.24 : 0.19);
        double frontWheel = car.length() * (car.kind() == Car.Kind.BUS ? 0.8 : 0.81);
        Mask silhouette =
                (z, y) -> y > 0.24 || inWheel(z, y, rearWheel, car.wheel()) || inWheel(z, y, frontWheel, car.wheel())
                        ? Label.CAR
                        : Mask.NONE;
        Material flank = (z, y, pixel, shadow, out) -> flank(car, paint, z, y, rearWheel, frontWheel, out);
        for (double x : new double[] {-1, 1}) {
            var origin = body.at(x * w, 0, 0);
            scene.add(
                    Label.CAR,
                    flank,
                    silhouette,
                    origin,
                    body.forward(),
                    Vec.UP,
                    0,
                    0,
                    car.length(),
                    0,
                    car.length(),
                    car.nose(),
                    car.frontBase(),
                    belt,
                    0,
                    belt);
            Material cabin = (z, y, pixel, shadow, out) -> cabin(car, paint, z + car.rearBase(), y, out);
            scene.face(
                    Label.CAR,
                    cabin,
                    null,
                    body.at(x * w, belt, car.rearBase()),
                    body.at(x * w, belt, car.frontBase()),
                    body.at(x * roof, car.height(), car.roofFront()),
                    body.at(x * roof, car.height(), car.roofRear()));
        }
    }

    private static boolean inWheel(double z, double y, double centre, double radius) {
        return (z - centre) * (z - centre) + (y - radius) * (y - radius) < radius * radius;
    }

    private static void flank(Car car, Tint paint, double z, double y, double rearWheel, double frontWheel, Shade out) {
        double centre = z < car.length() / 2 ? rearWheel : frontWheel;
        double dz = z - centre;
        double dy = y - car.wheel();
        double r = Math.sqrt(dz * dz + dy * dy) / car.wheel();
        if (r < 1) {
            boolean spoke = r < 0.66
                    && (r < 0.2 || r > 0.58 || Math.abs(dz * dy) < 0.004 || Math.abs(dz * dz - dy * dy) < 0.005);
            out.set(r < 0.66 ? HUB : TYRE, r < 0.66 && !spoke ? 0.2 : 0.8);
        } else if (r < 1.16 && y < car.wheel() * 2.2) {
            out.set(TYRE, 0.4);
        } else if (y < 0.34) {
            out.set(PLASTIC, 0.8);
        } else {
            double bulge = y / car.belt();
            out.set(paint, 0.72 + 0.35 * bulge);
            boolean door = car.kind() == Car.Kind.CAR
                    && (Math.abs(z - car.length() * 0.5) < 0.015
                            || Math.abs(z - car.length() * 0.29) < 0.015
                            || Math.abs(z - car.length() * 0.7) < 0.015);
            if (door) {
                out.scale(0.5);
            }
            if (Math.abs(bulge - 0.72) < 0.03) {
                out.scale(0.8);
            }
            out.gloss = 0.04 + 0.1 * Noise.smoothStep(0.75, 1, bulge);
        }
    }

    private static void cabin(Car car, Tint paint, double z, double y, Shade out) {
        double t = y / (car.height() - car.belt());
        double from = car.rearBase() + t * (car.roofRear() - car.rearBase());
        double to = car.frontBase() + t * (car.roofFront() - car.frontBase());
        boolean glass = switch (car.kind()) {
            case CAR ->
                t > 0.06
                        && t < 0.86
                        && z > from + 0.22
                        && z < to - 0.12
                        && Math.abs(z - car.length() * 0.5) > 0.045
                        && Math.abs(z - car.length() * 0.29) > 0.04;
            case PANEL_VAN -> t > 0.05 && t < 0.5 && z > car.length() * 0.66 && z < to - 0.12;
            case BUS -> t > 0.02 && t < 0.62 && z > 0.4 && z < to - 0.3 && z / 1.5 - Noise.floor(z / 1.5) > 0.06;
        };
        if (glass) {
            out.set(GLASS, 0.8);
            out.gloss = 0.1 + 0.35 * t;
        } else {
            out.set(paint, 0.98);
            out.gloss = 0.05;
        }
    }

    private void ends(Car car, Body body, Tint paint, double w, boolean lights) {
        Mask silhouette = (x, y) -> y > 0.28 || Math.abs(Math.abs(x - w) - w + 0.16) < 0.11 ? Label.CAR : Mask.NONE;
        scene.add(
                Label.CAR,
                (x, y, pixel, shadow, out) -> rear(car, paint, x - w, y, lights, out),
                silhouette,
                body.at(-w, 0, 0),
                body.right(),
                Vec.UP,
                0,
                0,
                2 * w,
                0,
                2 * w,
                car.belt(),
                0,
                car.belt());
        scene.add(
                Label.CAR,
                (x, y, pixel, shadow, out) -> front(car, paint, x - w, y, lights, out),
                silhouette,
                body.at(-w, 0, car.length()),
                body.right(),
                Vec.UP,
                0,
                0,
                2 * w,
                0,
                2 * w,
                car.nose(),
                0,
                car.nose());
    }

    private static void rear(Car car, Tint paint, double x, double y, boolean braking, Shade out) {
        double side = Math.abs(x);
        double edge = car.width() / 2;
        if (y < 0.28) {
            out.set(TYRE, 0.7);
        } else if (side < 0.27 && Math.abs(y - 0.62 * car.belt() - 0.05) < 0.06) {
            out.set(PLATE, 1);
        } else if (side > edge - 0.26 && y > car.belt() * 0.68 && y < car.belt() * 0.95) {
            out.set(RED_LAMP, 1);
            if (braking) {
                out.glow(RED_LAMP, 1.6);
            }
        } else if (y < 0.5) {
            out.set(y < 0.36 ? PLASTIC : paint, y < 0.36 ? 0.9 : 0.8);
        } else {
            out.set(paint, 0.75 + 0.3 * y / car.belt());
            if (y < 0.54) {
                out.scale(0.6);
            }
            out.gloss = 0.04;
        }
    }

    private static void front(Car car, Tint paint, double x, double y, boolean lights, Shade out) {
        double side = Math.abs(x);
        double edge = car.width() / 2;
        double t = y / car.nose();
        if (y < 0.28) {
            out.set(TYRE, 0.7);
        } else if (side < 0.27 && Math.abs(y - 0.45) < 0.06) {
            out.set(WHITE_LAMP, 0.8);
        } else if (side > edge - 0.4 && side < edge - 0.05 && t > 0.7 && t < 0.92) {
            out.set(WHITE_LAMP, 0.6);
            out.gloss = 0.25;
            if (lights) {
                out.glow(WHITE_LAMP, 1.8);
            }
        } else if ((side < edge - 0.5 && t > 0.7 && t < 0.9) || (side < 0.5 && y > 0.3 && y < 0.38)) {
            out.set(PLASTIC, 0.6);
        } else {
            out.set(paint, 0.75 + 0.3 * t);
            out.gloss = 0.04;
        }
    }

    private void top(Car car, Body body, Tint paint, double w, double roof) {
        double h = car.height();
        double belt = car.belt();
        Material metal = (u, v, pixel, shadow, out) -> {
            out.set(paint, 1);
            out.gloss = 0.18;
        };
        window(car, body, paint, w, roof, car.rearBase(), car.roofRear(), car.kind() == Car.Kind.PANEL_VAN);
        window(car, body, paint, w, roof, car.frontBase(), car.roofFront(), false);
        scene.face(
                Label.CAR,
                metal,
                null,
                body.at(-roof, h, car.roofRear()),
                body.at(roof, h, car.roofRear()),
                body.at(roof, h, car.roofFront()),
                body.at(-roof, h, car.roofFront()));
        scene.face(
                Label.CAR,
                metal,
                null,
                body.at(-w, belt, car.frontBase()),
                body.at(w, belt, car.frontBase()),
                body.at(w, car.nose(), car.length()),
                body.at(-w, car.nose(), car.length()));
        if (car.rearBase() > 0.3) {
            scene.face(
                    Label.CAR,
                    metal,
                    null,
                    body.at(-w, belt, 0),
                    body.at(w, belt, 0),
                    body.at(w, belt, car.rearBase()),
                    body.at(-w, belt, car.rearBase()));
        }
    }

    private void window(Car car, Body body, Tint paint, double w, double roof, double base, double top, boolean blind) {
        double rise = car.height() - car.belt();
        double slope = Math.sqrt(rise * rise + (top - base) * (top - base));
        boolean bus = car.kind() == Car.Kind.BUS;
        Material glass = (u, v, pixel, shadow, out) -> {
            double t = v / slope;
            double edge = w + t * (roof - w);
            boolean pane = Math.abs(u - w) < edge - 0.11 && t > 0.05 && t < (bus ? 0.7 : 0.88);
            if (pane && !blind) {
                // Seats and heads are darker than the sky that the glass mirrors.
                double seat = Math.abs(Math.abs(u - w) - 0.36) < 0.2 && t < 0.55 ? 0.35 : 1;
                out.set(GLASS, 0.9 * seat);
                out.gloss = (0.06 + 0.3 * t) * (0.5 + 0.5 * seat);
            } else {
                out.set(paint, 0.9);
                out.gloss = 0.05;
            }
        };
        scene.face(
                Label.CAR,
                glass,
                null,
                body.at(-w, car.belt(), base),
                body.at(w, car.belt(), base),
                body.at(roof, car.height(), top),
                body.at(-roof, car.height(), top));
    }
}
