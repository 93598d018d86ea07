package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;

/** A use of an operation whose gradients are checked. */
record GradientCase(
        Class<? extends Operation> operation, String options, List<Tensor> inputs, GradCheck.Function function) {

    static GradientCase of(
            Class<? extends Operation> operation, String options, GradCheck.Function function, Tensor... inputs) {
        return new GradientCase(operation, options, List.of(inputs), function);
    }

    /** Copies of the inputs on a device. */
    Tensor[] inputsOn(Device device) {
        return inputs.stream().map(input -> input.copy().to(device)).toArray(Tensor[]::new);
    }

    @Override
    public String toString() {
        return operation.getSimpleName() + " " + options;
    }
}
