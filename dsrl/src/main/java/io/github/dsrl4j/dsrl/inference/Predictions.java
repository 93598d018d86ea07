package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** From scores to classes. */
public final class Predictions {
    private Predictions() {}

    /**
     * The class with the highest score at each pixel, per image.
     *
     * @param logits {@code [N, channels, H, W]}
     * @param classes how many of the channels are classes; further ones (a background channel) are not predicted
     */
    public static List<LabelMap> of(Tensor logits, int classes) {
        Shape shape = logits.shape();
        if (shape.rank() != 4 || shape.dim(1) < classes) {
            throw new ShapeException(
                    "predictions: logits must be [N, %d or more, H, W], not %s".formatted(classes, shape));
        }
        int height = shape.dim(2);
        int width = shape.dim(3);
        var maps = new ArrayList<LabelMap>();
        for (int i = 0; i < shape.dim(0); i++) {
            Tensor scores =
                    logits.slice(i, i + 1).reshape(shape.dim(1), height * width).slice(0, classes);
            Tensor indices = Tensor.empty(logits.device(), Shape.of(height * width));
            logits.device()
                    .kernels()
                    .reduction()
                    .argMax(
                            1,
                            classes,
                            height * width,
                            scores.array(),
                            scores.offset(),
                            indices.array(),
                            indices.offset());
            maps.add(new LabelMap(width, height, bytes(indices.toArray())));
        }
        return maps;
    }

    private static byte[] bytes(float[] indices) {
        byte[] labels = new byte[indices.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) indices[i];
        }
        return labels;
    }
}
