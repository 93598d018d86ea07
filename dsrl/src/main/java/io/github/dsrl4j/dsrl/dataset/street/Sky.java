package io.github.dsrl4j.dsrl.dataset.street;

/** A gradient from horizon to zenith, clouds on a plane high above, and the glare round the sun. */
final class Sky {
    /** The sky outshines the street; a photograph exposed for the street shows it nearly white. */
    private static final double BRIGHTNESS = 1.5;

    private final Light light;
    private final double coverage;
    private final double size;
    private final double shiftX;
    private final double shiftZ;
    private final Tint bright;
    private final Tint dark;

    Sky(Light light, Dice dice) {
        this.light = light;
        coverage = light.clouds;
        size = dice.between(0.5, 1.6);
        shiftX = dice.between(0, 200);
        shiftZ = dice.between(0, 200);
        bright = Tint.of(0xF4F4F2).mix(light.horizon, 0.35);
        dark = Tint.of(0xA4A9B0).mix(light.horizon, 0.4);
    }

    /** The radiance seen in a world direction. */
    void shade(Vec ray, Shade out) {
        double length = ray.length();
        double up = Math.max(ray.y() / length, 0.0);
        double height = Noise.smoothStep(0, 0.55, up);
        double r = light.horizon.r() + height * (light.zenith.r() - light.horizon.r());
        double g = light.horizon.g() + height * (light.zenith.g() - light.horizon.g());
        double b = light.horizon.b() + height * (light.zenith.b() - light.horizon.b());
        // The cloud plane, bent down at the horizon so that clouds do not shrink to noise there.
        double reach = size / (up + 0.12);
        double x = ray.x() / length * reach + shiftX;
        double z = ray.z() / length * reach + shiftZ;
        double density = Noise.fractal(x, z * 1.6, 4);
        double cover = Noise.smoothStep(0.78 - 0.62 * coverage, 1.02 - 0.55 * coverage, density);
        double depth = Noise.smoothStep(0.35, 0.8, density + 0.25 * (coverage - 0.5));
        r += cover * (bright.r() + depth * (dark.r() - bright.r()) - r);
        g += cover * (bright.g() + depth * (dark.g() - bright.g()) - g);
        b += cover * (bright.b() + depth * (dark.b() - bright.b()) - b);
        double towards = Math.max(0, ray.dot(light.direction) / length);
        double glare = light.sunshine * (0.35 * power16(towards) + 0.8 * power16(power16(towards)));
        out.glowR = BRIGHTNESS * r + glare;
        out.glowG = BRIGHTNESS * g + glare * 0.95;
        out.glowB = BRIGHTNESS * b + glare * 0.85;
    }

    private static double power16(double x) {
        double x2 = x * x;
        double x4 = x2 * x2;
        double x8 = x4 * x4;
        return x8 * x8;
    }
}
