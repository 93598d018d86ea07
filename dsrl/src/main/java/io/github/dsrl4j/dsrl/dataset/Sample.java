package io.github.dsrl4j.dsrl.dataset;

import java.util.Objects;

/**
 * A photograph and its labels, both at full (high) resolution and of the same size.
 *
 * @param name unique in its data set, without folder and extension
 */
public record Sample(String name, ColorImage image, LabelMap labels) {
    /** Checks that image and labels have the same size. */
    public Sample {
        Objects.requireNonNull(name, "name");
        if (image.width() != labels.width() || image.height() != labels.height()) {
            throw new DatasetException("sample '%s': the image is %d x %d, its labels are %d x %d; they must agree"
                    .formatted(name, image.width(), image.height(), labels.width(), labels.height()));
        }
    }
}
