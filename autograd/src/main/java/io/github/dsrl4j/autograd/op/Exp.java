package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Exponential function.
 *
 * <pre>
 * y = exp(x)
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy y; keeps y.
 */
public record Exp() implements Operation {
    @Override
    public String name() {
        return "exp";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor y = Unaries.forward(Unary.EXP, inputs[0]);
        saved.keep(y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.EXP, saved.tensor(0), dy)};
    }
}
