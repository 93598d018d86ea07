package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorImage;
import java.util.Random;

/**
 * Prints the heap in use while one segmenter labels images of 200 sizes, 10,000 times: it must stay bounded. Arguments: the width of
 * ESPNetv2 (2.0), and the number of images. Run with a small heap, such as -Xmx300m.
 */
final class SegmenterHeap {
    private static final int SIZES = 200;
    private static final int LINES = 10;

    private SegmenterHeap() {}

    public static void main(String[] arguments) {
        double width = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2.0;
        int images = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
        var description = new ModelDescription(
                "espnetv2", width, ClassSet.CAMVID.count(), ClassSet.CAMVID, DsrlOptions.of(Variant.SSSR), 64, 64);
        Segmenter segmenter = Segmenter.of(description, description.forTraining(1));
        var random = new Random(1);
        for (int i = 1; i <= images; i++) {
            int size = random.nextInt(SIZES);
            int w = 32 + 16 * (size % 20);
            int h = 32 + 16 * (size / 20);
            segmenter.segment(new ColorImage(w, h, new byte[3 * w * h]));
            if (i % Math.max(1, images / LINES) == 0) {
                System.gc();
                long used = Runtime.getRuntime().totalMemory()
                        - Runtime.getRuntime().freeMemory();
                System.out.printf("%d images: %d MiB of heap in use%n", i, used >> 20);
            }
        }
    }
}
