package io.github.dsrl4j.nn.profile;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.autograd.op.FeatureAffinity;
import io.github.dsrl4j.autograd.op.Reshape;
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
        long bytes = operation instanceof Reshape ? 0 : elements * Float.BYTES;
        return new Cost(kind(operation, inputs), operation.multiplyAdds(output, inputs), bytes);
    }

    /**
     * The cost of the backward pass of a call with this cost: twice that of the forward pass, one product for each of two gradients, and
     * none where the gradient is passed on as it is.
     */
    Cost ofBackward(Operation operation) {
        return switch (operation) {
            // Passed on where nothing was stretched, which is the rule.
            case Add() -> new Cost(kind, 0, 0);
            // The forward pass computed the gradient, too; what is left scales it.
            case FeatureAffinity() -> new Cost(kind, 0, 2 * bytes);
            default -> new Cost(kind, 2 * multiplyAdds, 2 * bytes);
        };
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
