package io.github.dsrl4j.tensor.kernel.opencl;

/**
 * Depthwise convolution and other narrow groups on a processor, forward and adjoint, where stride is 1: a work item computes rows of
 * one output channel, 24 pixels at a time where all taps lie in the image, else 8. There is so little arithmetic on each pixel that finding
 * one's way must not be done for every tile, as in {@link ConvolutionGatherCode}.
 *
 * <p>Operands: p source, q weight, r bias (null for none), s output. Numbers: i0 groups, i1 output and i2 source channels of a group,
 * i3 x i4 source, i5 x i6 output, i7 x i8 taps; tap (k, l) of pixel (r, q) is source pixel {@code (r + i10 + i9 k, q + i13 + i12 l)};
 * i22 rows of a work item, i23 work items of a plane; i24, i25, i26 as there.
 */
abstract class DepthwiseRowCode extends ConvolutionWeightCode {
    final void gatherRows(int item, float[] x, float[] w, float[] bias, float[] y) {
        int plane = item / i23;
        int firstRow = item % i23 * i22;
        int endRow = min(i5, firstRow + i22);
        int channel = plane % (i0 * i1);
        int image = plane / (i0 * i1);
        int group = channel / i1;
        int source = pAt + (image * i0 + group) * i2 * i3 * i4;
        int weight = qAt + group * i26 + channel % i1 * i24;
        float b = rAt < 0 ? 0f : bias[rAt + channel];
        int otherColumn = i13 + (i8 - 1) * i12;
        int before = -min(i13, otherColumn);
        int after = max(i13, otherColumn);
        for (int row = firstRow; row < endRow; row++) {
            int to = sAt + plane * i5 * i6 + row * i6;
            int column = 0;
            while (column < i6) {
                if (column >= before && column + 23 + after < i4 && column + 24 <= i6) {
                    rowTile24(x, w, y, source, weight, to, row, column, b);
                    column += 24;
                } else {
                    rowTile8(x, w, y, source, weight, to, row, column, b);
                    column += 8;
                }
            }
        }
    }

    private void rowTile24(
            float[] x, float[] w, float[] y, int source, int weight, int to, int row, int column, float b) {
        float[] sums_$private$ = new float[24];
        start24(sums_$private$, b);
        for (int c = 0; c < i2; c++) {
            for (int k = 0; k < i7; k++) {
                int r = row + i10 + k * i9;
                if (r >= 0 && r < i3) {
                    int from = source + (c * i3 + r) * i4 + column + i13;
                    int at = weight + c * i25 + k * i8;
                    for (int l = 0; l < i8; l++) {
                        addScaled8(sums_$private$, 0, w[at + l], x, from);
                        addScaled8(sums_$private$, 8, w[at + l], x, from + 8);
                        addScaled8(sums_$private$, 16, w[at + l], x, from + 16);
                        from += i12;
                    }
                }
            }
        }
        write8(y, to + column, sums_$private$, 0);
        write8(y, to + column + 8, sums_$private$, 8);
        write8(y, to + column + 16, sums_$private$, 16);
    }

    private void rowTile8(
            float[] x, float[] w, float[] y, int source, int weight, int to, int row, int column, float b) {
        float[] sums_$private$ = new float[8];
        for (int j = 0; j < 8; j++) {
            sums_$private$[j] = b;
        }
        for (int c = 0; c < i2; c++) {
            for (int k = 0; k < i7; k++) {
                int r = row + i10 + k * i9;
                if (r >= 0 && r < i3) {
                    int line = source + (c * i3 + r) * i4;
                    int at = weight + c * i25 + k * i8;
                    for (int l = 0; l < i8; l++) {
                        addInside8(sums_$private$, w[at + l], x, line, column + i13 + l * i12);
                    }
                }
            }
        }
        float[] tile_$private$ = new float[8];
        spill8(tile_$private$, 0, sums_$private$);
        int count = min(8, i6 - column);
        for (int j = 0; j < count; j++) {
            y[to + column + j] = tile_$private$[j];
        }
    }

    private void start24(float[] a_$private$, float v) {
        for (int j = 0; j < 8; j++) {
            a_$private$[j] = v;
            a_$private$[j + 8] = v;
            a_$private$[j + 16] = v;
        }
    }

    private void addScaled8(float[] a_$private$, int at, float w, float[] x, int from) {
        for (int j = 0; j < 8; j++) {
            a_$private$[at + j] += w * x[from + j];
        }
    }

    /** Eight neighbours of a line, of which those outside count as 0. */
    private void addInside8(float[] a_$private$, float w, float[] x, int line, int column) {
        for (int j = 0; j < 8; j++) {
            float v = x[line + column + j];
            int inside = (column + j >= 0 ? 1 : 0) & (column + j < i4 ? 1 : 0);
            a_$private$[j] += w * (inside != 0 ? v : 0f);
        }
    }

    private void write8(float[] y, int to, float[] a_$private$, int at) {
        for (int j = 0; j < 8; j++) {
            y[to + j] = a_$private$[at + j];
        }
    }
}
