package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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
    /** For each phase, which of its columns are inside the image. */
    private final int[] left;

    private final int[] right;

    /** Which of all columns are. */
    private final int begin;

    private final int end;

    Slab(int height, int width, int firstColumn, int columns, int stride, int mostRows) {
        this.height = height;
        this.width = width;
        this.firstColumn = firstColumn;
        this.stride = stride;
        this.phaseWidth = Math.ceilDiv(columns, stride);
        this.mostRows = mostRows;
        this.begin = Math.clamp(-(long) firstColumn, 0, columns);
        this.end = Math.clamp((long) width - firstColumn, begin, columns);
        this.left = new int[stride];
        this.right = new int[stride];
        for (int phase = 0; phase < stride; phase++) {
            int origin = firstColumn + phase;
            left[phase] = Math.clamp(Math.ceilDiv(-origin, stride), 0, phaseWidth);
            right[phase] = Math.clamp(Math.ceilDiv(width - origin, stride), left[phase], phaseWidth);
        }
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
        var zero = FloatVector.zero(SPECIES);
        for (int phase = 0; phase < stride; phase++) {
            int start = to + phase * phaseWidth;
            for (int i = 0; i < left[phase]; i += LANES) {
                zero.intoArray(slab, start + i);
            }
            // May run over into the next phase or row, which are filled later, or into the spare vector at the end.
            for (int i = right[phase]; i < phaseWidth; i += LANES) {
                zero.intoArray(slab, start + i);
            }
        }
        if (stride == 1) {
            copy(right[0] - left[0], x, row + firstColumn + left[0], slab, to + left[0]);
        } else {
            Phases.split(x, row + firstColumn, begin, end, stride, slab, to, phaseWidth);
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
}
