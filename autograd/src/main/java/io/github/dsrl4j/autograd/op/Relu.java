package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Rectified linear unit.
 *
 * <pre>
 * y = max(x, 0)
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy where y is positive, else 0 (also at x = 0); keeps y.
 */
public record Relu() implements Operation {
    @Override
    public String name() {
        return "relu";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor y = Unaries.forward(Unary.RELU, inputs[0]);
        saved.keep(y);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.RELU, saved.tensor(0), dy)};
    }
}
