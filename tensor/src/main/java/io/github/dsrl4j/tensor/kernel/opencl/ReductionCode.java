package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Reductions of {@code [outer, length, inner]} along the middle dimension. A long one is cut into pieces, whose results form an
 * array {@code [outer, pieces, inner]} that is reduced again; the cut depends on the sizes alone, and so do the bits.
 *
 * <p>Sums run in 16 lanes of floats, 32 terms a lane, and from there in double precision.
 */
abstract class ReductionCode extends ElementwiseCode {
    /** i0 outer, i1 length, i2 inner, i3 pieces, i4 length of a piece. */
    final void reduction(int item, float[] p, float[] q, float[] r) {
        if (op == Op.SUM_ROWS) {
            sumRow(item, p, q, pAt, qAt);
        }
        if (op == Op.SUM_COLUMNS) {
            sumColumns(item, p, q, pAt, qAt);
        }
        if (op == Op.MAX_ROWS) {
            maxRow(item, p, q, pAt, qAt);
        }
        if (op == Op.MAX_COLUMNS) {
            maxColumns(item, p, q, pAt, qAt);
        }
        if (op == Op.ARG_MAX) {
            argMax(item, p, q, pAt, qAt);
        }
        if (op == Op.SQUARED_DIFFERENCE) {
            squaredDifference(item, p, q, r, pAt, qAt, rAt);
        }
        if (op == Op.SQUARED_NORM) {
            squaredNorm(item, p, q, pAt, qAt);
        }
    }

    /** Inner is 1: an item adds up one piece of a row. */
    private void sumRow(int item, float[] x, float[] y, int xAt, int yAt) {
        int row = item / i3;
        if (row < i0) {
            int from = (item - row * i3) * i4;
            int n = max(0, min(i4, i1 - from));
            y[yAt + item] = (float) sum(n, x, xAt + row * i1 + from);
        }
    }

    /** The sum of n neighbours. */
    final double sum(int n, float[] x, int xAt) {
        float[] lanes = new float[16];
        double total = 0;
        int i = 0;
        while (i + 16 <= n) {
            for (int l = 0; l < 16; l++) {
                lanes[l] = 0;
            }
            int end = min(n - 15, i + 512);
            while (i < end) {
                for (int l = 0; l < 16; l++) {
                    lanes[l] = lanes[l] + x[xAt + i + l];
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < n) {
            total += x[xAt + i];
            i = i + 1;
        }
        return total;
    }

    /** An item adds up a piece for 16 neighbouring columns, or a single one on a graphics processor (i5). */
    private void sumColumns(int item, float[] x, float[] y, int xAt, int yAt) {
        int blocks = (i2 + i5 - 1) / i5;
        int block = item % blocks;
        int piece = item / blocks % i3;
        int o = item / blocks / i3;
        if (o < i0) {
            int column = block * i5;
            int from = piece * i4;
            int to = min(i1, from + i4);
            int x0 = xAt + o * i1 * i2;
            int y0 = yAt + (o * i3 + piece) * i2;
            if (i5 == 16 && column + 16 <= i2) {
                sumLanes(from, to, x, y, x0 + column, y0 + column);
            } else {
                int end = min(i2, column + i5);
                for (int c = column; c < end; c++) {
                    double total = 0;
                    for (int k = from; k < to; k++) {
                        total += x[x0 + k * i2 + c];
                    }
                    y[y0 + c] = (float) total;
                }
            }
        }
    }

    private void sumLanes(int from, int to, float[] x, float[] y, int xAt, int yAt) {
        double[] lanes = new double[16];
        for (int l = 0; l < 16; l++) {
            lanes[l] = 0;
        }
        for (int k = from; k < to; k++) {
            int at = xAt + k * i2;
            for (int l = 0; l < 16; l++) {
                lanes[l] = lanes[l] + x[at + l];
            }
        }
        for (int l = 0; l < 16; l++) {
            y[yAt + l] = (float) lanes[l];
        }
    }

    private void maxRow(int item, float[] x, float[] y, int xAt, int yAt) {
        int row = item / i3;
        if (row < i0) {
            int from = (item - row * i3) * i4;
            int to = min(i1, from + i4);
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = from; k < to; k++) {
                largest = larger(largest, x[xAt + row * i1 + k]);
            }
            y[yAt + item] = largest;
        }
    }

    private void maxColumns(int item, float[] x, float[] y, int xAt, int yAt) {
        int column = item % i2;
        int piece = item / i2 % i3;
        int o = item / i2 / i3;
        if (o < i0) {
            int from = piece * i4;
            int to = min(i1, from + i4);
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = from; k < to; k++) {
                largest = larger(largest, x[xAt + (o * i1 + k) * i2 + column]);
            }
            y[yAt + item] = largest;
        }
    }

    /** The larger one; NaN if either is. */
    @SuppressWarnings("IdentityBinaryExpression") // only a NaN differs from itself; Float.isNaN cannot be translated
    final float larger(float a, float b) {
        return a != a ? a : (b != b ? b : (a > b ? a : b));
    }

    private void argMax(int item, float[] x, float[] y, int xAt, int yAt) {
        int from = item * i3;
        int to = min(i0 * i2, from + i3);
        for (int i = from; i < to; i++) {
            int o = i / i2;
            int at = xAt + o * i1 * i2 + (i - o * i2);
            int best = 0;
            float largest = x[at];
            for (int k = 1; k < i1; k++) {
                float v = x[at + k * i2];
                if (v > largest) {
                    largest = v;
                    best = k;
                }
            }
            y[yAt + i] = best;
        }
    }

    private void squaredDifference(int item, float[] a, float[] b, float[] y, int aAt, int bAt, int yAt) {
        int from = item * i4;
        int to = min(i1, from + i4);
        float[] lanes = new float[16];
        double total = 0;
        int i = from;
        while (i + 16 <= to) {
            for (int l = 0; l < 16; l++) {
                lanes[l] = 0;
            }
            int end = min(to - 15, i + 512);
            while (i < end) {
                for (int l = 0; l < 16; l++) {
                    float d = a[aAt + i + l] - b[bAt + i + l];
                    lanes[l] = lanes[l] + d * d;
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < to) {
            float d = a[aAt + i] - b[bAt + i];
            total += d * d;
            i = i + 1;
        }
        if (item < i3) {
            y[yAt + item] = (float) total;
        }
    }

    private void squaredNorm(int item, float[] x, float[] y, int xAt, int yAt) {
        int from = item * i4;
        int to = min(i1, from + i4);
        float[] lanes = new float[16];
        double total = 0;
        int i = from;
        while (i + 16 <= to) {
            for (int l = 0; l < 16; l++) {
                lanes[l] = 0;
            }
            int end = min(to - 15, i + 512);
            while (i < end) {
                for (int l = 0; l < 16; l++) {
                    lanes[l] = lanes[l] + x[xAt + i + l] * x[xAt + i + l];
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < to) {
            total += x[xAt + i] * x[xAt + i];
            i = i + 1;
        }
        if (item < i3) {
            y[yAt + item] = (float) total;
        }
    }
}
