package io.github.dsrl4j.dsrl.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

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
        java.util.Arrays.fill(b, 0.1f);
        assertEquals(20, ImageQuality.psnr(a, b), 1e-6);
        assertEquals(Double.POSITIVE_INFINITY, ImageQuality.psnr(a, a));
    }

    @Test
    void ssimIsOneForEqualImagesAndFallsWithNoise() {
        float[] image = noise(3 * 16 * 20);
        float[] blurred = image.clone();
        for (int i = 1; i < blurred.length; i++) {
            blurred[i] = (image[i] + image[i - 1]) / 2;
        }
        assertEquals(1, ImageQuality.ssim(image, image, 3, 16, 20), 1e-12);
        double similarity = ImageQuality.ssim(image, blurred, 3, 16, 20);
        assertTrue(similarity > 0.3 && similarity < 0.95, "similarity " + similarity);
    }

    @Test
    void ssimOfConstantImagesFollowsTheFormula() {
        float[] a = new float[64];
        float[] b = new float[64];
        java.util.Arrays.fill(a, 0.5f);
        java.util.Arrays.fill(b, 0.25f);
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
