package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.Softmax;

/** Arithmetic that no chain takes: on operands that broadcast, along a dimension, and products with matrices. */
final class ArithmeticSteps {
    private final Frame f;
    private final Kernels kernels;
    private final Elementwise elementwise;

    ArithmeticSteps(Frame frame, Kernels kernels) {
        this.f = frame;
        this.kernels = kernels;
        this.elementwise = kernels.elementwise();
    }

    Step unary(Unary function, Operand x, Operand y) {
        int n = x.shape().size();
        return () -> elementwise.unary(
                function, n, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step binary(Binary function, Operand a, Operand b, Operand c) {
        int n = c.shape().size();
        if (a.shape().size() == n && b.shape().size() == n) {
            return () -> elementwise.binary(
                    function,
                    n,
                    f.array(a.slot()),
                    f.offset(a.slot()),
                    f.array(b.slot()),
                    f.offset(b.slot()),
                    f.array(c.slot()),
                    f.offset(c.slot()));
        }
        // At least one dimension, also for scalars.
        int[] dims = c.shape().rank() == 0 ? new int[] {1} : c.shape().dims();
        int[] aStrides = strides(a.shape(), dims.length);
        int[] bStrides = strides(b.shape(), dims.length);
        return () -> elementwise.binaryBroadcast(
                function,
                dims,
                f.array(a.slot()),
                f.offset(a.slot()),
                aStrides,
                f.array(b.slot()),
                f.offset(b.slot()),
                bStrides,
                f.array(c.slot()),
                f.offset(c.slot()));
    }

    /** The strides of an operand along the dimensions of the result, 0 where it is stretched. */
    private static int[] strides(Shape operand, int rank) {
        int[] own = operand.strides();
        int[] strides = new int[rank];
        for (int d = 0; d < own.length; d++) {
            strides[rank - own.length + d] = operand.dim(d) == 1 ? 0 : own[d];
        }
        return strides;
    }

    Step softmax(Extents e, Operand x, Operand y) {
        var g = new Softmax.Geometry(e.outer(), e.length(), e.inner());
        return () -> kernels.softmax()
                .forward(g, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step logSoftmax(Extents e, Operand x, Operand y) {
        var g = new Softmax.Geometry(e.outer(), e.length(), e.inner());
        return () -> kernels.softmax()
                .logForward(g, f.array(x.slot()), f.offset(x.slot()), f.array(y.slot()), f.offset(y.slot()));
    }

    Step max(Extents e, Operand x, Operand y) {
        return () -> kernels.reduction()
                .max(
                        e.outer(),
                        e.length(),
                        e.inner(),
                        f.array(x.slot()),
                        f.offset(x.slot()),
                        f.array(y.slot()),
                        f.offset(y.slot()));
    }

    Step sum(Extents e, Operand x, Operand y) {
        return () -> kernels.reduction()
                .sum(
                        e.outer(),
                        e.length(),
                        e.inner(),
                        f.array(x.slot()),
                        f.offset(x.slot()),
                        f.array(y.slot()),
                        f.offset(y.slot()));
    }

    Step mean(Extents e, Operand x, Operand y) {
        Step sum = sum(e, x, y);
        int n = y.shape().size();
        float share = 1f / e.length();
        return () -> {
            sum.run();
            float[] array = f.array(y.slot());
            int offset = f.offset(y.slot());
            elementwise.affine(n, share, 0, array, offset, array, offset);
        };
    }

    /** {@code y = x weight^T + bias}; bias may be null. */
    Step linear(Operand x, Operand weight, Operand bias, Operand y) {
        int in = weight.shape().dim(1);
        int out = weight.shape().dim(0);
        int rows = y.shape().span(0, y.shape().rank() - 1);
        return () -> {
            float[] to = f.array(y.slot());
            int at = f.offset(y.slot());
            if (bias != null) {
                kernels.movement()
                        .stridedCopy(
                                new int[] {rows, out},
                                f.array(bias.slot()),
                                f.offset(bias.slot()),
                                new int[] {0, 1},
                                to,
                                at,
                                new int[] {out, 1});
            }
            kernels.matrixProduct()
                    .multiply(
                            rows,
                            out,
                            in,
                            false,
                            f.array(x.slot()),
                            f.offset(x.slot()),
                            in,
                            true,
                            f.array(weight.slot()),
                            f.offset(weight.slot()),
                            in,
                            to,
                            at,
                            out,
                            bias != null);
        };
    }
}
