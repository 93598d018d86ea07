package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;

/** The way through the kernels that functions of one number share. */
final class Unaries {
    private Unaries() {}

    static Tensor forward(Unary f, Tensor x) {
        Tensor y = Tensor.empty(x.device(), x.shape());
        x.device().kernels().elementwise().unary(f, x.size(), x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    /** {@code dy f'}, where {@code kept} is the one of x and y that the derivative of f is computed from. */
    static Tensor backward(Unary f, Tensor kept, Tensor dy) {
        Tensor dx = Gradient.inPlaceOf(dy);
        dy.device()
                .kernels()
                .elementwise()
                .unaryBackward(
                        f,
                        dy.size(),
                        kept.array(),
                        kept.offset(),
                        kept.array(),
                        kept.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset());
        return dx;
    }
}
