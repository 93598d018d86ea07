package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.CpuDevice;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.IdentityHashMap;

/**
 * Where the numbers of a plan that never change lie: on the processor in their own arrays, on another device in copies that are made
 * when they are first asked for; safe for many threads.
 */
final class Constants {
    private final Device device;
    private final boolean onHost;
    private final IdentityHashMap<float[], Tensor> copies = new IdentityHashMap<>();

    Constants(Device device) {
        this.device = device;
        this.onHost = device instanceof CpuDevice;
    }

    Device device() {
        return device;
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
