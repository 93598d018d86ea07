package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The tensors of an operation on a device, with the host's copies of its inputs. */
final class Operands {
    private static final long SEED = 20;

    private final Device device;
    private final Random random = new Random(SEED);
    private final List<float[]> hosts = new ArrayList<>();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();

    Operands(Device device) {
        this.device = device;
    }

    Kernels kernels() {
        return device.kernels();
    }

    /** An input of standard normal numbers. */
    Tensor input(int length) {
        float[] host = new float[length];
        for (int i = 0; i < length; i++) {
            host[i] = (float) random.nextGaussian();
        }
        return input(host);
    }

    /** An input of numbers from 0.5 to 1.5. */
    Tensor positive(int length) {
        float[] host = new float[length];
        for (int i = 0; i < length; i++) {
            host[i] = 0.5f + random.nextFloat();
        }
        return input(host);
    }

    /** An input of these numbers. */
    Tensor input(float[] host) {
        Tensor tensor = Tensor.empty(device, Shape.of(host.length));
        hosts.add(host);
        inputs.add(tensor);
        return tensor;
    }

    /** A result that is copied to the host. */
    Tensor output(int length) {
        Tensor tensor = Tensor.empty(device, Shape.of(length));
        outputs.add(tensor);
        return tensor;
    }

    /** Marks an input as a result, too. */
    Tensor changed(Tensor input) {
        outputs.add(input);
        return input;
    }

    /** What stays on the device. */
    Tensor inner(int length) {
        return Tensor.empty(device, Shape.of(length));
    }

    Load.Running running(Runnable work) {
        return new Load.Running() {
            @Override
            public void upload() {
                for (int i = 0; i < inputs.size(); i++) {
                    float[] host = hosts.get(i);
                    inputs.get(i).copyFrom(host);
                }
            }

            @Override
            public void run() {
                work.run();
            }

            @Override
            public float[][] download() {
                return outputs.stream().map(Tensor::toArray).toArray(float[][]::new);
            }
        };
    }
}
