package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Arithmetic with constants.
 *
 * <pre>
 * y = scale x + shift
 * </pre>
 *
 * Input and output: any shape. Cost: no multiply-adds, one pass. Backward: dx = scale dy; keeps nothing.
 */
public record Affine(float scale, float shift) implements Operation {
    @Override
    public String name() {
        return "affine";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor y = Tensor.empty(x.device(), x.shape());
        x.device().kernels().elementwise().affine(x.size(), scale, shift, x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {scale == 1 ? dy : Sums.scaled(dy, scale)};
    }
}
