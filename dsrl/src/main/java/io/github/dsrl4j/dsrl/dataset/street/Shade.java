package io.github.dsrl4j.dsrl.dataset.street;

/** What a material says about one point: reflectance, how much direct sun reaches it, and light of its own. */
final class Shade {
    double r;
    double g;
    double b;
    /** 1 in the sun, 0 in the shadow. */
    double sun;
    /** How much of the sky is mirrored, 0..1. */
    double gloss;
    /** Light given off, 1 is white. */
    double glowR;

    double glowG;
    double glowB;

    void reset() {
        sun = 1;
        gloss = 0;
        glowR = 0;
        glowG = 0;
        glowB = 0;
    }

    void set(Tint tint, double factor) {
        r = tint.r() * factor;
        g = tint.g() * factor;
        b = tint.b() * factor;
    }

    /** Lays a colour over what is there. */
    void blend(Tint tint, double factor, double opacity) {
        r += opacity * (tint.r() * factor - r);
        g += opacity * (tint.g() * factor - g);
        b += opacity * (tint.b() * factor - b);
    }

    void scale(double factor) {
        r *= factor;
        g *= factor;
        b *= factor;
    }

    void glow(Tint tint, double factor) {
        glowR = tint.r() * factor;
        glowG = tint.g() * factor;
        glowB = tint.b() * factor;
    }
}
