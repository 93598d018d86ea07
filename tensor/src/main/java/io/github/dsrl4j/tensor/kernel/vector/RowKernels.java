package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of 3 x 3 convolutions of stride 1 with one or two output channels in a group, depthwise ones above all. There
 * {@link TileKernels} would read a vector for every multiply-add or two, and a read that is not aligned costs as much as two.
 * These tiles compute four output rows at once, as far apart as the dilation, so that each source row serves up to three of
 * them: 18 reads for 36 multiply-adds. The nine weights of a source channel stay in registers meanwhile.
 *
 * <p>Packed A holds, for M output channels, M starting values, then for each source channel 9 x M weights in the order of the source
 * pixels.
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
        /** In the output, from a channel to the next. */
        int targetChannelStep;
    }

    /** The number of vectors in a row of the tile for this number of output channels. */
    static int vectors(int outputs) {
        return MANY_REGISTERS && outputs == 1 ? 2 : 1;
    }

    static void run(
            int outputs, int channels, float[] a, int aOffset, float[] b, Window window, int column, TileTarget target) {
        if (outputs == 2) {
            rows2x1(channels, a, aOffset, b, window, column, target);
        } else if (MANY_REGISTERS) {
            rows1x2(channels, a, aOffset, b, window, column, target);
        } else {
            rows1x1(channels, a, aOffset, b, window, column, target);
        }
    }

    /** One output channel, two vectors: 8 accumulators, 9 weights. */
    static void rows1x2(int channels, float[] a, int aOffset, float[] b, Window window, int column, TileTarget target) {
        int channelStep = window.channelStep;
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int p0 = window.start + window.columns[column];
        int p1 = window.start + window.columns[column + 1];
        var c00x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c00x1 = c00x0;
        var c01x0 = c00x0;
        var c01x1 = c00x0;
        var c02x0 = c00x0;
        var c02x1 = c00x0;
        var c03x0 = c00x0;
        var c03x1 = c00x0;
        for (int i = 0; i < channels; i++) {
            int ai = aOffset + 1 + i * 9;
            var w00 = FloatVector.broadcast(SPECIES, a[ai]);
            var w01 = FloatVector.broadcast(SPECIES, a[ai + 1]);
            var w02 = FloatVector.broadcast(SPECIES, a[ai + 2]);
            var w03 = FloatVector.broadcast(SPECIES, a[ai + 3]);
            var w04 = FloatVector.broadcast(SPECIES, a[ai + 4]);
            var w05 = FloatVector.broadcast(SPECIES, a[ai + 5]);
            var w06 = FloatVector.broadcast(SPECIES, a[ai + 6]);
            var w07 = FloatVector.broadcast(SPECIES, a[ai + 7]);
            var w08 = FloatVector.broadcast(SPECIES, a[ai + 8]);
            int q0 = p0 + i * channelStep;
            int q1 = p1 + i * channelStep;
            var x = FloatVector.fromArray(SPECIES, b, q0);
            c00x0 = w00.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c00x0 = w01.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c00x0 = w02.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q1);
            c00x1 = w00.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c00x1 = w01.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c00x1 = w02.fma(x, c00x1);
            q1 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c01x0 = w00.fma(x, c01x0);
            c00x0 = w03.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c01x0 = w01.fma(x, c01x0);
            c00x0 = w04.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c01x0 = w02.fma(x, c01x0);
            c00x0 = w05.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q1);
            c01x1 = w00.fma(x, c01x1);
            c00x1 = w03.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c01x1 = w01.fma(x, c01x1);
            c00x1 = w04.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c01x1 = w02.fma(x, c01x1);
            c00x1 = w05.fma(x, c00x1);
            q1 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c02x0 = w00.fma(x, c02x0);
            c01x0 = w03.fma(x, c01x0);
            c00x0 = w06.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c02x0 = w01.fma(x, c02x0);
            c01x0 = w04.fma(x, c01x0);
            c00x0 = w07.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c02x0 = w02.fma(x, c02x0);
            c01x0 = w05.fma(x, c01x0);
            c00x0 = w08.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q1);
            c02x1 = w00.fma(x, c02x1);
            c01x1 = w03.fma(x, c01x1);
            c00x1 = w06.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c02x1 = w01.fma(x, c02x1);
            c01x1 = w04.fma(x, c01x1);
            c00x1 = w07.fma(x, c00x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c02x1 = w02.fma(x, c02x1);
            c01x1 = w05.fma(x, c01x1);
            c00x1 = w08.fma(x, c00x1);
            q1 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w00.fma(x, c03x0);
            c02x0 = w03.fma(x, c02x0);
            c01x0 = w06.fma(x, c01x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w01.fma(x, c03x0);
            c02x0 = w04.fma(x, c02x0);
            c01x0 = w07.fma(x, c01x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w02.fma(x, c03x0);
            c02x0 = w05.fma(x, c02x0);
            c01x0 = w08.fma(x, c01x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q1);
            c03x1 = w00.fma(x, c03x1);
            c02x1 = w03.fma(x, c02x1);
            c01x1 = w06.fma(x, c01x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c03x1 = w01.fma(x, c03x1);
            c02x1 = w04.fma(x, c02x1);
            c01x1 = w07.fma(x, c01x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c03x1 = w02.fma(x, c03x1);
            c02x1 = w05.fma(x, c02x1);
            c01x1 = w08.fma(x, c01x1);
            q1 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w03.fma(x, c03x0);
            c02x0 = w06.fma(x, c02x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w04.fma(x, c03x0);
            c02x0 = w07.fma(x, c02x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w05.fma(x, c03x0);
            c02x0 = w08.fma(x, c02x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q1);
            c03x1 = w03.fma(x, c03x1);
            c02x1 = w06.fma(x, c02x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c03x1 = w04.fma(x, c03x1);
            c02x1 = w07.fma(x, c02x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c03x1 = w05.fma(x, c03x1);
            c02x1 = w08.fma(x, c02x1);
            q1 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w06.fma(x, c03x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w07.fma(x, c03x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w08.fma(x, c03x0);
            x = FloatVector.fromArray(SPECIES, b, q1);
            c03x1 = w06.fma(x, c03x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + left);
            c03x1 = w07.fma(x, c03x1);
            x = FloatVector.fromArray(SPECIES, b, q1 + right);
            c03x1 = w08.fma(x, c03x1);
        }
        int rows = target.rows;
        target.put(c00x0, 0, 0);
        target.put(c00x1, 0, 1);
        if (rows > 1) {
            target.put(c01x0, 1, 0);
            target.put(c01x1, 1, 1);
        }
        if (rows > 2) {
            target.put(c02x0, 2, 0);
            target.put(c02x1, 2, 1);
        }
        if (rows > 3) {
            target.put(c03x0, 3, 0);
            target.put(c03x1, 3, 1);
        }
    }

    /** One output channel, one vector: 4 accumulators, 9 weights, for 16 registers. */
    static void rows1x1(int channels, float[] a, int aOffset, float[] b, Window window, int column, TileTarget target) {
        int channelStep = window.channelStep;
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int p0 = window.start + window.columns[column];
        var c00x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c01x0 = c00x0;
        var c02x0 = c00x0;
        var c03x0 = c00x0;
        for (int i = 0; i < channels; i++) {
            int ai = aOffset + 1 + i * 9;
            var w00 = FloatVector.broadcast(SPECIES, a[ai]);
            var w01 = FloatVector.broadcast(SPECIES, a[ai + 1]);
            var w02 = FloatVector.broadcast(SPECIES, a[ai + 2]);
            var w03 = FloatVector.broadcast(SPECIES, a[ai + 3]);
            var w04 = FloatVector.broadcast(SPECIES, a[ai + 4]);
            var w05 = FloatVector.broadcast(SPECIES, a[ai + 5]);
            var w06 = FloatVector.broadcast(SPECIES, a[ai + 6]);
            var w07 = FloatVector.broadcast(SPECIES, a[ai + 7]);
            var w08 = FloatVector.broadcast(SPECIES, a[ai + 8]);
            int q0 = p0 + i * channelStep;
            var x = FloatVector.fromArray(SPECIES, b, q0);
            c00x0 = w00.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c00x0 = w01.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c00x0 = w02.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c01x0 = w00.fma(x, c01x0);
            c00x0 = w03.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c01x0 = w01.fma(x, c01x0);
            c00x0 = w04.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c01x0 = w02.fma(x, c01x0);
            c00x0 = w05.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c02x0 = w00.fma(x, c02x0);
            c01x0 = w03.fma(x, c01x0);
            c00x0 = w06.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c02x0 = w01.fma(x, c02x0);
            c01x0 = w04.fma(x, c01x0);
            c00x0 = w07.fma(x, c00x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c02x0 = w02.fma(x, c02x0);
            c01x0 = w05.fma(x, c01x0);
            c00x0 = w08.fma(x, c00x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w00.fma(x, c03x0);
            c02x0 = w03.fma(x, c02x0);
            c01x0 = w06.fma(x, c01x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w01.fma(x, c03x0);
            c02x0 = w04.fma(x, c02x0);
            c01x0 = w07.fma(x, c01x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w02.fma(x, c03x0);
            c02x0 = w05.fma(x, c02x0);
            c01x0 = w08.fma(x, c01x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w03.fma(x, c03x0);
            c02x0 = w06.fma(x, c02x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w04.fma(x, c03x0);
            c02x0 = w07.fma(x, c02x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w05.fma(x, c03x0);
            c02x0 = w08.fma(x, c02x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w06.fma(x, c03x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w07.fma(x, c03x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w08.fma(x, c03x0);
        }
        int rows = target.rows;
        target.put(c00x0, 0, 0);
        if (rows > 1) {
            target.put(c01x0, 1, 0);
        }
        if (rows > 2) {
            target.put(c02x0, 2, 0);
        }
        if (rows > 3) {
            target.put(c03x0, 3, 0);
        }
    }

    /** Two output channels, one vector: 8 accumulators, 18 weights. */
    static void rows2x1(int channels, float[] a, int aOffset, float[] b, Window window, int column, TileTarget target) {
        int channelStep = window.channelStep;
        int rowStep = window.rowStep;
        int left = window.columnStep;
        int right = 2 * window.columnStep;
        int p0 = window.start + window.columns[column];
        var c00x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c01x0 = c00x0;
        var c02x0 = c00x0;
        var c03x0 = c00x0;
        var c10x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c11x0 = c10x0;
        var c12x0 = c10x0;
        var c13x0 = c10x0;
        for (int i = 0; i < channels; i++) {
            int ai = aOffset + 2 + i * 18;
            var w00 = FloatVector.broadcast(SPECIES, a[ai]);
            var w01 = FloatVector.broadcast(SPECIES, a[ai + 2]);
            var w02 = FloatVector.broadcast(SPECIES, a[ai + 4]);
            var w03 = FloatVector.broadcast(SPECIES, a[ai + 6]);
            var w04 = FloatVector.broadcast(SPECIES, a[ai + 8]);
            var w05 = FloatVector.broadcast(SPECIES, a[ai + 10]);
            var w06 = FloatVector.broadcast(SPECIES, a[ai + 12]);
            var w07 = FloatVector.broadcast(SPECIES, a[ai + 14]);
            var w08 = FloatVector.broadcast(SPECIES, a[ai + 16]);
            var w10 = FloatVector.broadcast(SPECIES, a[ai + 1]);
            var w11 = FloatVector.broadcast(SPECIES, a[ai + 3]);
            var w12 = FloatVector.broadcast(SPECIES, a[ai + 5]);
            var w13 = FloatVector.broadcast(SPECIES, a[ai + 7]);
            var w14 = FloatVector.broadcast(SPECIES, a[ai + 9]);
            var w15 = FloatVector.broadcast(SPECIES, a[ai + 11]);
            var w16 = FloatVector.broadcast(SPECIES, a[ai + 13]);
            var w17 = FloatVector.broadcast(SPECIES, a[ai + 15]);
            var w18 = FloatVector.broadcast(SPECIES, a[ai + 17]);
            int q0 = p0 + i * channelStep;
            var x = FloatVector.fromArray(SPECIES, b, q0);
            c00x0 = w00.fma(x, c00x0);
            c10x0 = w10.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c00x0 = w01.fma(x, c00x0);
            c10x0 = w11.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c00x0 = w02.fma(x, c00x0);
            c10x0 = w12.fma(x, c10x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c01x0 = w00.fma(x, c01x0);
            c11x0 = w10.fma(x, c11x0);
            c00x0 = w03.fma(x, c00x0);
            c10x0 = w13.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c01x0 = w01.fma(x, c01x0);
            c11x0 = w11.fma(x, c11x0);
            c00x0 = w04.fma(x, c00x0);
            c10x0 = w14.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c01x0 = w02.fma(x, c01x0);
            c11x0 = w12.fma(x, c11x0);
            c00x0 = w05.fma(x, c00x0);
            c10x0 = w15.fma(x, c10x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c02x0 = w00.fma(x, c02x0);
            c12x0 = w10.fma(x, c12x0);
            c01x0 = w03.fma(x, c01x0);
            c11x0 = w13.fma(x, c11x0);
            c00x0 = w06.fma(x, c00x0);
            c10x0 = w16.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c02x0 = w01.fma(x, c02x0);
            c12x0 = w11.fma(x, c12x0);
            c01x0 = w04.fma(x, c01x0);
            c11x0 = w14.fma(x, c11x0);
            c00x0 = w07.fma(x, c00x0);
            c10x0 = w17.fma(x, c10x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c02x0 = w02.fma(x, c02x0);
            c12x0 = w12.fma(x, c12x0);
            c01x0 = w05.fma(x, c01x0);
            c11x0 = w15.fma(x, c11x0);
            c00x0 = w08.fma(x, c00x0);
            c10x0 = w18.fma(x, c10x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w00.fma(x, c03x0);
            c13x0 = w10.fma(x, c13x0);
            c02x0 = w03.fma(x, c02x0);
            c12x0 = w13.fma(x, c12x0);
            c01x0 = w06.fma(x, c01x0);
            c11x0 = w16.fma(x, c11x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w01.fma(x, c03x0);
            c13x0 = w11.fma(x, c13x0);
            c02x0 = w04.fma(x, c02x0);
            c12x0 = w14.fma(x, c12x0);
            c01x0 = w07.fma(x, c01x0);
            c11x0 = w17.fma(x, c11x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w02.fma(x, c03x0);
            c13x0 = w12.fma(x, c13x0);
            c02x0 = w05.fma(x, c02x0);
            c12x0 = w15.fma(x, c12x0);
            c01x0 = w08.fma(x, c01x0);
            c11x0 = w18.fma(x, c11x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w03.fma(x, c03x0);
            c13x0 = w13.fma(x, c13x0);
            c02x0 = w06.fma(x, c02x0);
            c12x0 = w16.fma(x, c12x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w04.fma(x, c03x0);
            c13x0 = w14.fma(x, c13x0);
            c02x0 = w07.fma(x, c02x0);
            c12x0 = w17.fma(x, c12x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w05.fma(x, c03x0);
            c13x0 = w15.fma(x, c13x0);
            c02x0 = w08.fma(x, c02x0);
            c12x0 = w18.fma(x, c12x0);
            q0 += rowStep;
            x = FloatVector.fromArray(SPECIES, b, q0);
            c03x0 = w06.fma(x, c03x0);
            c13x0 = w16.fma(x, c13x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + left);
            c03x0 = w07.fma(x, c03x0);
            c13x0 = w17.fma(x, c13x0);
            x = FloatVector.fromArray(SPECIES, b, q0 + right);
            c03x0 = w08.fma(x, c03x0);
            c13x0 = w18.fma(x, c13x0);
        }
        int rows = target.rows;
        target.put(c00x0, 0, 0);
        if (rows > 1) {
            target.put(c01x0, 1, 0);
        }
        if (rows > 2) {
            target.put(c02x0, 2, 0);
        }
        if (rows > 3) {
            target.put(c03x0, 3, 0);
        }
        target.offset += window.targetChannelStep;
        target.put(c10x0, 0, 0);
        if (rows > 1) {
            target.put(c11x0, 1, 0);
        }
        if (rows > 2) {
            target.put(c12x0, 2, 0);
        }
        if (rows > 3) {
            target.put(c13x0, 3, 0);
        }
    }
}
