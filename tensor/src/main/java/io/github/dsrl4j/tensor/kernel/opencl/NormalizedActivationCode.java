package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Batch normalisation, a sum and PReLU at once, for processors: a work item handles one channel of one part of x in all images, while
 * it is in the cache.
 *
 * <p>i0 batch, i1 channels of the part, i2 area, i3 channels of all parts, i4 where the part's begin; f0 epsilon. Of the operands per
 * channel, those of the part begin where they are said to lie.
 */
abstract class NormalizedActivationCode extends NormalizationCode {
    final void normalizedActivation(
            int item,
            float[] p,
            float[] q,
            float[] r,
            float[] s,
            float[] t,
            float[] u,
            float[] v,
            float[] w,
            float[] k,
            float[] l,
            float[] m,
            float[] n,
            float[] o) {
        if (op == Op.ACTIVATE && item < i1) {
            double mean = channelSum(SUMS, item, 0, i0 * i2, 0f, p, p, pAt, pAt) / (i0 * i2);
            double squares = channelSum(SQUARES, item, 0, i0 * i2, (float) mean, p, p, pAt, pAt);
            q[qAt + item] = (float) mean;
            r[rAt + item] = (float) (squares / (i0 * i2));
            float scale = s[sAt + item] * inverseDeviation(item, r);
            float slope = vAt < 0 ? 1f : v[vAt + item];
            for (int image = 0; image < i0; image++) {
                int zAt = (image * i3 + i4 + item) * i2;
                activateRow((float) mean, scale, t[tAt + item], slope, p, u, w, pAt + (image * i1 + item) * i2, zAt);
            }
        }
        if (op == Op.ACTIVATE_BACKWARD && item < i1) {
            backwardOfChannel(item, p, q, r, s, t, u, v, w, k, l, m, n, o);
        }
    }

    private void activateRow(
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            float[] residual,
            float[] z,
            int xAt,
            int zAt) {
        if (uAt < 0) {
            for (int j = 0; j < i2; j++) {
                float y = (x[xAt + j] - mean) * scale + bias;
                z[wAt + zAt + j] = y > 0 ? y : slope * y;
            }
        } else {
            for (int j = 0; j < i2; j++) {
                float y = (x[xAt + j] - mean) * scale + bias + residual[uAt + zAt + j];
                z[wAt + zAt + j] = y > 0 ? y : slope * y;
            }
        }
    }

    /** Operands: x, mean, variance, weight, bias, residual, slope, dz; dx, dresidual, dweight, dbias, dslope. */
    private void backwardOfChannel(
            int channel,
            float[] x,
            float[] mean,
            float[] variance,
            float[] weight,
            float[] bias,
            float[] residual,
            float[] slope,
            float[] dz,
            float[] dx,
            float[] dresidual,
            float[] dweight,
            float[] dbias,
            float[] dslope) {
        float centre = mean[qAt + channel];
        float inverse = inverseDeviation(channel, variance);
        float scale = weight[sAt + channel] * inverse;
        float shift = bias[tAt + channel];
        float a = vAt < 0 ? 1f : slope[vAt + channel];
        float[] dps = new float[8];
        float[] products = new float[8];
        float[] slopes = new float[8];
        double sum = 0;
        double product = 0;
        double slopeSum = 0;
        for (int image = 0; image < i0; image++) {
            int at = pAt + (image * i1 + channel) * i2;
            int zAt = (image * i3 + i4 + channel) * i2;
            int j = 0;
            while (j + 8 <= i2) {
                for (int e = 0; e < 8; e++) {
                    dps[e] = 0;
                    products[e] = 0;
                    slopes[e] = 0;
                }
                int end = min(i2 - 7, j + 256);
                while (j < end) {
                    for (int e = 0; e < 8; e++) {
                        float d = x[at + j + e] - centre;
                        float y = d * scale + shift + (uAt < 0 ? 0f : residual[uAt + zAt + j + e]);
                        float z = dz[wAt + zAt + j + e];
                        float dp = y > 0 ? z : a * z;
                        dps[e] = dps[e] + dp;
                        products[e] = products[e] + dp * d;
                        slopes[e] = slopes[e] + (y > 0 ? 0f : z * y);
                    }
                    j = j + 8;
                }
                for (int e = 0; e < 8; e++) {
                    sum += dps[e];
                    product += products[e];
                    slopeSum += slopes[e];
                }
            }
            while (j < i2) {
                float d = x[at + j] - centre;
                float y = d * scale + shift + (uAt < 0 ? 0f : residual[uAt + zAt + j]);
                float z = dz[wAt + zAt + j];
                float dp = y > 0 ? z : a * z;
                sum += dp;
                product += dp * d;
                slopeSum += y > 0 ? 0f : z * y;
                j = j + 1;
            }
        }
        dweight[mAt + channel] = (float) (product * inverse);
        dbias[nAt + channel] = (float) sum;
        if (oAt >= 0) {
            dslope[oAt + channel] = (float) slopeSum;
        }
        float meanDp = (float) (sum / (i0 * i2));
        float meanProduct = (float) (product / (i0 * i2)) * inverse * inverse;
        for (int image = 0; image < i0; image++) {
            int at = (image * i1 + channel) * i2;
            int zAt = (image * i3 + i4 + channel) * i2;
            int j = 0;
            // Eight at a time are read before any is written, as dx may be the memory of x, and dresidual that of dz.
            while (j + 8 <= i2) {
                for (int e = 0; e < 8; e++) {
                    float d = x[pAt + at + j + e] - centre;
                    float y = d * scale + shift + (uAt < 0 ? 0f : residual[uAt + zAt + j + e]);
                    float z = dz[wAt + zAt + j + e];
                    dps[e] = y > 0 ? z : a * z;
                    products[e] = scale * (dps[e] - meanDp - d * meanProduct);
                }
                if (lAt >= 0) {
                    for (int e = 0; e < 8; e++) {
                        dresidual[lAt + zAt + j + e] = dps[e];
                    }
                }
                for (int e = 0; e < 8; e++) {
                    dx[kAt + at + j + e] = products[e];
                }
                j = j + 8;
            }
            while (j < i2) {
                float d = x[pAt + at + j] - centre;
                float y = d * scale + shift + (uAt < 0 ? 0f : residual[uAt + zAt + j]);
                float z = dz[wAt + zAt + j];
                float dp = y > 0 ? z : a * z;
                if (lAt >= 0) {
                    dresidual[lAt + zAt + j] = dp;
                }
                dx[kAt + at + j] = scale * (dp - meanDp - d * meanProduct);
                j = j + 1;
            }
        }
    }
}
