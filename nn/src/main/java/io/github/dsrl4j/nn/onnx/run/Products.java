package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Elements.Combination;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import java.util.Arrays;

/** MatMul, as numpy's, and Gemm. */
final class Products {
    private Products() {}

    /**
     * {@code [..., m, k] x [..., k, n] = [..., m, n]}; the dimensions before the last two broadcast. An operand of one dimension is a
     * row on the left and a column on the right, and its dimension of extent 1 is left out of the result.
     */
    static Operator matrix(Attributes attributes) {
        return Operator.of(call -> matrices(call, call.widened(0), call.widened(1)));
    }

    /** The product of two values, as {@link #matrix} describes it. */
    static Value matrices(Call call, Value a, Value b) {
        if (a.shape().rank() == 0 || b.shape().rank() == 0 || a.type() != b.type()) {
            throw mismatch(a, b);
        }
        boolean row = a.shape().rank() == 1;
        boolean column = b.shape().rank() == 1;
        Value left = row ? a.reshape(Shape.of(1, a.size())) : a;
        Value right = column ? b.reshape(Shape.of(b.size(), 1)) : b;
        int m = left.shape().dim(-2);
        int k = left.shape().dim(-1);
        int n = right.shape().dim(-1);
        if (right.shape().dim(-2) != k) {
            throw mismatch(a, b);
        }
        Shape batch = Extents.broadcast(leading(left.shape()), leading(right.shape()));
        Value y = call.create(a.type(), join(batch, m, n));
        call.work((double) y.size() * k + batch.size());
        if (y.size() > 0) {
            multiply(call, batch, m, k, n, left, right, y);
        }
        return y.reshape(join(batch, row ? new int[0] : new int[] {m}, column ? new int[0] : new int[] {n}));
    }

    private static OnnxException mismatch(Value a, Value b) {
        return new OnnxException("there is no product of %s and %s".formatted(a.describe(), b.describe()));
    }

    private static Shape leading(Shape shape) {
        return Shape.of(Arrays.copyOf(shape.dims(), shape.rank() - 2));
    }

    private static Shape join(Shape batch, int m, int n) {
        return join(batch, new int[] {m}, new int[] {n});
    }

    private static Shape join(Shape batch, int[] m, int[] n) {
        int[] dims = Arrays.copyOf(batch.dims(), batch.rank() + m.length + n.length);
        System.arraycopy(m, 0, dims, batch.rank(), m.length);
        System.arraycopy(n, 0, dims, batch.rank() + m.length, n.length);
        return Shape.of(dims);
    }

    private static void multiply(Call call, Shape batch, int m, int k, int n, Value left, Value right, Value y) {
        // One weight for a whole batch is one tall product.
        if (right.shape().rank() == 2) {
            product(call, batch.size() * m, k, n, left, left.offset(), right, right.offset(), y, y.offset());
            return;
        }
        int[] leftStrides = Extents.strides(leading(left.shape()), batch);
        int[] rightStrides = Extents.strides(leading(right.shape()), batch);
        var walk = Walk.of(batch.dims(), leftStrides, rightStrides, batch.strides());
        walk.rows(
                at -> {
                    for (int i = 0; i < walk.rowLength(); i++) {
                        product(
                                call,
                                m,
                                k,
                                n,
                                left,
                                left.offset() + (at[0] + i * walk.rowStride(0)) * m * k,
                                right,
                                right.offset() + (at[1] + i * walk.rowStride(1)) * k * n,
                                y,
                                y.offset() + (at[2] + i * walk.rowStride(2)) * m * n);
                    }
                },
                0,
                0,
                0);
    }

    private static void product(Call call, int m, int k, int n, Value a, int aAt, Value b, int bAt, Value y, int yAt) {
        switch (y) {
            case Floats floats ->
                call.kernels()
                        .matrixProduct()
                        .multiply(
                                m,
                                n,
                                k,
                                false,
                                ((Floats) a).array(),
                                aAt,
                                k,
                                false,
                                ((Floats) b).array(),
                                bAt,
                                n,
                                floats.array(),
                                yAt,
                                n,
                                false);
            case Integers integers -> {
                for (int i = 0; i < m * n; i++) {
                    long sum =
                            inner(k, ((Integers) a).array(), aAt + i / n * k, ((Integers) b).array(), bAt + i % n, n);
                    integers.array()[yAt + i] = Value.wrap(y.type(), sum);
                }
            }
            case Doubles doubles -> {
                for (int i = 0; i < m * n; i++) {
                    double sum =
                            inner(k, ((Doubles) a).array(), aAt + i / n * k, ((Doubles) b).array(), bAt + i % n, n);
                    doubles.array()[yAt + i] = Value.round(y.type(), sum);
                }
            }
        }
    }

    private static long inner(int k, long[] row, int rowAt, long[] column, int columnAt, int step) {
        long sum = 0;
        for (int l = 0; l < k; l++) {
            sum += row[rowAt + l] * column[columnAt + l * step];
        }
        return sum;
    }

    private static double inner(int k, double[] row, int rowAt, double[] column, int columnAt, int step) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
            sum += row[rowAt + l] * column[columnAt + l * step];
        }
        return sum;
    }

    /** {@code alpha op(A) op(B) + beta C}, where op transposes or not, and C, which may be missing, broadcasts. */
    static Operator general(Attributes attributes) {
        float alpha = attributes.real("alpha", 1);
        float beta = attributes.real("beta", 1);
        if (attributes.opset() < 7) {
            // C broadcasts as numpy's with this attribute, and has the shape of the product without.
            attributes.flag("broadcast", false);
        }
        boolean transposeA = attributes.flag("transA", false);
        boolean transposeB = attributes.flag("transB", false);
        return Operator.of(call -> {
            Tensor a = call.tensor(0);
            Tensor b = call.tensor(1);
            if (a.shape().rank() != 2 || b.shape().rank() != 2) {
                throw mismatch(call.value(0), call.value(1));
            }
            int m = a.shape().dim(transposeA ? 1 : 0);
            int k = a.shape().dim(transposeA ? 0 : 1);
            int n = b.shape().dim(transposeB ? 0 : 1);
            if (b.shape().dim(transposeB ? 1 : 0) != k) {
                throw mismatch(call.value(0), call.value(1));
            }
            Tensor y = call.create(Shape.of(m, n));
            call.work((double) y.size() * k);
            if (y.size() > 0) {
                product(call, m, n, k, transposeA, a, transposeB, b, y);
            }
            Tensor scaled = alpha == 1 ? y : Arithmetic.affine(call, y, alpha, 0);
            return call.has(2) && beta != 0 ? plus(call, scaled, beta, call.tensor(2)) : new Floats(scaled);
        });
    }

    private static void product(
            Call call, int m, int n, int k, boolean transposeA, Tensor a, boolean transposeB, Tensor b, Tensor y) {
        call.kernels()
                .matrixProduct()
                .multiply(
                        m,
                        n,
                        k,
                        transposeA,
                        a.array(),
                        a.offset(),
                        transposeA ? m : k,
                        transposeB,
                        b.array(),
                        b.offset(),
                        transposeB ? k : n,
                        y.array(),
                        y.offset(),
                        n,
                        false);
    }

    private static Value plus(Call call, Tensor product, float beta, Tensor c) {
        Tensor scaled = beta == 1 ? c : Arithmetic.affine(call, c, beta, 0);
        if (!Shape.broadcast("broadcast", product.shape(), c.shape()).equals(product.shape())) {
            throw new OnnxException("C %s does not stretch to the product %s".formatted(c.shape(), product.shape()));
        }
        return Elements.combine(call, new Combination(Binary.ADD, null, null), new Floats(product), new Floats(scaled));
    }
}
