package io.github.dsrl4j.tensor.kernel;

/** Reductions along the middle dimension of {@code [outer, length, inner]} to {@code [outer, inner]}. */
public interface Reduction {
    /** Sum, accumulated in double precision or in fixed blocks to like accuracy; length 0 gives 0. */
    void sum(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset);

    /** Largest value; NaN if there is one. */
    void max(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset);

    /** Index of the first largest value, as a float. */
    void argMax(int outer, int length, int inner, float[] x, int xOffset, float[] y, int yOffset);

    /** On {@code [rows, length]}: {@code y[r] = sum over j of a[r, j] b[r, j]}, accumulated as {@link #sum} is. */
    void rowProducts(int rows, int length, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    /** {@code y[0] = sum of (a - b)^2} over n elements. */
    void squaredDifference(int n, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

    /** {@code y[0] = sum of x^2} over n elements. */
    void squaredNorm(int n, float[] x, int xOffset, float[] y, int yOffset);
}
