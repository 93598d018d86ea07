package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;

/** Tensors to test with; the same shape always gets the same values. */
final class Values {
    private Values() {}

    /** Standard normal. */
    static Tensor normal(int... dims) {
        return Tensor.randn(new Random(Arrays.hashCode(dims)), dims);
    }

    /** Standard normal with another seed, for a second tensor of the same shape. */
    static Tensor other(int... dims) {
        return Tensor.randn(new Random(7L * Arrays.hashCode(dims) + 1), dims);
    }

    /** Normal values moved away from 0 by 0.3 in their own direction. */
    static Tensor awayFromZero(int... dims) {
        float[] values = normal(dims).toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] += values[i] < 0 ? -0.3f : 0.3f;
        }
        return Tensor.of(Shape.of(dims), values);
    }

    /** From 0.5 upwards. */
    static Tensor positive(int... dims) {
        float[] values = normal(dims).toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + Math.abs(values[i]);
        }
        return Tensor.of(Shape.of(dims), values);
    }

    /** Shuffled values any two of which are at least 0.2 apart. */
    static Tensor distinct(int... dims) {
        var order = new ArrayList<>(
                IntStream.range(0, Shape.of(dims).size()).boxed().toList());
        Collections.shuffle(order, new Random(Arrays.hashCode(dims)));
        float[] values = new float[order.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.2f * (order.get(i) - values.length / 2);
        }
        return Tensor.of(Shape.of(dims), values);
    }

    /** 0, 1, 2, ... in row-major order. */
    static Tensor counting(int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(Shape.of(dims), values);
    }
}
