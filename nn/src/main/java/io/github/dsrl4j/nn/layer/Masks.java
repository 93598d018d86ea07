package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.random.RandomGenerator;

/** The factors that dropout multiplies by. */
final class Masks {
    private Masks() {}

    /** 0 with probability {@code rate}, else {@code 1 / (1 - rate)}, independently for each element. */
    static Tensor draw(RandomGenerator random, Device device, Shape shape, float rate) {
        float kept = 1 / (1 - rate);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() < rate ? 0 : kept;
        }
        Tensor mask = Tensor.empty(device, shape);
        mask.copyFrom(values);
        return mask;
    }
}
