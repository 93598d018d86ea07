package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/**
 * A differentiable function of tensors: one file an operation, with formula, shapes, cost, forward and backward side by side.
 * An instance holds the options (stride, padding, ...) and no state; what a call keeps for its backward pass goes into
 * {@link Saved}.
 */
public interface Operation {
    /** The name in errors, pictures and tables, such as {@code conv2d}. */
    String name();

    /**
     * Computes the output: checks all shapes before anything is changed, saves what {@link #backward} will need.
     *
     * @throws io.github.dsrl4j.tensor.ShapeException if the shapes do not fit, with operation, shapes and dimension
     */
    Tensor forward(Saved saved, Tensor... inputs);

    /**
     * The gradient of the loss with respect to each input, given that with respect to the output. An entry may be null where
     * {@link Saved#needed} says that nobody asks, or where the function does not depend on the input. A returned tensor is new,
     * or is (a reshape of) {@code upstream}, which may be overwritten if it is held once; never a saved one, unless that is held once,
     * and so by this call alone. Where {@link Saved#gradientSum} offers a tensor, that tensor, to which the gradient was added, may be
     * returned as well.
     */
    Tensor[] backward(Saved saved, Tensor upstream);

    /** Multiply-adds of the forward pass for these shapes; 0 for operations that merely pass over their input. */
    default long multiplyAdds(Shape output, Shape... inputs) {
        return 0;
    }
}
