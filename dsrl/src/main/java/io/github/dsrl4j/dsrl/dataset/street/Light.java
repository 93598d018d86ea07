package io.github.dsrl4j.dsrl.dataset.street;

/** Sun, sky and air of a scene. */
final class Light {
    /** The direction to the sun. */
    final Vec direction;
    /** Irradiance of a surface that faces the sun. */
    final Tint sun;
    /** Irradiance from the sky of a surface that faces up. */
    final Tint ambient;
    /** Colour of the sky at the zenith. */
    final Tint zenith;
    /** Colour of the sky at the horizon and of the haze. */
    final Tint horizon;
    /** The distance in metres at which half of what is seen is haze. */
    final double hazeDistance;
    /** From 0 (clear) to 1 (closed cover). */
    final double clouds;
    /** How hard shadows are: 0 under a closed cover. */
    final double sunshine;

    final double exposure;

    Light(Dice dice) {
        double elevation = dice.between(0.3, 1.05);
        double azimuth = dice.between(0, 2 * Math.PI);
        direction = new Vec(
                StrictMath.sin(azimuth) * StrictMath.cos(elevation),
                StrictMath.sin(elevation),
                StrictMath.cos(azimuth) * StrictMath.cos(elevation));
        clouds = dice.chance(0.3) ? dice.between(0.75, 1) : dice.between(0.1, 0.75);
        sunshine = 1 - Noise.smoothStep(0.55, 0.95, clouds);
        double low = 1 - Noise.smoothStep(0.3, 0.75, elevation);
        double warmth = dice.between(-0.06, 0.06) + 0.12 * low;
        sun = new Tint(1 + warmth, 1, 1 - 1.6 * warmth).times(2.5 * sunshine * dice.between(0.8, 1.1));
        var overcast = new Tint(1, 1.02, 1.05);
        var blue = new Tint(0.75, 0.92, 1.25);
        ambient = overcast.times(1.35).mix(blue.times(0.62), sunshine).times(dice.between(0.9, 1.1));
        zenith = Tint.of(0x9AA4AE).mix(Tint.of(0x4C7FBE), sunshine).vary(dice, 0.15);
        var bright = Tint.of(0xC9CDD0).mix(Tint.of(0xC4D6E8), sunshine);
        horizon = bright.mix(Tint.of(0xF0DCC0), 0.5 * low * sunshine).vary(dice, 0.1);
        hazeDistance = dice.chance(0.2) ? dice.between(150, 300) : dice.between(400, 1500);
        exposure = dice.between(0.75, 1.3) / (0.45 + 0.55 * (ambient.g() + 0.6 * sun.g()));
    }

    /** Irradiance from sky and ground of a surface with the given upward component of its normal. */
    Tint ambientOn(double normalUp) {
        return ambient.times(0.72 + 0.28 * normalUp);
    }
}
