package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/**
 * Natural logarithm; NaN for a negative number, negative infinity for 0.
 *
 * <pre>
 * y = log(x)
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = dy / x; keeps x.
 */
public record Log() implements Operation {
    @Override
    public String name() {
        return "log";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        saved.keep(inputs[0]);
        return Unaries.forward(Unary.LOG, inputs[0]);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Unaries.backward(Unary.LOG, saved.tensor(0), dy)};
    }
}
