package io.github.dsrl4j.tensor.kernel.opencl;

/** One element at a time: a work item computes {@code i0} neighbouring ones of i1, a single one on a graphics processor. */
abstract class ElementwiseCode extends BinaryCode {
    final void elementwise(int item, float[] p, float[] q, float[] r, float[] s) {
        int from = item * i0;
        int to = min(i1, from + i0);
        if (op == Op.FILL) {
            fill(from, to, f0, p, pAt);
        }
        if (op == Op.AFFINE) {
            affine(from, to, f0, f1, p, q, pAt, qAt);
        }
        if (op == Op.ADD_SCALED) {
            addScaled(from, to, f0, p, q, pAt, qAt);
        }
        if (op == Op.PRELU) {
            prelu(from, to, i2, i3, p, q, r, pAt, qAt, rAt);
        }
        if (op == Op.PRELU_BACKWARD) {
            preluBackward(from, to, i2, i3, p, q, r, s, pAt, qAt, rAt, sAt);
        }
        if (op == Op.PRELU_SLOPE) {
            preluSlope(item, p, q, r, pAt, qAt, rAt);
        }
        if (op == Op.UNKNOWN_LABELS && from < to) {
            q[qAt + item] = unknownLabels(from, to, p);
        }
        if (op >= Op.BINARY && op < Op.BROADCAST) {
            binary(op - Op.BINARY, max(to - from, 0), p, q, r, pAt + from, 1, qAt + from, 1, rAt + from);
        }
        if (op >= Op.BROADCAST && op < Op.UNARY) {
            broadcast(op - Op.BROADCAST, from, to, p, q, r, pAt, qAt, rAt);
        }
        if (op >= Op.UNARY && op < Op.UNARY_BACKWARD) {
            unary(op - Op.UNARY, from, to, p, q, pAt, qAt);
        }
        if (op >= Op.UNARY_BACKWARD) {
            unaryBackward(op - Op.UNARY_BACKWARD, from, to, p, q, r, s, pAt, qAt, rAt, sAt);
        }
    }

    /** How many labels are neither below i2 nor i3. */
    private float unknownLabels(int from, int to, float[] labels) {
        float unknown = 0f;
        for (int i = from; i < to; i++) {
            float label = labels[pAt + i];
            int id = (int) label;
            int known = ((id >= 0 ? 1 : 0) & (id < i2 ? 1 : 0)) | (id == i3 ? 1 : 0);
            unknown += known == 1 && id == label ? 0f : 1f;
        }
        return unknown;
    }

    private void fill(int from, int to, float value, float[] y, int yAt) {
        for (int i = from; i < to; i++) {
            y[yAt + i] = value;
        }
    }

    private void affine(int from, int to, float scale, float shift, float[] x, float[] y, int xAt, int yAt) {
        for (int i = from; i < to; i++) {
            y[yAt + i] = scale * x[xAt + i] + shift;
        }
    }

    private void addScaled(int from, int to, float scale, float[] x, float[] y, int xAt, int yAt) {
        for (int i = from; i < to; i++) {
            y[yAt + i] = y[yAt + i] + scale * x[xAt + i];
        }
    }

    private void prelu(
            int from,
            int to,
            int channels,
            int area,
            float[] x,
            float[] slope,
            float[] y,
            int xAt,
            int slopeAt,
            int yAt) {
        int i = from;
        while (i < to) {
            int plane = i / area;
            int end = min(to, (plane + 1) * area);
            preluRow(i, end, slope[slopeAt + plane % channels], x, y, xAt, yAt);
            i = end;
        }
    }

    /** v where it is positive, else a v. */
    final void preluRow(int from, int to, float a, float[] x, float[] y, int xAt, int yAt) {
        for (int i = from; i < to; i++) {
            float v = x[xAt + i];
            y[yAt + i] = v > 0 ? v : a * v;
        }
    }

    private void preluBackward(
            int from,
            int to,
            int channels,
            int area,
            float[] x,
            float[] slope,
            float[] dy,
            float[] dx,
            int xAt,
            int slopeAt,
            int dyAt,
            int dxAt) {
        int i = from;
        while (i < to) {
            int plane = i / area;
            int end = min(to, (plane + 1) * area);
            float a = slope[slopeAt + plane % channels];
            for (int j = i; j < end; j++) {
                dx[dxAt + j] = x[xAt + j] > 0 ? dy[dyAt + j] : a * dy[dyAt + j];
            }
            i = end;
        }
    }

    /**
     * One of i6 partial sums of the gradient of a slope, over i5 of the {@code batch area = i4} elements of a channel; channels i2,
     * area i3. Partial sums are {@code [channels, i6]}.
     */
    private void preluSlope(int item, float[] x, float[] dy, float[] sums, int xAt, int dyAt, int sumsAt) {
        int channel = item / i6;
        if (channel < i2) {
            int piece = item - channel * i6;
            int j = piece * i5;
            int to = min(i4, j + i5);
            double sum = 0;
            while (j < to) {
                int image = j / i3;
                int within = j - image * i3;
                int count = min(i3 - within, to - j);
                int at = (image * i2 + channel) * i3 + within;
                sum += slopeRow(count, x, dy, xAt + at, dyAt + at);
                j = j + count;
            }
            sums[sumsAt + item] = (float) sum;
        }
    }

    private double slopeRow(int n, float[] x, float[] dy, int xAt, int dyAt) {
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
                    lanes[l] = lanes[l] + (x[xAt + i + l] > 0 ? 0f : dy[dyAt + i + l] * x[xAt + i + l]);
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < n) {
            total += x[xAt + i] > 0 ? 0f : dy[dyAt + i] * x[xAt + i];
            i = i + 1;
        }
        return total;
    }
}
