package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Hyperbolic tangent.
 *
 * <pre>
 * y = tanh(x)
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy (1 - y^2); keeps y.
 */
public record Tanh() implements Operation {
    @Override
    public String name() {
        return "tanh";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor y = Unaries.forward(Unary.TANH, inputs[0]);
        saved.keep(y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.TANH, saved.tensor(0), dy)};
    }
}
