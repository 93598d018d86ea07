package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * A padded copy of some rows of some channels of an image, so that windows need no test for the border. Its columns start at
 * {@code firstColumn} of the image, which may be negative, and there are {@code columns} of them. With a column stride s the
 * columns of equal remainder mod s lie together, so that a window's pixels for consecutive outputs are consecutive too: column
 * {@code firstColumn + c} stands at {@code (c mod s) phaseWidth + c / s}.
 */
final class Slab {
    private static final VectorShuffle<Float> EVERY_2ND = VectorShuffle.makeUnzip(SPECIES, 0);

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
        return channels * channelStride() + LANES;
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
            Arrays.fill(slab, to + end * rowStride(), to + rows * rowStride() + LANES, 0);
        }
    }

    private void fillRow(float[] x, int row, float[] slab, int to) {
        for (int phase = 0; phase < stride; phase++) {
            int origin = firstColumn + phase;
            int left = Math.clamp(Math.ceilDiv(-origin, stride), 0, phaseWidth);
            int right = Math.clamp(Math.ceilDiv(width - origin, stride), left, phaseWidth);
            int at = to + phase * phaseWidth;
            for (int i = 0; i < left; i += LANES) {
                FloatVector.zero(SPECIES).intoArray(slab, at + i);
            }
            int from = row + origin + left * stride;
            if (stride == 1) {
                copy(right - left, x, from, slab, at + left);
            } else if (stride == 2) {
                copyEvery2nd(right - left, x, from, slab, at + left);
            } else {
                for (int i = 0; i < right - left; i++) {
                    slab[at + left + i] = x[from + i * stride];
                }
            }
            // May run over into what is filled next, or into the spare vector at the end.
            for (int i = right; i < phaseWidth; i += LANES) {
                FloatVector.zero(SPECIES).intoArray(slab, at + i);
            }
        }
    }

    private static void copy(int n, float[] x, int from, float[] y, int to) {
        if (n < LANES) {
            var mask = Lanes.mask(0, n);
            FloatVector.fromArray(SPECIES, x, from, mask).intoArray(y, to, mask);
            return;
        }
        for (int i = 0; i < n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, from + i).intoArray(y, to + i);
        }
        FloatVector.fromArray(SPECIES, x, from + n - LANES).intoArray(y, to + n - LANES);
    }

    private static void copyEvery2nd(int n, float[] x, int from, float[] y, int to) {
        int i = 0;
        // One less, since the last number of the second vector may lie behind the end of x.
        for (; i + LANES < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, from + 2 * i);
            var b = FloatVector.fromArray(SPECIES, x, from + 2 * i + LANES);
            a.rearrange(EVERY_2ND, b).intoArray(y, to + i);
        }
        for (; i < n; i++) {
            y[to + i] = x[from + 2 * i];
        }
    }
}
