package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of 3 x 3 convolutions of stride 1 with one output channel in a group, depthwise ones above all. There
 * {@link TileKernels} would read a vector for every multiply-add, and a read that is not aligned costs as much as two. These tiles
 * compute four output rows at once, as far apart as the dilation, so that each source row serves up to three of them: 18 reads
 * for 36 multiply-adds. The nine weights of a source channel stay in registers meanwhile.
 *
 * <p>Packed A holds a starting value, then for each source channel 9 weights in the order of the source pixels. The tiles are not
 * larger because the compiler stops inlining vector operations after some sixty of them in a method, and a single one
 * that is not inlined makes the loop a hundred times slower.
 */
final class RowKernels {
    /** Output rows of a tile. */
    static final int ROWS = 4;

    private RowKernels() {}

    /** Where a tile reads: row s, tap column l, source channel c at {@code start + columns[v] + s rowStep + l columnStep + c channelStep}. */
    static final class Window {
        int channelStep;
        int rowStep;
        int columnStep;
        int start;
        int[] columns;
    }

    /** Computes a tile of four rows of one vector; {@code sums} takes the four vectors, one behind the other. */
    static void run(int channels, float[] a, int aOffset, float[] b, Window window, int column, float[] sums) {
        if (MANY_REGISTERS) {
            rowsOfEight(channels, a, aOffset, b, window, column, sums);
        } else {
            rowsOfFour(channels, a, aOffset, b, window, column, sums);
        }
    }

    /**
     * Depthwise: one source channel, and a whole line of {@code count} tiles while its nine weights stay where they are. Row r of
     * the tile at vector v goes to {@code rows[r] + targets[v]}. Rows that are not wanted name the place of the last that is: rows
     * are stored from last to first, so that it is overwritten with what belongs there.
     */
    static void depthwise(
            float[] a, int aOffset, float[] b, Window window, int count, float[] c, int[] rows, int[] targets) {
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int start = window.start;
        int[] columns = window.columns;
        int to0 = rows[0];
        int to1 = rows[1];
        int to2 = rows[2];
        int to3 = rows[3];
        var bias = FloatVector.broadcast(SPECIES, a[aOffset]);
        var w0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var w1 = FloatVector.broadcast(SPECIES, a[aOffset + 2]);
        var w2 = FloatVector.broadcast(SPECIES, a[aOffset + 3]);
        var w3 = FloatVector.broadcast(SPECIES, a[aOffset + 4]);
        var w4 = FloatVector.broadcast(SPECIES, a[aOffset + 5]);
        var w5 = FloatVector.broadcast(SPECIES, a[aOffset + 6]);
        var w6 = FloatVector.broadcast(SPECIES, a[aOffset + 7]);
        var w7 = FloatVector.broadcast(SPECIES, a[aOffset + 8]);
        var w8 = FloatVector.broadcast(SPECIES, a[aOffset + 9]);
        for (int v = 0; v < count; v++) {
            int at = start + columns[v];
            var x = FloatVector.fromArray(SPECIES, b, at);
            var c0 = w0.fma(x, bias);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c0 = w1.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c0 = w2.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            var c1 = w0.fma(x, bias);
            c0 = w3.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c1 = w1.fma(x, c1);
            c0 = w4.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c1 = w2.fma(x, c1);
            c0 = w5.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            var c2 = w0.fma(x, bias);
            c1 = w3.fma(x, c1);
            c0 = w6.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c2 = w1.fma(x, c2);
            c1 = w4.fma(x, c1);
            c0 = w7.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c2 = w2.fma(x, c2);
            c1 = w5.fma(x, c1);
            c0 = w8.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            var c3 = w0.fma(x, bias);
            c2 = w3.fma(x, c2);
            c1 = w6.fma(x, c1);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w1.fma(x, c3);
            c2 = w4.fma(x, c2);
            c1 = w7.fma(x, c1);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w2.fma(x, c3);
            c2 = w5.fma(x, c2);
            c1 = w8.fma(x, c1);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w3.fma(x, c3);
            c2 = w6.fma(x, c2);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w4.fma(x, c3);
            c2 = w7.fma(x, c2);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w5.fma(x, c3);
            c2 = w8.fma(x, c2);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w6.fma(x, c3);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w7.fma(x, c3);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w8.fma(x, c3);
            int target = targets[v];
            c3.intoArray(c, to3 + target);
            c2.intoArray(c, to2 + target);
            c1.intoArray(c, to1 + target);
            c0.intoArray(c, to0 + target);
        }
    }

    /** 4 accumulators, for 16 registers. */
    private static void rowsOfFour(
            int channels, float[] a, int aOffset, float[] b, Window window, int column, float[] sums) {
        int channelStep = window.channelStep;
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int start = window.start + window.columns[column];
        var c0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c1 = c0;
        var c2 = c0;
        var c3 = c0;
        for (int i = 0; i < channels; i++) {
            int ai = aOffset + 1 + i * 9;
            var w0 = FloatVector.broadcast(SPECIES, a[ai]);
            var w1 = FloatVector.broadcast(SPECIES, a[ai + 1]);
            var w2 = FloatVector.broadcast(SPECIES, a[ai + 2]);
            var w3 = FloatVector.broadcast(SPECIES, a[ai + 3]);
            var w4 = FloatVector.broadcast(SPECIES, a[ai + 4]);
            var w5 = FloatVector.broadcast(SPECIES, a[ai + 5]);
            var w6 = FloatVector.broadcast(SPECIES, a[ai + 6]);
            var w7 = FloatVector.broadcast(SPECIES, a[ai + 7]);
            var w8 = FloatVector.broadcast(SPECIES, a[ai + 8]);
            int at = start + i * channelStep;
            var x = FloatVector.fromArray(SPECIES, b, at);
            c0 = w0.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c0 = w1.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c0 = w2.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c1 = w0.fma(x, c1);
            c0 = w3.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c1 = w1.fma(x, c1);
            c0 = w4.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c1 = w2.fma(x, c1);
            c0 = w5.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c2 = w0.fma(x, c2);
            c1 = w3.fma(x, c1);
            c0 = w6.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c2 = w1.fma(x, c2);
            c1 = w4.fma(x, c1);
            c0 = w7.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c2 = w2.fma(x, c2);
            c1 = w5.fma(x, c1);
            c0 = w8.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w0.fma(x, c3);
            c2 = w3.fma(x, c2);
            c1 = w6.fma(x, c1);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w1.fma(x, c3);
            c2 = w4.fma(x, c2);
            c1 = w7.fma(x, c1);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w2.fma(x, c3);
            c2 = w5.fma(x, c2);
            c1 = w8.fma(x, c1);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w3.fma(x, c3);
            c2 = w6.fma(x, c2);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w4.fma(x, c3);
            c2 = w7.fma(x, c2);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w5.fma(x, c3);
            c2 = w8.fma(x, c2);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w6.fma(x, c3);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w7.fma(x, c3);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w8.fma(x, c3);
        }
        c0.intoArray(sums, 0);
        c1.intoArray(sums, LANES);
        c2.intoArray(sums, 2 * LANES);
        c3.intoArray(sums, 3 * LANES);
    }

    /** 8 accumulators: two sums a row, since a single one would wait for itself. */
    private static void rowsOfEight(
            int channels, float[] a, int aOffset, float[] b, Window window, int column, float[] sums) {
        int channelStep = window.channelStep;
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int start = window.start + window.columns[column];
        var c0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c1 = c0;
        var c2 = c0;
        var c3 = c0;
        var d0 = FloatVector.zero(SPECIES);
        var d1 = d0;
        var d2 = d0;
        var d3 = d0;
        for (int i = 0; i < channels; i++) {
            int ai = aOffset + 1 + i * 9;
            var w0 = FloatVector.broadcast(SPECIES, a[ai]);
            var w1 = FloatVector.broadcast(SPECIES, a[ai + 1]);
            var w2 = FloatVector.broadcast(SPECIES, a[ai + 2]);
            var w3 = FloatVector.broadcast(SPECIES, a[ai + 3]);
            var w4 = FloatVector.broadcast(SPECIES, a[ai + 4]);
            var w5 = FloatVector.broadcast(SPECIES, a[ai + 5]);
            var w6 = FloatVector.broadcast(SPECIES, a[ai + 6]);
            var w7 = FloatVector.broadcast(SPECIES, a[ai + 7]);
            var w8 = FloatVector.broadcast(SPECIES, a[ai + 8]);
            int at = start + i * channelStep;
            var x = FloatVector.fromArray(SPECIES, b, at);
            c0 = w0.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            d0 = w1.fma(x, d0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c0 = w2.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c1 = w0.fma(x, c1);
            d0 = w3.fma(x, d0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            d1 = w1.fma(x, d1);
            c0 = w4.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c1 = w2.fma(x, c1);
            d0 = w5.fma(x, d0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c2 = w0.fma(x, c2);
            d1 = w3.fma(x, d1);
            c0 = w6.fma(x, c0);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            d2 = w1.fma(x, d2);
            c1 = w4.fma(x, c1);
            d0 = w7.fma(x, d0);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c2 = w2.fma(x, c2);
            d1 = w5.fma(x, d1);
            c0 = w8.fma(x, c0);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w0.fma(x, c3);
            d2 = w3.fma(x, d2);
            c1 = w6.fma(x, c1);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            d3 = w1.fma(x, d3);
            c2 = w4.fma(x, c2);
            d1 = w7.fma(x, d1);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w2.fma(x, c3);
            d2 = w5.fma(x, d2);
            c1 = w8.fma(x, c1);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            d3 = w3.fma(x, d3);
            c2 = w6.fma(x, c2);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            c3 = w4.fma(x, c3);
            d2 = w7.fma(x, d2);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            d3 = w5.fma(x, d3);
            c2 = w8.fma(x, c2);
            at += rowStep;
            x = FloatVector.fromArray(SPECIES, b, at);
            c3 = w6.fma(x, c3);
            x = FloatVector.fromArray(SPECIES, b, at + left);
            d3 = w7.fma(x, d3);
            x = FloatVector.fromArray(SPECIES, b, at + right);
            c3 = w8.fma(x, c3);
        }
        c0.add(d0).intoArray(sums, 0);
        c1.add(d1).intoArray(sums, LANES);
        c2.add(d2).intoArray(sums, 2 * LANES);
        c3.add(d3).intoArray(sums, 3 * LANES);
    }
}
