package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import java.util.Arrays;

/** {@code C[i, j] = sum over p of op(A)[i, p] op(B)[p, j]}, one row of C at a time. */
final class ScalarMatrixProduct implements MatrixProduct {
    @Override
    public void multiply(
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
            boolean accumulate) {
        int aRow = transposeA ? 1 : aLeading;
        int aColumn = transposeA ? aLeading : 1;
        double[] sums = new double[n];
        for (int i = 0; i < m; i++) {
            int ai = aOffset + i * aRow;
            if (transposeB) {
                columnByColumn(n, k, a, ai, aColumn, b, bOffset, bLeading, sums);
            } else {
                termByTerm(n, k, a, ai, aColumn, b, bOffset, bLeading, sums);
            }
            int ci = cOffset + i * cLeading;
            for (int j = 0; j < n; j++) {
                c[ci + j] = (float) (accumulate ? c[ci + j] + sums[j] : sums[j]);
            }
        }
    }

    /** For a B whose columns are consecutive in memory. */
    private static void columnByColumn(
            int n, int k, float[] a, int ai, int aColumn, float[] b, int bOffset, int bLeading, double[] sums) {
        for (int j = 0; j < n; j++) {
            int bj = bOffset + j * bLeading;
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += (double) a[ai + p * aColumn] * b[bj + p];
            }
            sums[j] = sum;
        }
    }

    /** For a B whose rows are consecutive in memory. */
    private static void termByTerm(
            int n, int k, float[] a, int ai, int aColumn, float[] b, int bOffset, int bLeading, double[] sums) {
        Arrays.fill(sums, 0);
        for (int p = 0; p < k; p++) {
            double factor = a[ai + p * aColumn];
            int bp = bOffset + p * bLeading;
            for (int j = 0; j < n; j++) {
                sums[j] += factor * b[bp + j];
            }
        }
    }
}
