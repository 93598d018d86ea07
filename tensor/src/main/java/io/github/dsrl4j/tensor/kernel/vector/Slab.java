package io.github.dsrl4j.tensor.kernel.vector;

import java.util.Arrays;

/**
 * A padded copy of some rows of some channels of an image, so that windows need no test for the border. Its columns start at
 * {@code firstColumn} of the image, which may be negative, and there are {@code columns} of them. With a column stride s the
 * columns of equal remainder mod s lie together, so that a window's pixels for consecutive outputs are consecutive too: column
 * {@code firstColumn + c} stands at {@code (c mod s) phaseWidth + c / s}.
 */
final class Slab {
    private final int height;
    private final int width;
    private final int firstColumn;
    private final int stride;
    private final int phaseWidth;
    private final int mostRows;

    Slab(int height, int width, int firstColumn, int columns, int stride, int mostRows) {
        this.height = height;
        this.width = width;
        this.firstColumn = firstColumn;
        this.stride = stride;
        this.phaseWidth = Math.ceilDiv(columns, stride);
        this.mostRows = mostRows;
    }

    int rowStride() {
        return phaseWidth * stride;
    }

    int channelStride() {
        return mostRows * rowStride();
    }

    /** Length for this many channels; a vector that starts at the last column ends inside. */
    int length(int channels) {
        return channels * channelStride() + Lanes.LANES;
    }

    /** The distance to the column {@code column} of the image from where a row starts. */
    int columnOffset(int column) {
        int c = column - firstColumn;
        return c % stride * phaseWidth + c / stride;
    }

    /**
     * Copies {@code rows} rows from row {@code firstRow} of the image (which may be outside it) of {@code channels} channels.
     * What a vector can reach behind the last row is set to 0: where it counts with weight 0, a stale NaN would still do harm.
     */
    void fill(float[] x, int xOffset, int channels, int firstRow, int rows, float[] slab, int slabOffset) {
        int inside = Math.clamp(-(long) firstRow, 0, rows);
        int end = Math.clamp((long) height - firstRow, inside, rows);
        for (int c = 0; c < channels; c++) {
            int plane = xOffset + c * height * width;
            int to = slabOffset + c * channelStride();
            Arrays.fill(slab, to, to + inside * rowStride(), 0);
            for (int r = inside; r < end; r++) {
                fillRow(x, plane + (firstRow + r) * width, slab, to + r * rowStride());
            }
            Arrays.fill(slab, to + end * rowStride(), to + rows * rowStride() + Lanes.LANES, 0);
        }
    }

    private void fillRow(float[] x, int row, float[] slab, int to) {
        for (int phase = 0; phase < stride; phase++) {
            int origin = firstColumn + phase;
            int left = Math.clamp(Math.ceilDiv(-origin, stride), 0, phaseWidth);
            int right = Math.clamp(Math.ceilDiv(width - origin, stride), left, phaseWidth);
            int at = to + phase * phaseWidth;
            for (int i = 0; i < left; i++) {
                slab[at + i] = 0;
            }
            if (stride == 1) {
                System.arraycopy(x, row + origin + left, slab, at + left, right - left);
            } else {
                for (int i = left; i < right; i++) {
                    slab[at + i] = x[row + origin + i * stride];
                }
            }
            for (int i = right; i < phaseWidth; i++) {
                slab[at + i] = 0;
            }
        }
    }
}
