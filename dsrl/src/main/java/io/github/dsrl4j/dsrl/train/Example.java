package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.ColorImage;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Planar;
import io.github.dsrl4j.dsrl.dataset.Sample;

/**
 * One image as the network sees it.
 *
 * @param name of the sample
 * @param input the normalised image at the input's size, {@code [3, h, w]}
 * @param large the normalised image at twice that size, {@code [3, 2h, 2w]}: the target of the image branch
 * @param labels the labels at the full resolution of the sample
 */
record Example(String name, float[] input, float[] large, LabelMap labels) {
    /** An image without a name. */
    Example(float[] input, float[] large, LabelMap labels) {
        this("", input, large, labels);
    }

    /** From a sample, brought to twice the input's size where it has another; the labels stay as they are. */
    static Example of(Sample sample, int inputHeight, int inputWidth) {
        int height = 2 * inputHeight;
        int width = 2 * inputWidth;
        ColorImage image = sample.image();
        if (image.width() != width || image.height() != height) {
            image = image.resizeBilinear(width, height);
        }
        float[] large = image.toPlanar(Normalization.IMAGENET);
        return new Example(sample.name(), Planar.halvePlanar(large, 3, height, width), large, sample.labels());
    }
}
