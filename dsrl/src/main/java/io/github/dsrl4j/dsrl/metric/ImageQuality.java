package io.github.dsrl4j.dsrl.metric;

/** How close a reconstructed image is to the original; both as values in [0, 1], channel after channel. */
public final class ImageQuality {
    private static final int WINDOW = 8;
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;

    private ImageQuality() {}

    /** Peak signal-to-noise ratio in decibels, {@code 10 log10(1 / mean (a - b)^2)}; infinite for equal images. */
    public static double psnr(float[] a, float[] b) {
        checkLengths(a, b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            sum += difference * difference;
        }
        return 10 * Math.log10(a.length / sum);
    }

    /**
     * Structural similarity (Wang et al., 2004), the mean over all 8 x 8 windows (uniform, stride 4) of all channels of
     * {@code (2 ma mb + c1)(2 cov + c2) / ((ma^2 + mb^2 + c1)(va + vb + c2))}, c1 = 0.01^2, c2 = 0.03^2.
     */
    public static double ssim(float[] a, float[] b, int channels, int height, int width) {
        checkLengths(a, b);
        if (height < WINDOW || width < WINDOW || a.length != channels * height * width) {
            throw new IllegalArgumentException("ssim: %d values are no image of %d x %d x %d of at least 8 x 8"
                    .formatted(a.length, channels, height, width));
        }
        double sum = 0;
        int windows = 0;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y + WINDOW <= height; y += WINDOW / 2) {
                for (int x = 0; x + WINDOW <= width; x += WINDOW / 2) {
                    sum += window(a, b, (c * height + y) * width + x, width);
                    windows++;
                }
            }
        }
        return sum / windows;
    }

    private static double window(float[] a, float[] b, int start, int width) {
        double sumA = 0;
        double sumB = 0;
        double sumAa = 0;
        double sumBb = 0;
        double sumAb = 0;
        for (int y = 0; y < WINDOW; y++) {
            for (int x = 0; x < WINDOW; x++) {
                double va = a[start + y * width + x];
                double vb = b[start + y * width + x];
                sumA += va;
                sumB += vb;
                sumAa += va * va;
                sumBb += vb * vb;
                sumAb += va * vb;
            }
        }
        double n = WINDOW * WINDOW;
        double meanA = sumA / n;
        double meanB = sumB / n;
        double varianceA = sumAa / n - meanA * meanA;
        double varianceB = sumBb / n - meanB * meanB;
        double covariance = sumAb / n - meanA * meanB;
        return (2 * meanA * meanB + C1)
                * (2 * covariance + C2)
                / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
    }

    private static void checkLengths(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("image quality: %d and %d values".formatted(a.length, b.length));
        }
    }
}
