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
    /** For each phase, which of its columns are inside the image. */
    private final int[] left;

    private final int[] right;

    Slab(int height, int width, int firstColumn, int columns, int stride, int mostRows) {
        this.height = height;
        this.width = width;
        this.firstColumn = firstColumn;
        this.stride = stride;
        this.phaseWidth = Math.ceilDiv(columns, stride);
        this.mostRows = mostRows;
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
        if (stride == 1) {
            fillPhase(x, row + firstColumn + left[0], left[0], right[0], slab, to);
            return;
        }
        for (int phase = 0; phase < stride; phase++) {
            int from = row + firstColumn + phase + left[phase] * stride;
            fillPhase(x, from, left[phase], right[phase], slab, to + phase * phaseWidth);
        }
    }

    private void fillPhase(float[] x, int from, int begin, int end, float[] slab, int to) {
        var zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < begin; i += LANES) {
            zero.intoArray(slab, to + i);
        }
        switch (stride) {
            case 1 -> copy(end - begin, x, from, slab, to + begin);
            case 2 -> copyEvery2nd(end - begin, x, from, slab, to + begin);
            default -> {
                for (int i = 0; i < end - begin; i++) {
                    slab[to + begin + i] = x[from + i * stride];
                }
            }
        }
        // May run over into what is filled next, or into the spare vector at the end.
        for (int i = end; i < phaseWidth; i += LANES) {
            zero.intoArray(slab, to + i);
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
