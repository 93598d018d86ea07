package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Weight gradients of 3 x 3 depthwise convolutions of stride 1 on a processor: a work item has one row of taps of a channel, and goes
 * over all images. 24 pixels at a time make nine independent sums of eight lanes, as many as the processor needs to be busy.
 *
 * <p>Operands: p x, q dy, r dweight. Numbers: i0 images, i1 channels; i2 x i3 input, i4 x i5 output; i6, i7 vertical and horizontal
 * dilation, i8, i9 padding.
 */
abstract class DepthwiseWeightCode extends PoolingRowsCode {
    final void depthwiseWeights(int item, float[] x, float[] dy, float[] dweight) {
        int channel = item / 3;
        int tapRow = item % 3;
        if (channel < i1) {
            float[] sums_$private$ = new float[72];
            float[] lanes_$private$ = new float[72];
            zero24(sums_$private$, 0);
            zero24(sums_$private$, 24);
            zero24(sums_$private$, 48);
            int dr = tapRow * i6 - i8;
            int firstRow = max(0, -dr);
            int endRow = min(i4, i2 - dr);
            int before = max(0, i9);
            int after = max(0, 2 * i7 - i9);
            for (int image = 0; image < i0; image++) {
                int plane = image * i1 + channel;
                for (int row = firstRow; row < endRow; row++) {
                    int from = pAt + (plane * i2 + row + dr) * i3;
                    int yAt = qAt + (plane * i4 + row) * i5;
                    int column = 0;
                    while (column < i5) {
                        if (column >= before && column + 24 <= i5 && column + 23 + after < i3) {
                            products24(sums_$private$, 0, dy, yAt + column, x, from + column - i9);
                            products24(sums_$private$, 24, dy, yAt + column, x, from + column + i7 - i9);
                            products24(sums_$private$, 48, dy, yAt + column, x, from + column + 2 * i7 - i9);
                            column += 24;
                        } else {
                            productsInside8(sums_$private$, 0, dy, yAt, x, from, column, -i9);
                            productsInside8(sums_$private$, 24, dy, yAt, x, from, column, i7 - i9);
                            productsInside8(sums_$private$, 48, dy, yAt, x, from, column, 2 * i7 - i9);
                            column += 8;
                        }
                    }
                }
            }
            spill24(lanes_$private$, 0, sums_$private$);
            spill24(lanes_$private$, 24, sums_$private$);
            spill24(lanes_$private$, 48, sums_$private$);
            for (int l = 0; l < 3; l++) {
                float sum = 0f;
                for (int j = 0; j < 24; j++) {
                    sum += lanes_$private$[l * 24 + j];
                }
                dweight[rAt + item * 3 + l] = sum;
            }
        }
    }

    private void products24(float[] a_$private$, int at, float[] y, int yAt, float[] x, int xAt) {
        products8(a_$private$, at, y, yAt, x, xAt);
        products8(a_$private$, at + 8, y, yAt + 8, x, xAt + 8);
        products8(a_$private$, at + 16, y, yAt + 16, x, xAt + 16);
    }

    private void products8(float[] a_$private$, int at, float[] y, int yAt, float[] x, int xAt) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] += y[yAt + j] * x[xAt + j];
        }
    }

    /** Eight pixels from a column on, of which those count that lie in the output and, shifted, in the input. */
    private void productsInside8(
            float[] a_$private$, int at, float[] y, int yAt, float[] x, int from, int column, int shift) {
        for (int j = 0; j < 8; j++) {
            int c = column + j + shift;
            int inside = (column + j < i5 ? 1 : 0) & (c >= 0 ? 1 : 0) & (c < i3 ? 1 : 0);
            float v = y[yAt + column + j] * x[from + c];
            a_$private$[at + j] += inside != 0 ? v : 0f;
        }
    }
}
