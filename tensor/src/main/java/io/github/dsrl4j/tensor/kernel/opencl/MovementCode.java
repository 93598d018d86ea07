package io.github.dsrl4j.tensor.kernel.opencl;

/** Moving elements: a work item moves i0 neighbours of i1. */
abstract class MovementCode extends ReductionCode {
    final void movement(int item, float[] p, float[] q) {
        int from = item * i0;
        int to = min(i1, from + i0);
        if (op == Op.COPY) {
            for (int i = from; i < to; i++) {
                q[qAt + i] = p[pAt + i];
            }
        }
        if (op == Op.STRIDED_COPY) {
            stridedCopy(from, to, p, q, pAt, qAt);
        }
        if (op == Op.COPY_ALL) {
            copyAll(item, p, q);
        }
    }

    /** The entries of a {@link StretchTable}. */
    private void copyAll(int item, float[] x, float[] y) {
        int first = item / i1 * i3;
        int last = min(i0, first + i3);
        int from = item % i1 * i2;
        for (int entry = first; entry < last; entry++) {
            int at = entry * StretchTable.WIDTH;
            int to = min(table[at], from + i2);
            int xAt = table[at + 1];
            int yAt = table[at + 2];
            for (int i = from; i < to; i++) {
                y[yAt + i] = x[xAt + i];
            }
        }
    }

    /** A box of extents i2 to i5; strides of x i6 to i9, of y i10 to i13. */
    private void stridedCopy(int from, int to, float[] x, float[] y, int xAt, int yAt) {
        int i = from;
        while (i < to) {
            int column = i % i5;
            int row = i / i5;
            int c = row % i4;
            int b = row / i4 % i3;
            int a = row / i4 / i3;
            int count = min(i5 - column, to - i);
            int xRow = xAt + a * i6 + b * i7 + c * i8 + column * i9;
            int yRow = yAt + a * i10 + b * i11 + c * i12 + column * i13;
            if (i9 == 1 && i13 == 1) {
                for (int j = 0; j < count; j++) {
                    y[yRow + j] = x[xRow + j];
                }
            } else {
                for (int j = 0; j < count; j++) {
                    y[yRow + j * i13] = x[xRow + j * i9];
                }
            }
            i = i + count;
        }
    }
}
