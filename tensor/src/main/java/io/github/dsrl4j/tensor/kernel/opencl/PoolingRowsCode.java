package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Pooling on a processor, row by row; a work item has several rows.
 *
 * <p>Numbers as of {@link PoolingCode}, but i0 rows of a work item, i1 rows in all.
 */
abstract class PoolingRowsCode extends ResamplingRowsCode {
    /** The widest row that {@link Op#ADAPTIVE_ROWS} takes. */
    static final int WIDEST = 512;

    final void poolingRows(int item, float[] p, float[] q) {
        int to = min(i1, item * i0 + i0);
        if (op == Op.ADAPTIVE_ROWS) {
            adaptiveRows(item * i0, to, p, q);
        }
        if (op == Op.ADAPTIVE_ROWS_BACKWARD_WIDTH) {
            for (int row = item * i0; row < to; row++) {
                spreadWidth(pAt + row * i5, qAt + row * i3, p, q);
            }
        }
        if (op == Op.ADAPTIVE_ROWS_BACKWARD_HEIGHT) {
            for (int row = item * i0; row < to; row++) {
                adaptiveBackwardHeight(row, p, q);
            }
        }
        if (op == Op.AVERAGE_ROWS_BACKWARD) {
            for (int row = item * i0; row < to; row++) {
                averageRow(row, p, q);
            }
        }
    }

    /** Adaptive means: the rows of a window are added up first. */
    private void adaptiveRows(int firstRow, int endRow, float[] x, float[] y) {
        float[] sums = new float[512];
        for (int row = firstRow; row < endRow; row++) {
            int plane = row / i4;
            int i = row - plane * i4;
            int top = i * i2 / i4;
            int bottom = ((i + 1) * i2 + i4 - 1) / i4;
            int first = pAt + (plane * i2 + top) * i3;
            for (int column = 0; column < i3; column++) {
                sums[column] = x[first + column];
            }
            for (int r = top + 1; r < bottom; r++) {
                int at = pAt + (plane * i2 + r) * i3;
                for (int column = 0; column < i3; column++) {
                    sums[column] = sums[column] + x[at + column];
                }
            }
            int left = 0;
            int rest = 0;
            for (int j = 0; j < i5; j++) {
                int next = left;
                int nextRest = rest + i3;
                while (nextRest >= i5) {
                    nextRest = nextRest - i5;
                    next++;
                }
                int right = nextRest > 0 ? next + 1 : next;
                float total = 0f;
                for (int column = left; column < right; column++) {
                    total += sums[column];
                }
                y[qAt + row * i5 + j] = total / ((bottom - top) * (right - left));
                left = next;
                rest = nextRest;
            }
        }
    }

    /** The adjoint of adaptive means along the width, of one row. */
    private void spreadWidth(int at, int target, float[] dy, float[] rows) {
        for (int column = 0; column < i3; column++) {
            rows[target + column] = 0;
        }
        int left = 0;
        int rest = 0;
        for (int j = 0; j < i5; j++) {
            int next = left;
            int nextRest = rest + i3;
            while (nextRest >= i5) {
                nextRest = nextRest - i5;
                next++;
            }
            int right = nextRest > 0 ? next + 1 : next;
            float share = dy[at + j] / (right - left);
            for (int column = left; column < right; column++) {
                rows[target + column] = rows[target + column] + share;
            }
            left = next;
            rest = nextRest;
        }
    }

    /** One row of the adjoint of means over windows: each window that covers it adds its share. */
    private void averageRow(int row, float[] dy, float[] dx) {
        int plane = row / i2;
        int h = row - plane * i2;
        int target = qAt + row * i3;
        for (int column = 0; column < i3; column++) {
            dx[target + column] = 0;
        }
        int first = h + i10 - i6 + 1 <= 0 ? 0 : (h + i10 - i6 + i8) / i8;
        int last = min(i4 - 1, (h + i10) / i8);
        for (int i = first; i <= last; i++) {
            int at = pAt + (plane * i4 + i) * i5;
            for (int j = 0; j < i5; j++) {
                int left = max(0, j * i9 - i11);
                int right = min(i3, j * i9 - i11 + i7);
                float share = dy[at + j] / divisor(i, j);
                for (int column = left; column < right; column++) {
                    dx[target + column] = dx[target + column] + share;
                }
            }
        }
    }
}
