package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Square.
 *
 * <pre>
 * y = x^2
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = 2 dy x; keeps x.
 */
public record Square() implements Operation {
    @Override
    public String name() {
        return "square";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        saved.keep(inputs[0]);
        return Unaries.forward(Unary.SQUARE, inputs[0]);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.SQUARE, saved.tensor(0), dy)};
    }
}
