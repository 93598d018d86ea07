package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Batch normalisation of {@code [batch, channels, area]}. A work item handles a whole channel where there are channels enough to keep
 * all cores busy. Otherwise, and always on a graphics processor, the {@code batch area} elements of a channel are cut into pieces:
 * first come partial sums {@code [channels, pieces]}, then a second launch that uses their totals.
 *
 * <p>i0 batch, i1 channels, i2 area, i3 pieces, i4 length of a piece; f0 epsilon.
 */
abstract class NormalizationCode extends SoftmaxCode {
    /** Sums of x. */
    static final int SUMS = 0;

    /** Sums of the squared distance of x from a number. */
    static final int SQUARES = 1;

    /** Sums of dy times the distance of x from a number. */
    private static final int PRODUCTS = 2;

    final void normalization(
            int item, float[] p, float[] q, float[] r, float[] s, float[] t, float[] u, float[] v, float[] w) {
        int channel = item / i3;
        if (channel < i1) {
            int from = (item - channel * i3) * i4;
            int to = min(i0 * i2, from + i4);
            if (op == Op.STATISTICS) {
                double mean = channelSum(SUMS, channel, from, to, 0f, p, p, pAt, pAt) / (i0 * i2);
                double squares = channelSum(SQUARES, channel, from, to, (float) mean, p, p, pAt, pAt);
                q[qAt + channel] = (float) mean;
                r[rAt + channel] = (float) (squares / (i0 * i2));
            }
            if (op == Op.CHANNEL_SUMS) {
                q[qAt + item] = (float) channelSum(SUMS, channel, from, to, 0f, p, p, pAt, pAt);
            }
            if (op == Op.CHANNEL_SQUARES) {
                q[qAt + item] = (float) channelSum(SQUARES, channel, from, to, r[rAt + channel], p, p, pAt, pAt);
            }
            if (op == Op.NORMALIZE_BACKWARD) {
                v[vAt + channel] = (float) (channelSum(PRODUCTS, channel, from, to, q[qAt + channel], p, t, pAt, tAt)
                        * inverseDeviation(channel, r));
                w[wAt + channel] = (float) channelSum(SUMS, channel, from, to, 0f, t, t, tAt, tAt);
                for (int image = 0; image < i0; image++) {
                    int at = (image * i1 + channel) * i2;
                    dxRow(at, at + i2, channel, p, q, r, s, t, u, v, w);
                }
            }
            if (op == Op.NORMALIZE_SUMS) {
                u[uAt + item] = (float) channelSum(PRODUCTS, channel, from, to, q[qAt + channel], p, t, pAt, tAt);
                u[uAt + i1 * i3 + item] = (float) channelSum(SUMS, channel, from, to, 0f, t, t, tAt, tAt);
            }
        }
        if (op == Op.CHANNEL_MEANS && item < i1) {
            q[qAt + item] = (float) (sum(i3, p, pAt + item * i3) / (i0 * i2));
        }
        if (op == Op.NORMALIZE_TOTALS && item < i1) {
            v[vAt + item] = (float) (sum(i3, u, uAt + item * i3) * inverseDeviation(item, r));
            w[wAt + item] = (float) sum(i3, u, uAt + (i1 + item) * i3);
        }
        if (op == Op.FOLLOW) {
            int from = item * i4;
            int to = min(i1, from + i4);
            for (int c = from; c < to; c++) {
                r[rAt + c] = f0 * r[rAt + c] + f1 * p[pAt + c];
                s[sAt + c] = f0 * s[sAt + c] + f2 * q[qAt + c];
            }
        }
        if (op == Op.NORMALIZE) {
            normalize(item, p, q, r, s, t, u);
        }
        if (op == Op.NORMALIZE_DX) {
            dx(item, p, q, r, s, t, u, v, w);
        }
    }

    final float inverseDeviation(int channel, float[] variance) {
        return 1f / sqrt(variance[rAt + channel] + f0);
    }

    /** The sum over elements {@code from} to {@code to} of a channel, which are counted through all images. */
    final double channelSum(
            int what, int channel, int from, int to, float centre, float[] x, float[] dy, int xAt, int dyAt) {
        double sum = 0;
        int i = from;
        while (i < to) {
            int image = i / i2;
            int within = i - image * i2;
            int count = min(i2 - within, to - i);
            int at = (image * i1 + channel) * i2 + within;
            if (what == SUMS) {
                sum += sum(count, x, xAt + at);
            }
            if (what == SQUARES) {
                sum += squares(count, centre, x, xAt + at);
            }
            if (what == PRODUCTS) {
                sum += products(count, centre, x, dy, xAt + at, dyAt + at);
            }
            i = i + count;
        }
        return sum;
    }

    private double squares(int n, float centre, float[] x, int xAt) {
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
                    float d = x[xAt + i + l] - centre;
                    lanes[l] = lanes[l] + d * d;
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < n) {
            float d = x[xAt + i] - centre;
            total += d * d;
            i = i + 1;
        }
        return total;
    }

    private double products(int n, float centre, float[] x, float[] dy, int xAt, int dyAt) {
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
                    lanes[l] = lanes[l] + dy[dyAt + i + l] * (x[xAt + i + l] - centre);
                }
                i = i + 16;
            }
            for (int l = 0; l < 16; l++) {
                total += lanes[l];
            }
        }
        while (i < n) {
            total += dy[dyAt + i] * (x[xAt + i] - centre);
            i = i + 1;
        }
        return total;
    }

    /** i5 neighbouring elements of i6: {@code (x - mean) scale + bias}. */
    private void normalize(
            int item, float[] x, float[] mean, float[] variance, float[] weight, float[] bias, float[] y) {
        int i = item * i5;
        int to = min(i6, i + i5);
        while (i < to) {
            int plane = i / i2;
            int channel = plane % i1;
            int end = min(to, (plane + 1) * i2);
            float m = mean[qAt + channel];
            float scale = weight[sAt + channel] * inverseDeviation(channel, variance);
            float b = bias[tAt + channel];
            for (int j = i; j < end; j++) {
                y[uAt + j] = (x[pAt + j] - m) * scale + b;
            }
            i = end;
        }
    }

    /** Elements {@code from} to {@code to} of a channel of one image; i7 says whether the statistics are functions of x. */
    private void dxRow(
            int from,
            int to,
            int channel,
            float[] x,
            float[] mean,
            float[] variance,
            float[] weight,
            float[] dy,
            float[] dx,
            float[] dweight,
            float[] dbias) {
        float m = mean[qAt + channel];
        float inverse = inverseDeviation(channel, variance);
        float scale = weight[sAt + channel] * inverse;
        float meanDy = i7 == 1 ? dbias[wAt + channel] / (i0 * i2) : 0f;
        float meanProduct = i7 == 1 ? dweight[vAt + channel] / (i0 * i2) * inverse : 0f;
        for (int j = from; j < to; j++) {
            dx[uAt + j] = scale * (dy[tAt + j] - meanDy - (x[pAt + j] - m) * meanProduct);
        }
    }

    /** i5 neighbouring elements of i6. */
    private void dx(
            int item,
            float[] x,
            float[] mean,
            float[] variance,
            float[] weight,
            float[] dy,
            float[] dx,
            float[] dweight,
            float[] dbias) {
        int i = item * i5;
        int to = min(i6, i + i5);
        while (i < to) {
            int plane = i / i2;
            int end = min(to, (plane + 1) * i2);
            dxRow(i, end, plane % i1, x, mean, variance, weight, dy, dx, dweight, dbias);
            i = end;
        }
    }
}
