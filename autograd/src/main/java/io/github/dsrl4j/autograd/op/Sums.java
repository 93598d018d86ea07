package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/** Sums that backward passes share. */
final class Sums {
    private Sums() {}

    /** The sum over all dimensions but the second, {@code [C]}: the gradient of a bias. */
    static Tensor perChannel(Tensor x) {
        Shape shape = x.shape();
        Tensor planes = along(x, shape.dim(0) * shape.dim(1), shape.span(2, shape.rank()), 1);
        Tensor sum = along(planes, 1, shape.dim(0), shape.dim(1));
        giveBack(planes);
        return sum.reshape(shape.dim(1));
    }

    /** The sum along the middle of {@code [outer, length, inner]}, as {@code [outer, inner]}. */
    static Tensor along(Tensor x, int outer, int length, int inner) {
        Tensor sum = Tensor.empty(x.device(), Shape.of(outer, inner));
        x.device().kernels().reduction().sum(outer, length, inner, x.array(), x.offset(), sum.array(), sum.offset());
        return sum;
    }

    /** The opposite of {@link #along}: every value {@code length} times, as {@code shape}. */
    static Tensor stretch(Tensor x, int outer, int length, int inner, Shape shape) {
        Tensor y = Tensor.empty(x.device(), shape);
        x.device()
                .kernels()
                .movement()
                .stridedCopy(
                        new int[] {outer, length, inner},
                        x.array(),
                        x.offset(),
                        new int[] {inner, 0, 1},
                        y.array(),
                        y.offset(),
                        new int[] {length * inner, inner, 1});
        return y;
    }

    /** {@code scale x}, new. */
    static Tensor scaled(Tensor x, float scale) {
        Tensor y = Tensor.empty(x.device(), x.shape());
        x.device().kernels().elementwise().affine(x.size(), scale, 0, x.array(), x.offset(), y.array(), y.offset());
        return y;
    }

    /** Gives the memory of a temporary back to the step at once; nobody else may hold it. */
    static void giveBack(Tensor temporary) {
        temporary.storage().retain();
        temporary.storage().release();
    }
}
