package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Absolute value.
 *
 * <pre>
 * y = |x|
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy sign(x), 0 at x = 0; keeps x.
 */
public record Abs() implements Operation {
    @Override
    public String name() {
        return "abs";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        saved.keep(inputs[0]);
        return Unaries.forward(Unary.ABS, inputs[0]);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.ABS, saved.tensor(0), dy)};
    }
}
