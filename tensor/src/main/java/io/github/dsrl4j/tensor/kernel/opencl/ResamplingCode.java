package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Resizing. The source position of an output index is a fraction of whole numbers, {@code low + rest / scale}, with
 * {@code numerator = low scale + rest}: {@code i (in - 1)} over {@code out - 1} with aligned corners, {@code (2 i + 1) in - out} over
 * {@code 2 out} without; so nothing is rounded before the last step.
 *
 * <p>i0 planes; i1 input height, i2 width; i3 output height, i4 width; i5 columns of a work item; i6 whether corners are aligned.
 */
abstract class ResamplingCode extends PoolingCode {
    final void resampling(int item, float[] p, float[] q) {
        if (op == Op.BILINEAR) {
            bilinear(item, p, q);
        }
        if (op == Op.BILINEAR_BACKWARD_WIDTH) {
            backwardWidth(item, p, q);
        }
        if (op == Op.BILINEAR_BACKWARD_HEIGHT) {
            backwardHeight(item, p, q);
        }
        if (op == Op.NEAREST) {
            nearest(item, p, q);
        }
        if (op == Op.NEAREST_BACKWARD) {
            nearestBackward(item, p, q);
        }
    }

    /** By what the source position is divided. */
    final int positionScale(int out) {
        return i6 == 1 ? max(out - 1, 1) : 2 * out;
    }

    /** By how much the numerator grows from one output index to the next. */
    final int positionStep(int in, int out) {
        return i6 == 1 ? (out == 1 ? 0 : in - 1) : 2 * in;
    }

    final int positionStart(int in, int out) {
        return i6 == 1 ? 0 : in - out;
    }

    /** A piece of one row of the output. */
    private void bilinear(int item, float[] x, float[] y) {
        int blocks = (i4 + i5 - 1) / i5;
        int row = item / blocks;
        if (row < i0 * i3) {
            int plane = row / i3;
            int i = row - plane * i3;
            int numerator = max(0, positionStart(i1, i3) + i * positionStep(i1, i3));
            int low = min(numerator / positionScale(i3), i1 - 1);
            float share = (numerator - low * positionScale(i3)) / (float) positionScale(i3);
            int upper = pAt + (plane * i1 + low) * i2;
            int lower = pAt + (plane * i1 + min(low + 1, i1 - 1)) * i2;
            int from = (item - row * blocks) * i5;
            mixRow(from, min(i4, from + i5), share, x, y, upper, lower, qAt + row * i4);
        }
    }

    private void mixRow(int from, int to, float share, float[] x, float[] y, int upper, int lower, int yAt) {
        int scale = positionScale(i4);
        int step = positionStep(i2, i4);
        float inverse = 1f / scale;
        int numerator = positionStart(i2, i4) + from * step;
        int low = max(0, numerator) / scale;
        int rest = numerator - low * scale;
        for (int j = from; j < to; j++) {
            int left = min(low, i2 - 1);
            int right = min(low + 1, i2 - 1);
            float f = max(0, rest) * inverse;
            float above = (1f - f) * x[upper + left] + f * x[upper + right];
            float below = (1f - f) * x[lower + left] + f * x[lower + right];
            y[yAt + j] = (1f - share) * above + share * below;
            rest = rest + step;
            while (rest >= scale) {
                rest = rest - scale;
                low = low + 1;
            }
        }
    }

    /** The adjoint along the width: an item turns one row of dy {@code [planes, output height, output width]} into one of input width. */
    private void backwardWidth(int item, float[] dy, float[] rows) {
        if (item < i0 * i3) {
            int at = qAt + item * i2;
            for (int column = 0; column < i2; column++) {
                rows[at + column] = 0;
            }
            int scale = positionScale(i4);
            int step = positionStep(i2, i4);
            float inverse = 1f / scale;
            int low = 0;
            int rest = positionStart(i2, i4);
            while (rest >= scale) {
                rest = rest - scale;
                low = low + 1;
            }
            for (int j = 0; j < i4; j++) {
                int left = min(low, i2 - 1);
                int right = min(low + 1, i2 - 1);
                float f = max(0, rest) * inverse;
                float d = dy[pAt + item * i4 + j];
                rows[at + left] = rows[at + left] + (1f - f) * d;
                rows[at + right] = rows[at + right] + f * d;
                rest = rest + step;
                while (rest >= scale) {
                    rest = rest - scale;
                    low = low + 1;
                }
            }
        }
    }

    /** The adjoint along the height, for a piece of one row of dx: it gathers from the rows that have a share of it. */
    private void backwardHeight(int item, float[] rows, float[] dx) {
        int blocks = (i2 + i5 - 1) / i5;
        int row = item / blocks;
        if (row < i0 * i1) {
            int plane = row / i1;
            int h = row - plane * i1;
            int from = (item - row * blocks) * i5;
            int to = min(i2, from + i5);
            for (int column = from; column < to; column++) {
                dx[qAt + row * i2 + column] = 0;
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
                    int at = pAt + (plane * i3 + i) * i2;
                    for (int column = from; column < to; column++) {
                        dx[qAt + row * i2 + column] = dx[qAt + row * i2 + column] + weight * rows[at + column];
                    }
                }
            }
        }
    }

    private void nearest(int item, float[] x, float[] y) {
        int blocks = (i4 + i5 - 1) / i5;
        int row = item / blocks;
        if (row < i0 * i3) {
            int plane = row / i3;
            int i = row - plane * i3;
            int at = pAt + (plane * i1 + i * i1 / i3) * i2;
            int from = (item - row * blocks) * i5;
            int to = min(i4, from + i5);
            for (int j = from; j < to; j++) {
                y[qAt + row * i4 + j] = x[at + j * i2 / i4];
            }
        }
    }

    private void nearestBackward(int item, float[] dy, float[] dx) {
        int blocks = (i2 + i5 - 1) / i5;
        int row = item / blocks;
        if (row < i0 * i1) {
            int plane = row / i1;
            int h = row - plane * i1;
            int top = (h * i3 + i1 - 1) / i1;
            int bottom = ((h + 1) * i3 + i1 - 1) / i1;
            int from = (item - row * blocks) * i5;
            int to = min(i2, from + i5);
            for (int column = from; column < to; column++) {
                int left = (column * i4 + i2 - 1) / i2;
                int right = ((column + 1) * i4 + i2 - 1) / i2;
                float sum = 0;
                for (int i = top; i < bottom; i++) {
                    for (int j = left; j < right; j++) {
                        sum += dy[pAt + (plane * i3 + i) * i4 + j];
                    }
                }
                dx[qAt + row * i2 + column] = sum;
            }
        }
    }
}
