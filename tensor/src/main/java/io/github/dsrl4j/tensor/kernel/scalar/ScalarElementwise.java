package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Elementwise;
import java.util.Arrays;

/** Element-wise arithmetic: one loop a function. Each element is read before it is written, so outputs may be inputs. */
final class ScalarElementwise implements Elementwise {
    @Override
    public void fill(int n, float value, float[] y, int yOffset) {
        Arrays.fill(y, yOffset, yOffset + n, value);
    }

    @Override
    public void unary(Unary f, int n, float[] x, int xOffset, float[] y, int yOffset) {
        switch (f) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = Math.max(x[xOffset + i], 0);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = (float) (1 / (1 + Math.exp(-x[xOffset + i])));
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = (float) Math.tanh(x[xOffset + i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = (float) Math.exp(x[xOffset + i]);
                }
            }
            case LOG -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = (float) Math.log(x[xOffset + i]);
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = (float) Math.sqrt(x[xOffset + i]);
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = Math.abs(x[xOffset + i]);
                }
            }
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = -x[xOffset + i];
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    y[yOffset + i] = x[xOffset + i] * x[xOffset + i];
                }
            }
        }
    }

    @Override
    public void unaryBackward(
            Unary f,
            int n,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset) {
        switch (f) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = x[xOffset + i] > 0 ? dy[dyOffset + i] : 0;
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * (y[yOffset + i] * (1 - y[yOffset + i]));
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * (1 - y[yOffset + i] * y[yOffset + i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * y[yOffset + i];
                }
            }
            case LOG -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] / x[xOffset + i];
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * 0.5f / y[yOffset + i];
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * Math.signum(x[xOffset + i]);
                }
            }
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = -dy[dyOffset + i];
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    dx[dxOffset + i] = dy[dyOffset + i] * 2 * x[xOffset + i];
                }
            }
        }
    }

    @Override
    public void binary(Binary f, int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
        row(f, n, a, aOffset, 1, b, bOffset, 1, c, cOffset);
    }

    @Override
    public void binaryBroadcast(
            Binary f,
            int[] dims,
            float[] a,
            int aOffset,
            int[] aStrides,
            float[] b,
            int bOffset,
            int[] bStrides,
            float[] c,
            int cOffset) {
        if (dims.length == 0) {
            row(f, 1, a, aOffset, 0, b, bOffset, 0, c, cOffset);
        } else {
            broadcast(f, 0, dims, a, aOffset, aStrides, b, bOffset, bStrides, c, cOffset);
        }
    }

    /** The part spanned by the dimensions from {@code d} on; returns where c goes on behind it. */
    private static int broadcast(
            Binary f,
            int d,
            int[] dims,
            float[] a,
            int aOffset,
            int[] aStrides,
            float[] b,
            int bOffset,
            int[] bStrides,
            float[] c,
            int cOffset) {
        if (d == dims.length - 1) {
            row(f, dims[d], a, aOffset, aStrides[d], b, bOffset, bStrides[d], c, cOffset);
            return cOffset + dims[d];
        }
        int next = cOffset;
        for (int i = 0; i < dims[d]; i++) {
            int ai = aOffset + i * aStrides[d];
            int bi = bOffset + i * bStrides[d];
            next = broadcast(f, d + 1, dims, a, ai, aStrides, b, bi, bStrides, c, next);
        }
        return next;
    }

    private static void row(
            Binary f,
            int n,
            float[] a,
            int aOffset,
            int aStride,
            float[] b,
            int bOffset,
            int bStride,
            float[] c,
            int cOffset) {
        switch (f) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    c[cOffset + i] = a[aOffset + i * aStride] + b[bOffset + i * bStride];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < n; i++) {
                    c[cOffset + i] = a[aOffset + i * aStride] - b[bOffset + i * bStride];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < n; i++) {
                    c[cOffset + i] = a[aOffset + i * aStride] * b[bOffset + i * bStride];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < n; i++) {
                    c[cOffset + i] = a[aOffset + i * aStride] / b[bOffset + i * bStride];
                }
            }
        }
    }

    @Override
    public void affine(int n, float scale, float shift, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = scale * x[xOffset + i] + shift;
        }
    }

    @Override
    public void addScaled(int n, float scale, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] += scale * x[xOffset + i];
        }
    }

    @Override
    public void preluForward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] y,
            int yOffset) {
        for (int plane = 0; plane < batch * channels; plane++) {
            float s = slope[slopeOffset + plane % channels];
            for (int i = plane * area; i < (plane + 1) * area; i++) {
                float value = x[xOffset + i];
                y[yOffset + i] = value > 0 ? value : s * value;
            }
        }
    }

    @Override
    public void preluBackward(
            int batch,
            int channels,
            int area,
            float[] x,
            int xOffset,
            float[] slope,
            int slopeOffset,
            float[] dy,
            int dyOffset,
            float[] dx,
            int dxOffset,
            float[] dslope,
            int dslopeOffset) {
        for (int c = 0; c < channels; c++) {
            float s = slope[slopeOffset + c];
            double sum = 0;
            for (int n = 0; n < batch; n++) {
                int plane = (n * channels + c) * area;
                for (int i = plane; i < plane + area; i++) {
                    float value = x[xOffset + i];
                    float upstream = dy[dyOffset + i];
                    if (value > 0) {
                        dx[dxOffset + i] = upstream;
                    } else {
                        dx[dxOffset + i] = s * upstream;
                        sum += (double) upstream * value;
                    }
                }
            }
            dslope[dslopeOffset + c] = (float) sum;
        }
    }
}
