package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Functions of one number and their derivatives. The numbers of the operations follow the order of {@code Elementwise.Unary}.
 * Each function has a loop of its own, which an OpenCL compiler for processors can vectorise.
 */
abstract class UnaryCode extends DeviceProgram {
    /** {@code y = f(x)} from one element to another. */
    final void unary(int function, int from, int to, float[] x, float[] y, int xAt, int yAt) {
        if (function == 0) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = x[xAt + i] < 0 ? 0f : x[xAt + i];
            }
        }
        if (function == 1) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = 1f / (1f + exp(-x[xAt + i]));
            }
        }
        if (function == 2) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = tanh(x[xAt + i]);
            }
        }
        if (function == 3) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = exp(x[xAt + i]);
            }
        }
        if (function == 4) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = log(x[xAt + i]);
            }
        }
        if (function == 5) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = sqrt(x[xAt + i]);
            }
        }
        if (function == 6) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = abs(x[xAt + i]);
            }
        }
        if (function == 7) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = -x[xAt + i];
            }
        }
        if (function == 8) {
            for (int i = from; i < to; i++) {
                y[yAt + i] = x[xAt + i] * x[xAt + i];
            }
        }
    }

    /** {@code dx = dy f'(x)} from one element to another; y is f(x). */
    final void unaryBackward(
            int function,
            int from,
            int to,
            float[] x,
            float[] y,
            float[] dy,
            float[] dx,
            int xAt,
            int yAt,
            int dyAt,
            int dxAt) {
        if (function == 0) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = x[xAt + i] > 0 ? dy[dyAt + i] : 0f;
            }
        }
        if (function == 1) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] * (y[yAt + i] * (1f - y[yAt + i]));
            }
        }
        if (function == 2) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] * (1f - y[yAt + i] * y[yAt + i]);
            }
        }
        if (function == 3) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] * y[yAt + i];
            }
        }
        if (function == 4) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] / x[xAt + i];
            }
        }
        if (function == 5) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] * 0.5f / y[yAt + i];
            }
        }
        if (function == 6) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] =
                        x[xAt + i] > 0 ? dy[dyAt + i] : (x[xAt + i] < 0 ? -dy[dyAt + i] : dy[dyAt + i] * x[xAt + i]);
            }
        }
        if (function == 7) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = -dy[dyAt + i];
            }
        }
        if (function == 8) {
            for (int i = from; i < to; i++) {
                dx[dxAt + i] = dy[dyAt + i] * 2f * x[xAt + i];
            }
        }
    }
}
