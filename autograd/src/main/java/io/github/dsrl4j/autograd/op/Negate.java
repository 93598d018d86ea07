package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Negation.
 *
 * <pre>
 * y = -x
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = -dy; keeps nothing.
 */
public record Negate() implements Operation {
    @Override
    public String name() {
        return "negate";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        return Unaries.forward(Unary.NEGATE, inputs[0]);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.NEGATE, dy, dy)};
    }
}
