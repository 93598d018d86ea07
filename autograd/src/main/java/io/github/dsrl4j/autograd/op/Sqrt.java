package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Square root; NaN for a negative number.
 *
 * <pre>
 * y = sqrt(x)
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy / (2 y), infinite at 0; keeps y.
 */
public record Sqrt() implements Operation {
    @Override
    public String name() {
        return "sqrt";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor y = Unaries.forward(Unary.SQRT, inputs[0]);
        saved.keep(y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.SQRT, saved.tensor(0), dy)};
    }
}
