package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * What follows a kernel in inference: a work item takes i0 neighbouring elements of i1 through up to {@link #STAGES} stages, one after the
 * other; the numbers of the stages follow the order of {@code Epilogue.Stage}.
 *
 * <p>i2 planes, i3 area; i4 to i7 the stages, -1 for none, whose operands are r to u.
 */
abstract class EpilogueCode extends ResamplingCode {
    /** Stages of a launch. */
    static final int STAGES = 4;

    final void epilogue(int item, float[] p, float[] q, float[] r, float[] s, float[] t, float[] u) {
        int i = item * i0;
        int to = min(i1, i + i0);
        while (i < to) {
            int plane = i / i3;
            int end = min(to, (plane + 1) * i3);
            stage(i4, i, end, plane, p, r, q, pAt, rAt);
            if (i5 >= 0) {
                stage(i5, i, end, plane, q, s, q, qAt, sAt);
            }
            if (i6 >= 0) {
                stage(i6, i, end, plane, q, t, q, qAt, tAt);
            }
            if (i7 >= 0) {
                stage(i7, i, end, plane, q, u, q, qAt, uAt);
            }
            i = end;
        }
    }

    private void stage(int which, int from, int to, int plane, float[] x, float[] a, float[] y, int xAt, int aAt) {
        if (which == 0) {
            float scale = a[aAt + plane];
            float shift = a[aAt + i2 + plane];
            for (int i = from; i < to; i++) {
                y[qAt + i] = fma(x[xAt + i], scale, shift);
            }
        }
        if (which == 1) {
            float scale = a[aAt + plane];
            for (int i = from; i < to; i++) {
                y[qAt + i] = x[xAt + i] * scale;
            }
        }
        if (which == 2) {
            for (int i = from; i < to; i++) {
                y[qAt + i] = x[xAt + i] + a[aAt + i];
            }
        }
        if (which == 3) {
            for (int i = from; i < to; i++) {
                y[qAt + i] = x[xAt + i] * a[aAt + i];
            }
        }
        if (which == 4) {
            preluRow(from, to, a[aAt + plane], x, y, xAt, qAt);
        }
        if (which > 4) {
            unary(which - 5, from, to, x, y, xAt, qAt);
        }
    }
}
