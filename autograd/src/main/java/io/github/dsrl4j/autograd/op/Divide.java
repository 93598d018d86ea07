package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;

/**
 * Quotient of two tensors that broadcast, element by element.
 *
 * <pre>
 * c = a / b
 * </pre>
 *
 * Inputs: a and b, aligned at the innermost dimension, where an extent of 1 stretches. Output: the broadcast shape. Cost: no
 * multiply-adds, one pass. Backward: da = dc / b and db = -dc c / b, each summed over the dimensions along which it was
 * stretched; keeps b and, where db is asked for, c.
 */
public record Divide() implements Operation {
    @Override
    public String name() {
        return "dividedBy";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor c = Broadcast.apply(name(), Binary.DIVIDE, inputs[0], inputs[1]);
        saved.keep(inputs[1], saved.needed(1) ? c : null);
        return c;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dc) {
        Tensor quotient = Broadcast.apply(name(), Binary.DIVIDE, dc, saved.tensor(0));
        Tensor db = null;
        if (saved.needed(1)) {
            Tensor product = Broadcast.apply(name(), Binary.MULTIPLY, quotient, saved.tensor(1));
            db = Broadcast.reduce(product, saved.shape(1));
            db.device()
                    .kernels()
                    .elementwise()
                    .affine(db.size(), -1, 0, db.array(), db.offset(), db.array(), db.offset());
        }
        if (!saved.needed(0)) {
            Sums.giveBack(quotient);
            return new Tensor[] {null, db};
        }
        return new Tensor[] {Broadcast.reduce(quotient, saved.shape(0)), db};
    }
}
