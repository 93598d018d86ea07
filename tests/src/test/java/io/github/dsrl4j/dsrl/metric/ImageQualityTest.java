package io.github.dsrl4j.dsrl.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageQualityTest {
    private static float[] noise(int n) {
        var random = new Random(3);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    @Test
    void psnrOfAConstantDifferenceIsItsDecibels() {
        float[] a = new float[192];
        float[] b = new float[192];
        Arrays.fill(b, 0.1f);
        assertEquals(20, ImageQuality.psnr(a, b), 1e-6);
        assertEquals(Double.POSITIVE_INFINITY, ImageQuality.psnr(a, a));
    }

    @Test
    void ssimIsOneForEqualImages() {
        float[] image = noise(3 * 16 * 20);
        assertEquals(1, ImageQuality.ssim(image, image, 3, 16, 20), 1e-12);
    }

    /**
     * Two images of three vertical stripes of four columns, {@code a: 0, 1, 0} and {@code b: 0, 1, 1}, so that the two windows, which
     * share the middle stripe, are known: in the first both are half 0 and half 1 (means 1/2, variances and covariance 1/4), in the
     * second a is and b is constant (mean 1, variance and covariance 0).
     */
    @Test
    void ssimOfOverlappingWindowsByHand() {
        float[] a = new float[8 * 12];
        float[] b = new float[8 * 12];
        for (int i = 0; i < a.length; i++) {
            a[i] = i % 12 / 4 == 1 ? 1 : 0;
            b[i] = i % 12 / 4 >= 1 ? 1 : 0;
        }
        double c1 = 1e-4;
        double c2 = 9e-4;
        double second = (2 * 0.5 * 1 + c1) * c2 / ((0.25 + 1 + c1) * (0.25 + c2));
        assertEquals((1 + second) / 2, ImageQuality.ssim(a, b, 1, 8, 12), 1e-9);
    }

    /** From the definition, in two passes; over sizes that the windows fill, and that they do not. */
    @ParameterizedTest
    @CsvSource({"1, 8, 8", "1, 12, 16", "3, 16, 20", "2, 19, 23"})
    void ssimFollowsItsDefinition(int channels, int height, int width) {
        float[] a = noise(channels * height * width);
        float[] b = a.clone();
        for (int i = 1; i < b.length; i++) {
            b[i] = 0.8f * (a[i] + a[i - 1]) / 2;
        }
        double sum = 0;
        int windows = 0;
        for (int c = 0; c < channels; c++) {
            for (int top = 0; top <= height - 8; top += 4) {
                for (int left = 0; left <= width - 8; left += 4) {
                    sum += similarity(cut(a, c * height + top, left, width), cut(b, c * height + top, left, width));
                    windows++;
                }
            }
        }
        assertEquals(sum / windows, ImageQuality.ssim(a, b, channels, height, width), 1e-9);
    }

    private static double[] cut(float[] image, int top, int left, int width) {
        double[] window = new double[64];
        for (int i = 0; i < 64; i++) {
            window[i] = image[(top + i / 8) * width + left + i % 8];
        }
        return window;
    }

    private static double similarity(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int i = 0; i < 64; i++) {
            varianceA += (a[i] - meanA) * (a[i] - meanA) / 64;
            varianceB += (b[i] - meanB) * (b[i] - meanB) / 64;
            covariance += (a[i] - meanA) * (b[i] - meanB) / 64;
        }
        return (2 * meanA * meanB + 1e-4)
                * (2 * covariance + 9e-4)
                / ((meanA * meanA + meanB * meanB + 1e-4) * (varianceA + varianceB + 9e-4));
    }

    @Test
    void psnrByHand() {
        // Mean square errors of (0.2^2 + 0.4^2) / 4 = 1/20.
        assertEquals(
                10 * Math.log10(20),
                ImageQuality.psnr(new float[] {0, 1, 0.5f, 0.5f}, new float[] {0.2f, 0.6f, 0.5f, 0.5f}),
                1e-5);
    }

    @Test
    void ssimOfConstantImagesFollowsTheFormula() {
        float[] a = new float[64];
        float[] b = new float[64];
        Arrays.fill(a, 0.5f);
        Arrays.fill(b, 0.25f);
        double c1 = 1e-4;
        assertEquals((2 * 0.125 + c1) / (0.25 + 0.0625 + c1), ImageQuality.ssim(a, b, 1, 8, 8), 1e-9);
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertEquals(
                "ssim: 49 values are no image of 1 x 7 x 7 of at least 8 x 8",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ImageQuality.ssim(new float[49], new float[49], 1, 7, 7))
                        .getMessage());
    }
}
