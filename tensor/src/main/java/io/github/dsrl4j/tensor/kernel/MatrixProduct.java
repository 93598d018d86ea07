package io.github.dsrl4j.tensor.kernel;

/** General matrix product on row-major matrices. */
public interface MatrixProduct {
    /**
     * {@code C = op(A) op(B)} or, with {@code accumulate}, {@code C += op(A) op(B)}, where op transposes or not. op(A) is
     * {@code m x k}, op(B) {@code k x n}, C {@code m x n}; a leading dimension is the distance between the rows of a matrix as
     * it is stored. {@code k == 0} gives zeros.
     */
    void multiply(
            int m,
            int n,
            int k,
            boolean transposeA,
            float[] a,
            int aOffset,
            int aLeading,
            boolean transposeB,
            float[] b,
            int bOffset,
            int bLeading,
            float[] c,
            int cOffset,
            int cLeading,
            boolean accumulate);
}
