package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;

/**
 * Difference of two tensors that broadcast.
 *
 * <pre>
 * c = a - b
 * </pre>
 *
 * Inputs: a and b, aligned at the innermost dimension, where an extent of 1 stretches. Output: the broadcast shape. Cost: no
 * multiply-adds, one pass. Backward: da = dc and db = -dc, each summed over the dimensions along which it was stretched; keeps
 * nothing.
 */
public record Subtract() implements Operation {
    @Override
    public String name() {
        return "minus";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        return Broadcast.apply(name(), Binary.SUBTRACT, inputs[0], inputs[1]);
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dc) {
        return new Tensor[] {
            saved.needed(0) ? Broadcast.sumTo(dc, saved.shape(0)) : null,
            saved.needed(1) ? Sums.scaled(Broadcast.sumTo(dc, saved.shape(1)), -1) : null
        };
    }
}
