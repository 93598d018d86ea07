package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Bilinear resizing on a processor: a work item has several rows, for which it works out once where the columns come from.
 *
 * <p>Numbers as of {@link ResamplingCode}, but i5 rows of a work item.
 */
abstract class ResamplingRowsCode extends AffinityTileCode {
    final void resamplingRows(int item, float[] p, float[] q) {
        if (op == Op.BILINEAR_ROWS) {
            bilinearRows(item * i5, min(i0 * i3, item * i5 + i5), p, q);
        }
        if (op == Op.BILINEAR_ROWS_BACKWARD_HEIGHT) {
            int to = min(i0 * i1, item * i5 + i5);
            for (int row = item * i5; row < to; row++) {
                gatherHeight(row, p, q);
            }
        }
        if (op == Op.BILINEAR_ROWS_BACKWARD_WIDTH) {
            int to = min(i0 * i1, item * i5 + i5);
            for (int row = item * i5; row < to; row++) {
                gatherWidth(pAt + row * i4, qAt + row * i2, p, q);
            }
        }
    }

    /** 64 columns at a time, for all rows: first the two rows of x are mixed, then their neighbours in the mixture. */
    private void bilinearRows(int firstRow, int endRow, float[] x, float[] y) {
        int[] lefts = new int[64];
        float[] shares = new float[64];
        float[] mixed = new float[160];
        int scale = positionScale(i4);
        int step = positionStep(i2, i4);
        float inverse = 1f / scale;
        for (int from = 0; from < i4; from += 64) {
            int count = min(64, i4 - from);
            int numerator = positionStart(i2, i4) + from * step;
            int low = max(0, numerator) / scale;
            int rest = numerator - low * scale;
            int start = min(low, i2 - 1);
            for (int j = 0; j < count; j++) {
                lefts[j] = min(low, i2 - 1) - start;
                shares[j] = max(0, rest) * inverse;
                rest = rest + step;
                while (rest >= scale) {
                    rest = rest - scale;
                    low = low + 1;
                }
            }
            int span = min(lefts[count - 1] + 2, i2 - start);
            int last = i2 - 1 - start;
            for (int row = firstRow; row < endRow; row++) {
                int plane = row / i3;
                int i = row - plane * i3;
                int rowNumerator = max(0, positionStart(i1, i3) + i * positionStep(i1, i3));
                int rowLow = min(rowNumerator / positionScale(i3), i1 - 1);
                float share = (rowNumerator - rowLow * positionScale(i3)) / (float) positionScale(i3);
                int upper = pAt + (plane * i1 + rowLow) * i2 + start;
                int lower = pAt + (plane * i1 + min(rowLow + 1, i1 - 1)) * i2 + start;
                int to = qAt + row * i4 + from;
                if (span < 160) {
                    for (int c = 0; c < span; c++) {
                        mixed[c] = (1f - share) * x[upper + c] + share * x[lower + c];
                    }
                    mixed[span] = mixed[span - 1];
                    for (int j = 0; j < count; j++) {
                        float f = shares[j];
                        int left = lefts[j];
                        y[to + j] = (1f - f) * mixed[left] + f * mixed[left + 1];
                    }
                } else {
                    for (int j = 0; j < count; j++) {
                        float f = shares[j];
                        int left = lefts[j];
                        int right = min(left + 1, last);
                        float above = (1f - f) * x[upper + left] + f * x[upper + right];
                        float below = (1f - f) * x[lower + left] + f * x[lower + right];
                        y[to + j] = (1f - share) * above + share * below;
                    }
                }
            }
        }
    }

    /** The adjoint along the height: one row {@code [planes, input height, output width]} gathers from those of dy. */
    private void gatherHeight(int row, float[] dy, float[] rows) {
        int plane = row / i1;
        int h = row - plane * i1;
        int target = qAt + row * i4;
        for (int column = 0; column < i4; column++) {
            rows[target + column] = 0;
        }
        int scale = positionScale(i3);
        int step = max(1, positionStep(i1, i3));
        int start = positionStart(i1, i3);
        int first = max(0, ((h - 1) * scale - start) / step - 1);
        int last = h >= i1 - 1 ? i3 - 1 : min(i3 - 1, ((h + 1) * scale - start) / step + 1);
        for (int i = first; i <= last; i++) {
            int numerator = max(0, start + i * positionStep(i1, i3));
            int low = min(numerator / scale, i1 - 1);
            float share = (numerator - low * scale) / (float) scale;
            float weight = low == h ? 1f - share : 0f;
            weight = weight + (min(low + 1, i1 - 1) == h ? share : 0f);
            if (low == h || low + 1 == h) {
                int at = pAt + (plane * i3 + i) * i4;
                for (int column = 0; column < i4; column++) {
                    rows[target + column] = rows[target + column] + weight * dy[at + column];
                }
            }
        }
    }

    /** The adjoint along the width, of one row: the sums of a column and the next are at hand while it goes on. */
    private void gatherWidth(int at, int target, float[] rows, float[] dx) {
        int scale = positionScale(i4);
        int step = positionStep(i2, i4);
        float inverse = 1f / scale;
        int low = 0;
        int rest = positionStart(i2, i4);
        while (rest >= scale) {
            rest = rest - scale;
            low = low + 1;
        }
        int column = 0;
        float here = 0f;
        float next = 0f;
        for (int j = 0; j < i4; j++) {
            int left = min(low, i2 - 1);
            while (column < left) {
                dx[target + column] = here;
                here = next;
                next = 0f;
                column++;
            }
            float f = max(0, rest) * inverse;
            float d = rows[at + j];
            here += (1f - f) * d;
            if (left < i2 - 1) {
                next += f * d;
            } else {
                here += f * d;
            }
            rest = rest + step;
            while (rest >= scale) {
                rest = rest - scale;
                low = low + 1;
            }
        }
        while (column < i2) {
            dx[target + column] = here;
            here = next;
            next = 0f;
            column++;
        }
    }
}
