package io.github.dsrl4j.nn.profile;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.tensor.Shape;

/**
 * What one call of an operation has to do, whatever does it.
 *
 * @param kind the operation, and of a convolution what decides about its speed: {@code conv2d 3x3 stride 2 groups 4}
 * @param multiplyAdds of the forward pass
 * @param bytes of the inputs and of the output, each once: what has to pass through memory at least
 */
public record Cost(String kind, long multiplyAdds, long bytes) {
    /** The cost of an operation on inputs of these shapes. */
    public static Cost of(Operation operation, Shape output, Shape... inputs) {
        long elements = output.size();
        for (Shape input : inputs) {
            elements += input.size();
        }
        return new Cost(kind(operation, inputs), operation.multiplyAdds(output, inputs), elements * Float.BYTES);
    }

    private static String kind(Operation operation, Shape... inputs) {
        return switch (operation) {
            case Conv2d(var options) ->
                convolution(
                        operation.name(), inputs, options.strideHeight(), options.dilationHeight(), options.groups());
            case ConvTranspose2d(var options) ->
                convolution(
                        operation.name(), inputs, options.strideHeight(), options.dilationHeight(), options.groups());
            default -> operation.name();
        };
    }

    private static String convolution(String name, Shape[] inputs, int stride, int dilation, int groups) {
        Shape weight = inputs[1];
        boolean depthwise = groups > 1 && weight.dim(1) == 1 && inputs[0].dim(1) == groups;
        return "%s %dx%d".formatted(name, weight.dim(2), weight.dim(3))
                + (stride > 1 ? " stride " + stride : "")
                + (dilation > 1 ? " dilation " + dilation : "")
                + (depthwise ? " depthwise" : groups > 1 ? " groups " + groups : "");
    }
}
