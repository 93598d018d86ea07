package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/** A stretch of one dimension of a whole tensor: in each of its rows of {@code stride} elements, {@code width} from {@code start} on. */
record Part(int rows, int start, int width, int stride, int extent) {
    static Part of(Axis whole, int position, Shape part) {
        int extent = part.dim(whole.dim());
        return new Part(
                whole.outer(),
                position * whole.inner(),
                extent * whole.inner(),
                whole.length() * whole.inner(),
                extent);
    }

    void copyIn(Tensor part, Tensor whole) {
        whole.device()
                .kernels()
                .movement()
                .stridedCopy(
                        new int[] {rows, width},
                        part.array(),
                        part.offset(),
                        new int[] {width, 1},
                        whole.array(),
                        whole.offset() + start,
                        new int[] {stride, 1});
    }

    void copyOut(Tensor whole, Tensor part) {
        whole.device()
                .kernels()
                .movement()
                .stridedCopy(
                        new int[] {rows, width},
                        whole.array(),
                        whole.offset() + start,
                        new int[] {stride, 1},
                        part.array(),
                        part.offset(),
                        new int[] {width, 1});
    }
}
