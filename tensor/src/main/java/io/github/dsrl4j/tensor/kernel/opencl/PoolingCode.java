package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Pooling. A work item computes i0 neighbouring elements of i1 of its output; backwards, each element of dx gathers from the windows that
 * cover it, so nothing is added concurrently.
 *
 * <p>Adaptive pooling goes row by row, and its adjoint along the width first and then along the height.
 *
 * <p>i2 input height, i3 width; i4 output height, i5 width; i6 kernel height, i7 width; i8 stride height, i9 width; i10 padding
 * height, i11 width; i12 whether padding counts.
 */
abstract class PoolingCode extends NormalizedActivationCode {
    final void pooling(int item, float[] p, float[] q, float[] r) {
        int from = item * i0;
        int to = min(i1, from + i0);
        if (op == Op.MAX_POOL) {
            for (int i = from; i < to; i++) {
                int plane = i / i5 / i4;
                int best = largestInWindow(pAt + plane * i2 * i3, i / i5 % i4, i % i5, p);
                q[qAt + i] = best < 0 ? Float.NEGATIVE_INFINITY : p[best];
            }
        }
        if (op == Op.MAX_POOL_BACKWARD) {
            for (int i = from; i < to; i++) {
                r[rAt + i] = maxGradient(i, p, q);
            }
        }
        if (op == Op.AVERAGE_POOL) {
            for (int i = from; i < to; i++) {
                q[qAt + i] = average(i, p);
            }
        }
        if (op == Op.AVERAGE_POOL_BACKWARD) {
            for (int i = from; i < to; i++) {
                q[qAt + i] = averageGradient(i, p);
            }
        }
        if (op == Op.ADAPTIVE_POOL) {
            adaptive(item, p, q);
        }
        if (op == Op.ADAPTIVE_BACKWARD_WIDTH) {
            adaptiveBackwardWidth(item, p, q);
        }
        if (op == Op.ADAPTIVE_BACKWARD_HEIGHT) {
            adaptiveBackwardHeight(item, p, q);
        }
    }

    /** Where the first largest element, or the first NaN, of an output's window lies; -1 if the window is empty. */
    @SuppressWarnings("IdentityBinaryExpression") // only a NaN differs from itself; Float.isNaN cannot be translated
    private int largestInWindow(int planeAt, int i, int j, float[] x) {
        int top = max(0, i * i8 - i10);
        int bottom = min(i2, i * i8 - i10 + i6);
        int left = max(0, j * i9 - i11);
        int right = min(i3, j * i9 - i11 + i7);
        int best = -1;
        float largest = 0;
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                int at = planeAt + row * i3 + column;
                float v = x[at];
                if (best < 0 || v > largest || (v != v && largest == largest)) {
                    best = at;
                    largest = v;
                }
            }
        }
        return best;
    }

    /** The first output whose window covers an input position, along one axis. */
    private int firstWindow(int position, int padding, int window, int stride) {
        int from = position + padding - window + 1;
        return from <= 0 ? 0 : (from + stride - 1) / stride;
    }

    private int lastWindow(int position, int padding, int stride, int outputs) {
        return min(outputs - 1, (position + padding) / stride);
    }

    private float maxGradient(int element, float[] x, float[] dy) {
        int plane = element / i3 / i2;
        int row = element / i3 % i2;
        int column = element % i3;
        int iLast = lastWindow(row, i10, i8, i4);
        int jFirst = firstWindow(column, i11, i7, i9);
        int jLast = lastWindow(column, i11, i9, i5);
        float sum = 0;
        for (int i = firstWindow(row, i10, i6, i8); i <= iLast; i++) {
            for (int j = jFirst; j <= jLast; j++) {
                if (largestInWindow(pAt + plane * i2 * i3, i, j, x) == pAt + element) {
                    sum += dy[qAt + (plane * i4 + i) * i5 + j];
                }
            }
        }
        return sum;
    }

    private float average(int element, float[] x) {
        int plane = element / i5 / i4;
        int i = element / i5 % i4;
        int j = element % i5;
        int top = max(0, i * i8 - i10);
        int bottom = min(i2, i * i8 - i10 + i6);
        int left = max(0, j * i9 - i11);
        int right = min(i3, j * i9 - i11 + i7);
        float sum = 0;
        for (int row = top; row < bottom; row++) {
            int at = pAt + (plane * i2 + row) * i3;
            for (int column = left; column < right; column++) {
                sum += x[at + column];
            }
        }
        return sum / divisor(i, j);
    }

    /** By how much an output's sum is divided: the pixels in its window, with or without those in the padding. */
    final int divisor(int i, int j) {
        int top = i * i8 - i10;
        int left = j * i9 - i11;
        return i12 == 1
                ? (min(top + i6, i2 + i10) - top) * (min(left + i7, i3 + i11) - left)
                : (min(top + i6, i2) - max(top, 0)) * (min(left + i7, i3) - max(left, 0));
    }

    private float averageGradient(int element, float[] dy) {
        int plane = element / i3 / i2;
        int row = element / i3 % i2;
        int column = element % i3;
        int iLast = lastWindow(row, i10, i8, i4);
        int jFirst = firstWindow(column, i11, i7, i9);
        int jLast = lastWindow(column, i11, i9, i5);
        float sum = 0;
        for (int i = firstWindow(row, i10, i6, i8); i <= iLast; i++) {
            for (int j = jFirst; j <= jLast; j++) {
                sum += dy[pAt + (plane * i4 + i) * i5 + j] / divisor(i, j);
            }
        }
        return sum;
    }

    /** An item computes i6 pixels of one row of the output; i1 counts the rows of all planes. */
    private void adaptive(int item, float[] x, float[] y) {
        int blocks = (i5 + i6 - 1) / i6;
        int row = item / blocks;
        if (row < i1) {
            int plane = row / i4;
            int i = row - plane * i4;
            int top = i * i2 / i4;
            int bottom = ((i + 1) * i2 + i4 - 1) / i4;
            int from = (item - row * blocks) * i6;
            int to = min(i5, from + i6);
            for (int j = from; j < to; j++) {
                int left = j * i3 / i5;
                int right = ((j + 1) * i3 + i5 - 1) / i5;
                float total = 0;
                for (int r = top; r < bottom; r++) {
                    int at = pAt + (plane * i2 + r) * i3;
                    if (right - left > 64) {
                        total += (float) sum(right - left, x, at + left);
                    } else {
                        for (int column = left; column < right; column++) {
                            total += x[at + column];
                        }
                    }
                }
                y[qAt + row * i5 + j] = total / ((bottom - top) * (right - left));
            }
        }
    }

    /** The adjoint along the width: an item spreads one row of dy {@code [planes, output height, output width]} over input width. */
    private void adaptiveBackwardWidth(int item, float[] dy, float[] rows) {
        if (item < i1) {
            int at = qAt + item * i3;
            for (int column = 0; column < i3; column++) {
                rows[at + column] = 0;
            }
            for (int j = 0; j < i5; j++) {
                int left = j * i3 / i5;
                int right = ((j + 1) * i3 + i5 - 1) / i5;
                float share = dy[pAt + item * i5 + j] / (right - left);
                for (int column = left; column < right; column++) {
                    rows[at + column] = rows[at + column] + share;
                }
            }
        }
    }

    /** The adjoint along the height: i6 columns of one row of dx gather from the rows whose windows cover it. */
    final void adaptiveBackwardHeight(int item, float[] rows, float[] dx) {
        int blocks = (i3 + i6 - 1) / i6;
        int row = item / blocks;
        if (row < i1) {
            int plane = row / i2;
            int h = row - plane * i2;
            int from = (item - row * blocks) * i6;
            int to = min(i3, from + i6);
            int first = h * i4 / i2;
            int last = ((h + 1) * i4 - 1) / i2;
            for (int column = from; column < to; column++) {
                dx[qAt + row * i3 + column] = 0;
            }
            for (int i = first; i <= last; i++) {
                int height = ((i + 1) * i2 + i4 - 1) / i4 - i * i2 / i4;
                float share = 1f / height;
                int at = pAt + (plane * i4 + i) * i3;
                for (int column = from; column < to; column++) {
                    dx[qAt + row * i3 + column] = dx[qAt + row * i3 + column] + share * rows[at + column];
                }
            }
        }
    }
}
