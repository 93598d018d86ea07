package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Weights that follow from the names of their tensors, so that values which another program computed with them can be compared and nothing large
 * is stored. Element i of a tensor is made of {@code splitmix64(fnv1a64(name) + i)}; what of it depends on the kind of the tensor. The scripts
 * beside the values do the same.
 */
final class RuleWeights {
    private RuleWeights() {}

    /** Fills all parameters and buffers of a module. */
    static void fill(Module module, Map<String, Object> kinds) {
        module.state()
                .forEach((name, tensor) -> tensor.copyFrom(values(name, (String) kinds.get(name), tensor.shape())));
    }

    /** An image, or what it is compared with. */
    static Tensor image(String name, int... dims) {
        return Tensor.of(Shape.of(dims), values(name, "input", Shape.of(dims)));
    }

    /** Class ids, every thirteenth of them ignored. */
    static Tensor labels(int classes, int ignored, int... dims) {
        float[] labels = new float[Shape.of(dims).size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 13 == 0 ? ignored : Long.remainderUnsigned(mixed("labels", i), classes);
        }
        return Tensor.of(Shape.of(dims), labels);
    }

    private static float[] values(String name, String kind, Shape shape) {
        float[] values = new float[shape.size()];
        double bound = shape.rank() > 1 ? Math.sqrt(3.0 / shape.span(1, shape.rank())) : 0;
        for (int i = 0; i < values.length; i++) {
            double u = (mixed(name, i) >>> 40) * 0x1p-24;
            values[i] = (float)
                    switch (kind) {
                        case "weight" -> (2 * u - 1) * bound;
                        case "norm" -> 0.8 + 0.4 * u;
                        case "prelu" -> 0.1 + 0.3 * u;
                        case "bias", "running_mean" -> 0.2 * u - 0.1;
                        case "running_var" -> 0.5 + u;
                        case "num_batches_tracked" -> 0;
                        case "input" -> (2 * u - 1) * 2;
                        default -> throw new IllegalArgumentException(name + ": no rule for " + kind);
                    };
        }
        return values;
    }

    private static long mixed(String name, long i) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        long z = hash + i + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
