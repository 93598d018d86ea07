package io.github.dsrl4j.tensor.kernel.jblas;

import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import java.util.Arrays;
import org.jblas.NativeBlas;
import org.jblas.util.Logger;

/**
 * The matrix product of jblas, which brings OpenBLAS, on the calling thread. jblas is optional: {@link #probe} finds out whether it
 * works here.
 *
 * <p>OpenBLAS has its matrices by columns, and one by rows is its transpose: {@code C = op(A) op(B)} by rows is
 * {@code C' = op(B)' op(A)'} by columns. The bridge to native code copies every array whole, and back, on each call; so it gets copies of
 * just the parts that matter, which lie without gaps.
 */
public final class JblasMatrixProduct implements MatrixProduct {
    private final ThreadLocal<Parts> parts = ThreadLocal.withInitial(Parts::new);

    /**
     * Whether jblas works here.
     *
     * @param reason in half a sentence, what was found
     */
    public record Probe(boolean works, String reason) {}

    /** A product; nothing native is touched before the first call. */
    public JblasMatrixProduct() {}

    /** Multiplies two matrices of 2 x 2: only that tells, since the classes load wherever their jar is. */
    public static Probe probe() {
        float[] c = new float[4];
        try {
            // It would tell on standard error which files it unpacks and deletes.
            Logger.getLogger().setLevel(Logger.WARNING);
            new JblasMatrixProduct()
                    .multiply(
                            2,
                            2,
                            2,
                            false,
                            new float[] {1, 2, 3, 4},
                            0,
                            2,
                            false,
                            new float[] {5, 6, 7, 8},
                            0,
                            2,
                            c,
                            0,
                            2,
                            false);
        } catch (NoClassDefFoundError _) {
            return new Probe(
                    false,
                    "jblas is not there: put org.jblas:jblas:1.2.5 on the class path, or on the module path with --add-modules jblas");
        } catch (LinkageError e) {
            return new Probe(
                    false,
                    "the native library of jblas does not load (%s): on Linux it needs libgfortran5"
                            .formatted(firstLine(e)));
        }
        float[] expected = {19, 22, 43, 50};
        return Arrays.equals(c, expected)
                ? new Probe(true, "jblas multiplies, on one thread")
                : new Probe(
                        false,
                        "jblas multiplies wrongly: %s instead of %s"
                                .formatted(Arrays.toString(c), Arrays.toString(expected)));
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

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
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            for (int i = 0; i < m && !accumulate; i++) {
                Arrays.fill(c, cOffset + i * cLeading, cOffset + i * cLeading + n, 0);
            }
            return;
        }
        Parts own = parts.get();
        int aRows = transposeA ? k : m;
        int aColumns = transposeA ? m : k;
        int bRows = transposeB ? n : k;
        int bColumns = transposeB ? k : n;
        own.a = gather(own.a, aRows, aColumns, a, aOffset, aLeading);
        own.b = gather(own.b, bRows, bColumns, b, bOffset, bLeading);
        own.c = accumulate ? gather(own.c, m, n, c, cOffset, cLeading) : exactly(own.c, m * n);
        NativeBlas.sgemm(
                transposeB ? 'T' : 'N',
                transposeA ? 'T' : 'N',
                n,
                m,
                k,
                1,
                own.b,
                0,
                bColumns,
                own.a,
                0,
                aColumns,
                accumulate ? 1 : 0,
                own.c,
                0,
                n);
        for (int i = 0; i < m; i++) {
            System.arraycopy(own.c, i * n, c, cOffset + i * cLeading, n);
        }
    }

    /** The rows of a matrix one after the other, in {@code target} if its length fits. */
    private static float[] gather(float[] target, int rows, int columns, float[] source, int offset, int leading) {
        float[] part = exactly(target, rows * columns);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(source, offset + i * leading, part, i * columns, columns);
        }
        return part;
    }

    private static float[] exactly(float[] array, int length) {
        return array.length == length ? array : new float[length];
    }

    /** Copies of the operands of the last call, which the next one of the same sizes uses again. */
    private static final class Parts {
        private float[] a = {};
        private float[] b = {};
        private float[] c = {};
    }
}
