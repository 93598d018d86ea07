package io.github.dsrl4j.dsrl.dataset;

import java.util.random.RandomGenerator;

/**
 * Random brightness, contrast, saturation and hue. Each is an affine map of RGB, so that one 3 x 4 matrix does all four in
 * one pass, with one rounding and one clamping at the end:
 *
 * <ul>
 *   <li>brightness {@code b}: {@code b rgb};
 *   <li>contrast {@code k}: {@code k rgb + (1 - k) m}, where {@code m} is the mean luma of the image;
 *   <li>saturation {@code s}: {@code s rgb + (1 - s) luma(rgb)};
 *   <li>hue {@code h}: a rotation of the chroma by {@code 2 pi h} in the YUV plane, luma unchanged.
 * </ul>
 *
 * The factors are uniform in {@code 1 - x .. 1 + x}, the hue in {@code -hue .. hue} turns. Luma is
 * {@code 0.299 r + 0.587 g + 0.114 b}.
 *
 * @param brightness 0..1
 * @param contrast 0..1
 * @param saturation 0..1
 * @param hue 0..0.5, in turns
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) {
    /** No change. */
    public static final ColorJitter NONE = new ColorJitter(0, 0, 0, 0);

    /** What changes the light but not what things are. */
    public static final ColorJitter MILD = new ColorJitter(0.25, 0.25, 0.25, 0.02);

    private static final double RED = 0.299;
    private static final double GREEN = 0.587;
    private static final double BLUE = 0.114;
    private static final int PRECISION = 16;

    /** Checks the ranges. */
    public ColorJitter {
        check("brightness", brightness, 1);
        check("contrast", contrast, 1);
        check("saturation", saturation, 1);
        check("hue", hue, 0.5);
    }

    private static void check(String what, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException(
                    "colour jitter: %s is %s; it must lie in [0, %s]".formatted(what, value, most));
        }
    }

    /** Draws four values, whatever the amounts are. */
    Transform draw(RandomGenerator random) {
        return new Transform(
                1 + brightness * (2 * random.nextDouble() - 1),
                1 + contrast * (2 * random.nextDouble() - 1),
                1 + saturation * (2 * random.nextDouble() - 1),
                hue * (2 * random.nextDouble() - 1));
    }

    /** One drawn set of factors. */
    record Transform(double brightness, double contrast, double saturation, double turns) {
        /** Changes interleaved RGB pixels in place. */
        void apply(byte[] rgb) {
            if (brightness == 1 && contrast == 1 && saturation == 1 && turns == 0) {
                return;
            }
            var m = matrix();
            int shift = (int) StrictMath.rint(brightness * (1 - contrast) * meanLuma(rgb) * (1 << PRECISION))
                    + (1 << (PRECISION - 1));
            for (int i = 0; i < rgb.length; i += 3) {
                int r = rgb[i] & 0xFF;
                int g = rgb[i + 1] & 0xFF;
                int b = rgb[i + 2] & 0xFF;
                rgb[i] = clamp(m[0] * r + m[1] * g + m[2] * b + shift);
                rgb[i + 1] = clamp(m[3] * r + m[4] * g + m[5] * b + shift);
                rgb[i + 2] = clamp(m[6] * r + m[7] * g + m[8] * b + shift);
            }
        }

        /** Brightness, contrast, saturation and hue as one 3 x 3 matrix in fixed point. */
        private int[] matrix() {
            // Chroma V = 0.877 (R - Y), U = 0.492 (B - Y), and back; with no rotation they cancel exactly.
            double[][] in = {
                {0.877 * (1 - RED), -0.877 * GREEN, -0.877 * BLUE}, {-0.492 * RED, -0.492 * GREEN, 0.492 * (1 - BLUE)}
            };
            double[][] out = {{1 / 0.877, 0}, {-RED / GREEN / 0.877, -BLUE / GREEN / 0.492}, {0, 1 / 0.492}};
            double[] luma = {RED, GREEN, BLUE};
            double cos = saturation * StrictMath.cos(2 * Math.PI * turns);
            double sin = saturation * StrictMath.sin(2 * Math.PI * turns);
            var matrix = new int[9];
            for (int to = 0; to < 3; to++) {
                for (int from = 0; from < 3; from++) {
                    double v = cos * in[0][from] - sin * in[1][from];
                    double u = sin * in[0][from] + cos * in[1][from];
                    double sum = luma[from] + out[to][0] * v + out[to][1] * u;
                    matrix[3 * to + from] = (int) StrictMath.rint(brightness * contrast * sum * (1 << PRECISION));
                }
            }
            return matrix;
        }

        private static double meanLuma(byte[] rgb) {
            long red = 0;
            long green = 0;
            long blue = 0;
            for (int i = 0; i < rgb.length; i += 3) {
                red += rgb[i] & 0xFF;
                green += rgb[i + 1] & 0xFF;
                blue += rgb[i + 2] & 0xFF;
            }
            return (RED * red + GREEN * green + BLUE * blue) / (rgb.length / 3.0);
        }

        private static byte clamp(int fixed) {
            return (byte) Math.clamp(fixed >> PRECISION, 0, 255);
        }
    }
}
