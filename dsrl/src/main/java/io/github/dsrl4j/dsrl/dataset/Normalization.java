package io.github.dsrl4j.dsrl.dataset;

import java.util.Arrays;

/**
 * Per-channel mean and standard deviation of RGB in [0, 1]: a network sees {@code (rgb / 255 - mean) / std}.
 *
 * @param mean three values, red, green, blue
 * @param std three positive values, red, green, blue
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record Normalization(float[] mean, float[] std) {
    /** The statistics of ImageNet, which published backbones and ESPNetv2 expect. */
    public static final Normalization IMAGENET =
            new Normalization(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

    /** Checks the lengths and that no standard deviation is zero or negative. */
    public Normalization {
        check(mean, std);
        mean = mean.clone();
        std = std.clone();
    }

    static void check(float[] mean, float[] std) {
        if (mean.length != 3 || std.length != 3) {
            throw new IllegalArgumentException(
                    "normalisation: mean has %d values and std %d; 3 of each (red, green, blue) are expected"
                            .formatted(mean.length, std.length));
        }
        for (int c = 0; c < 3; c++) {
            if (!(std[c] > 0)) {
                throw new IllegalArgumentException(
                        "normalisation: std[%d] is %s; it must be positive".formatted(c, std[c]));
            }
        }
    }

    @Override
    public float[] mean() {
        return mean.clone();
    }

    @Override
    public float[] std() {
        return std.clone();
    }

    /** The 8-bit colour nearest to the mean, {@code 0xRRGGBB}: what padding is filled with. */
    public int meanColor() {
        return (Math.round(mean[0] * 255) << 16) | (Math.round(mean[1] * 255) << 8) | Math.round(mean[2] * 255);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Normalization that && Arrays.equals(mean, that.mean) && Arrays.equals(std, that.std);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
    }

    @Override
    public String toString() {
        return "Normalization[mean=" + Arrays.toString(mean) + ", std=" + Arrays.toString(std) + "]";
    }
}
