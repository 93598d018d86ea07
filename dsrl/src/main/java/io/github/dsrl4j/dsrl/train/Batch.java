package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * Several examples as tensors.
 *
 * @param input {@code [N, 3, h, w]}
 * @param large {@code [N, 3, 2h, 2w]}
 * @param labels {@code [N, f h, f w]}, class ids as floats
 */
record Batch(Tensor input, Tensor large, Tensor labels) {
    /** Stacks examples; the labels are brought to {@code factor} times the input's size by nearest neighbour. */
    static Batch of(List<Example> examples, int inputHeight, int inputWidth, int factor) {
        int n = examples.size();
        return new Batch(
                stack(examples, Example::input, Shape.of(n, 3, inputHeight, inputWidth)),
                stack(examples, Example::large, Shape.of(n, 3, 2 * inputHeight, 2 * inputWidth)),
                stack(
                        examples,
                        example -> labels(example.labels(), factor * inputHeight, factor * inputWidth),
                        Shape.of(n, factor * inputHeight, factor * inputWidth)));
    }

    /** The inputs alone, for evaluation. */
    static Tensor inputs(List<Example> examples, int inputHeight, int inputWidth) {
        return stack(examples, Example::input, Shape.of(examples.size(), 3, inputHeight, inputWidth));
    }

    private static Tensor stack(List<Example> examples, Function<Example, float[]> part, Shape shape) {
        Tensor tensor = Tensor.empty(shape);
        for (int i = 0; i < examples.size(); i++) {
            tensor.slice(i, i + 1).copyFrom(part.apply(examples.get(i)));
        }
        return tensor;
    }

    private static float[] labels(LabelMap map, int height, int width) {
        LabelMap resized = map.width() == width && map.height() == height ? map : map.resizeNearest(width, height);
        byte[] ids = resized.labels();
        float[] values = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            values[i] = ids[i] & 0xff;
        }
        return values;
    }
}
