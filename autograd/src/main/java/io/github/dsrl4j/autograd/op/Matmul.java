package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Matrix product, of each pair of matrices where there are leading dimensions.
 *
 * <pre>
 * c[..., i, j] = sum over l of a[..., i, l] b[..., l, j]
 * </pre>
 *
 * Inputs: a {@code [..., m, k]}, b {@code [..., k, n]}, with equal leading dimensions (none for two matrices). Output
 * {@code [..., m, n]}. Cost: {@code m n k} multiply-adds a pair. Backward: da = dc b^T, db = a^T dc; keeps each operand that
 * the other's gradient needs.
 */
public record Matmul() implements Operation {
    private record Geometry(int pairs, int m, int n, int k) {}

    @Override
    public String name() {
        return "matmul";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor a = inputs[0];
        Tensor b = inputs[1];
        Geometry g = geometry(a.shape(), b.shape());
        Tensor c = Tensor.empty(a.device(), a.shape().with(-1, g.n));
        multiply(g.pairs, g.m, g.n, g.k, false, a, false, b, c);
        saved.keep(saved.needed(1) ? a : null, saved.needed(0) ? b : null);
        return c;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dc) {
        Geometry g = geometry(saved.shape(0), saved.shape(1));
        Tensor da = null;
        if (saved.needed(0)) {
            da = Tensor.empty(dc.device(), saved.shape(0));
            multiply(g.pairs, g.m, g.k, g.n, false, dc, true, saved.tensor(1), da);
        }
        Tensor db = null;
        if (saved.needed(1)) {
            db = Tensor.empty(dc.device(), saved.shape(1));
            multiply(g.pairs, g.k, g.n, g.m, true, saved.tensor(0), false, dc, db);
        }
        return new Tensor[] {da, db};
    }

    @Override
    public long multiplyAdds(Shape output, Shape... inputs) {
        return (long) output.size() * inputs[0].dim(-1);
    }

    /** {@code c = op(a) op(b)} for each pair, where op(a) is {@code m x k} and op(b) {@code k x n}. */
    private static void multiply(
            int pairs, int m, int n, int k, boolean transposeA, Tensor a, boolean transposeB, Tensor b, Tensor c) {
        var kernel = c.device().kernels().matrixProduct();
        for (int i = 0; i < pairs; i++) {
            kernel.multiply(
                    m,
                    n,
                    k,
                    transposeA,
                    a.array(),
                    a.offset() + i * m * k,
                    transposeA ? m : k,
                    transposeB,
                    b.array(),
                    b.offset() + i * k * n,
                    transposeB ? k : n,
                    c.array(),
                    c.offset() + i * m * n,
                    n,
                    false);
        }
    }

    private Geometry geometry(Shape a, Shape b) {
        Checks.rankAtLeast(name(), "a", a, 2, "[..., m, k]");
        Checks.rankAtLeast(name(), "b", b, 2, "[..., k, n]");
        if (a.dim(-1) != b.dim(-2)) {
            throw new ShapeException(
                    "matmul: a has rows of %d, b has columns of %d; a %s, b %s".formatted(a.dim(-1), b.dim(-2), a, b));
        }
        boolean equal = a.rank() == b.rank();
        for (int i = 0; equal && i < a.rank() - 2; i++) {
            equal = a.dim(i) == b.dim(i);
        }
        if (!equal) {
            throw new ShapeException("matmul: the leading dimensions must be equal; a %s, b %s".formatted(a, b));
        }
        return new Geometry(a.span(0, a.rank() - 2), a.dim(-2), b.dim(-1), a.dim(-1));
    }
}
