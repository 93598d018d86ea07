package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Softmax and cross entropy along the classes of {@code [outer, classes, inner]}. A work item handles i0 neighbouring positions of
 * i1; where the classes of 16 positions lie side by side, it takes 16 at a time, else one.
 */
abstract class SoftmaxCode extends UpdateCode {
    /** i2 classes, i3 inner, i4 the label to ignore. */
    final void softmax(int item, float[] p, float[] q, float[] r, float[] s, float[] t) {
        int to = min(i1, item * i0 + i0);
        int i = item * i0;
        double loss = 0;
        double weights = 0;
        while (i < to) {
            int o = i / i3;
            int within = i - o * i3;
            int width = within + 16 <= i3 && i + 16 <= to ? 16 : 1;
            int first = o * i2 * i3 + within;
            if (op == Op.SOFTMAX_FORWARD || op == Op.LOG_SOFTMAX_FORWARD) {
                if (width == 16) {
                    forward16(p, q, pAt + first, qAt + first);
                } else {
                    forward1(p, q, pAt + first, qAt + first);
                }
            }
            if (op == Op.SOFTMAX_BACKWARD || op == Op.LOG_SOFTMAX_BACKWARD) {
                for (int l = 0; l < width; l++) {
                    backward1(p, q, r, pAt + first + l, qAt + first + l, rAt + first + l);
                }
            }
            if (op == Op.CROSS_ENTROPY_FORWARD) {
                if (width == 16) {
                    loss += losses16(p, q, r, pAt + first, qAt + i, rAt);
                    weights += weights16(q, r, qAt + i, rAt);
                } else {
                    int label = (int) q[qAt + i];
                    if (label != i4) {
                        float weight = rAt < 0 ? 1f : r[rAt + label];
                        float largest = largest(p, pAt + first);
                        float logarithm = log(sumOfExponentials(largest, p, pAt + first));
                        loss += weight * (logarithm + (largest - p[pAt + first + label * i3]));
                        weights += weight;
                    }
                }
            }
            if (op == Op.CROSS_ENTROPY_BACKWARD) {
                if (width == 16) {
                    crossEntropyBackward16(t[tAt], p, q, r, s, pAt + first, qAt + i, rAt, sAt + first);
                } else {
                    crossEntropyBackward1(t[tAt], p, q, r, s, pAt + first, qAt + i, rAt, sAt + first);
                }
            }
            i = i + width;
        }
        if (op == Op.CROSS_ENTROPY_INVERSE && item == 0) {
            p[pAt + 2] = p[pAt + 1] == 0 ? 0f : 1f / p[pAt + 1];
        }
        if (op == Op.CROSS_ENTROPY_FORWARD && item < i5) {
            s[sAt + item] = (float) loss;
            s[sAt + i5 + item] = (float) weights;
        }
    }

    private float largest(float[] x, int at) {
        float largest = x[at];
        for (int c = 1; c < i2; c++) {
            float v = x[at + c * i3];
            largest = v > largest ? v : largest;
        }
        return largest;
    }

    private float sumOfExponentials(float largest, float[] x, int at) {
        float sum = 0;
        for (int c = 0; c < i2; c++) {
            sum += exp(x[at + c * i3] - largest);
        }
        return sum;
    }

    private void forward1(float[] x, float[] y, int xAt, int yAt) {
        float largest = largest(x, xAt);
        float sum = sumOfExponentials(largest, x, xAt);
        float logarithm = log(sum);
        for (int c = 0; c < i2; c++) {
            float v = x[xAt + c * i3] - largest;
            y[yAt + c * i3] = op == Op.SOFTMAX_FORWARD ? exp(v) / sum : v - logarithm;
        }
    }

    private void forward16(float[] x, float[] y, int xAt, int yAt) {
        float[] largest = new float[16];
        float[] sum = new float[16];
        for (int l = 0; l < 16; l++) {
            largest[l] = x[xAt + l];
            sum[l] = 0;
        }
        for (int c = 1; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                largest[l] = x[xAt + c * i3 + l] > largest[l] ? x[xAt + c * i3 + l] : largest[l];
            }
        }
        for (int c = 0; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                sum[l] = sum[l] + exp(x[xAt + c * i3 + l] - largest[l]);
            }
        }
        if (op == Op.SOFTMAX_FORWARD) {
            for (int c = 0; c < i2; c++) {
                for (int l = 0; l < 16; l++) {
                    y[yAt + c * i3 + l] = exp(x[xAt + c * i3 + l] - largest[l]) / sum[l];
                }
            }
        } else {
            for (int l = 0; l < 16; l++) {
                sum[l] = log(sum[l]);
            }
            for (int c = 0; c < i2; c++) {
                for (int l = 0; l < 16; l++) {
                    y[yAt + c * i3 + l] = x[xAt + c * i3 + l] - largest[l] - sum[l];
                }
            }
        }
    }

    private void backward1(float[] y, float[] dy, float[] dx, int yAt, int dyAt, int dxAt) {
        double sum = 0;
        for (int c = 0; c < i2; c++) {
            sum += op == Op.SOFTMAX_BACKWARD ? dy[dyAt + c * i3] * y[yAt + c * i3] : dy[dyAt + c * i3];
        }
        float total = (float) sum;
        for (int c = 0; c < i2; c++) {
            float v = y[yAt + c * i3];
            float d = dy[dyAt + c * i3];
            dx[dxAt + c * i3] = op == Op.SOFTMAX_BACKWARD ? v * (d - total) : d - exp(v) * total;
        }
    }

    /** The losses of 16 positions side by side, added up. */
    private float losses16(float[] x, float[] labels, float[] classWeights, int xAt, int labelsAt, int weightsAt) {
        float[] largest = new float[16];
        float[] sum = new float[16];
        for (int l = 0; l < 16; l++) {
            largest[l] = x[xAt + l];
            sum[l] = 0;
        }
        for (int c = 1; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                largest[l] = x[xAt + c * i3 + l] > largest[l] ? x[xAt + c * i3 + l] : largest[l];
            }
        }
        for (int c = 0; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                sum[l] = sum[l] + exp(x[xAt + c * i3 + l] - largest[l]);
            }
        }
        for (int l = 0; l < 16; l++) {
            sum[l] = log(sum[l]);
        }
        float loss = 0;
        for (int l = 0; l < 16; l++) {
            int label = (int) labels[labelsAt + l];
            if (label != i4) {
                float weight = weightsAt < 0 ? 1f : classWeights[weightsAt + label];
                loss += weight * (sum[l] + (largest[l] - x[xAt + label * i3 + l]));
            }
        }
        return loss;
    }

    private float weights16(float[] labels, float[] classWeights, int labelsAt, int weightsAt) {
        float weights = 0;
        for (int l = 0; l < 16; l++) {
            int label = (int) labels[labelsAt + l];
            if (label != i4) {
                weights += weightsAt < 0 ? 1f : classWeights[weightsAt + label];
            }
        }
        return weights;
    }

    private void crossEntropyBackward1(
            float scale,
            float[] x,
            float[] labels,
            float[] classWeights,
            float[] dx,
            int xAt,
            int labelsAt,
            int weightsAt,
            int dxAt) {
        int label = (int) labels[labelsAt];
        if (label == i4) {
            for (int c = 0; c < i2; c++) {
                dx[dxAt + c * i3] = 0;
            }
        } else {
            float weight = weightsAt < 0 ? scale : scale * classWeights[weightsAt + label];
            float largest = largest(x, xAt);
            float sum = sumOfExponentials(largest, x, xAt);
            for (int c = 0; c < i2; c++) {
                float y = exp(x[xAt + c * i3] - largest) / sum;
                dx[dxAt + c * i3] = weight * (c == label ? y - 1f : y);
            }
        }
    }

    private void crossEntropyBackward16(
            float scale,
            float[] x,
            float[] labels,
            float[] classWeights,
            float[] dx,
            int xAt,
            int labelsAt,
            int weightsAt,
            int dxAt) {
        float[] largest = new float[16];
        float[] sum = new float[16];
        float[] weight = new float[16];
        int[] label = new int[16];
        for (int l = 0; l < 16; l++) {
            largest[l] = x[xAt + l];
            sum[l] = 0;
            label[l] = (int) labels[labelsAt + l];
            weight[l] = label[l] == i4 ? 0f : (weightsAt < 0 ? scale : scale * classWeights[weightsAt + label[l]]);
        }
        for (int c = 1; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                largest[l] = x[xAt + c * i3 + l] > largest[l] ? x[xAt + c * i3 + l] : largest[l];
            }
        }
        for (int c = 0; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                sum[l] = sum[l] + exp(x[xAt + c * i3 + l] - largest[l]);
            }
        }
        for (int c = 0; c < i2; c++) {
            for (int l = 0; l < 16; l++) {
                float y = exp(x[xAt + c * i3 + l] - largest[l]) / sum[l];
                dx[dxAt + c * i3 + l] = label[l] == i4 ? 0f : weight[l] * (c == label[l] ? y - 1f : y);
            }
        }
    }
}
