package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The numbers of plans that never change, each array once, however many plans of a model hold it. On the processor they lie in their
 * own arrays, on another device in copies that are made when they are first asked for; safe for many threads.
 */
final class Constants {
    private final Device device;
    private final boolean onHost;
    private final Map<Content, float[]> arrays = new HashMap<>();
    private final IdentityHashMap<float[], Tensor> copies = new IdentityHashMap<>();
    private long bytes;

    /** An array that is equal to others of the same bits. */
    private record Content(float[] values, int hash) {
        Content(float[] values) {
            this(values, Arrays.hashCode(values));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Content content && Arrays.equals(values, content.values);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    Constants(Device device) {
        this.device = device;
        this.onHost = device instanceof CpuDevice;
    }

    Device device() {
        return device;
    }

    /** The one array with these values, which is not to be written to from now on; null for null. */
    float[] shared(float[] values) {
        if (values == null) {
            return null;
        }
        synchronized (arrays) {
            float[] known = arrays.putIfAbsent(new Content(values), values);
            if (known != null) {
                return known;
            }
            bytes += (long) values.length * Float.BYTES;
            return values;
        }
    }

    /** What all arrays take together. */
    long bytes() {
        synchronized (arrays) {
            return bytes;
        }
    }

    float[] array(float[] constant) {
        return onHost ? constant : copy(constant).array();
    }

    int offset(float[] constant) {
        return onHost ? 0 : copy(constant).offset();
    }

    private Tensor copy(float[] constant) {
        synchronized (copies) {
            return copies.computeIfAbsent(
                    constant,
                    missing -> StepMemory.outside(() -> {
                        Tensor copy = Tensor.empty(device, Shape.of(missing.length));
                        copy.copyFrom(missing);
                        return copy;
                    }));
        }
    }
}
