package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of convolutions:
 *
 * <pre>
 * C[r, v] = a[r] + sum over i of a[(i + 1) R + r] B[i, v],   r below R, v below V vectors
 * </pre>
 *
 * A is packed so that the R numbers of a step lie together, after R starting values (the bias). A row of B is anywhere in
 * memory: step i reads at {@code bRows[i] + columns[v]}, where {@code columns[v]} is an output pixel and {@code bRows[i]} the way
 * from it to the i-th pixel (channel and tap) under its window. Nothing is copied into order first: with few output channels
 * that would cost as much as it saves.
 *
 * <p>The shapes: a step of R x V tiles costs R broadcasts and V loads for R V multiply-adds, and the processor does two of
 * each in a cycle with four cycles latency, so at least 8 accumulators are needed, and R V well above R + 2 V (a load that is not
 * aligned counts twice). With 32 registers 12 x 2, 8 x 2 and 4 x 4 do that; with 16, 4 x 2 is the largest that leaves room for
 * the broadcasts which the compiler schedules ahead (6 x 2, the textbook's, spills). Few output channels take the wide tiles
 * 2 x 4 and 1 x 8, which keep 8 sums in flight. Accumulators are separate local variables because only those stay in registers;
 * where they go is one object because every number that is wanted after the loop takes a register in it. They are stored by the
 * tile itself: a method that is handed a vector and is not inlined makes an object of it.
 *
 * <p>All tiles add in the same order, so an element has the same bits whichever tile computed it.
 */
final class TileKernels {
    private TileKernels() {}

    /** The number of vectors in a row of the tile with this number of rows. */
    static int vectors(int tileRows) {
        return switch (tileRows) {
            case 1 -> 8;
            case 2 -> 4;
            case 4 -> MANY_REGISTERS ? 4 : 2;
            default -> 2;
        };
    }

    /** Computes the tile of this many rows. */
    static void run(
            int tileRows,
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        switch (tileRows) {
            case 12 -> tile12x2(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
            case 8 -> tile8x2(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
            case 4 -> {
                if (MANY_REGISTERS) {
                    tile4x4(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
                } else {
                    tile4x2(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
                }
            }
            case 2 -> tile2x4(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
            case 1 -> tile1x8(depth, a, aOffset, b, bOffset, bRows, columns, first, target);
            default -> throw new IllegalArgumentException("no register tile has " + tileRows + " rows");
        }
    }

    /** 24 accumulators. */
    private static void tile12x2(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c1x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c1x1 = c1x0;
        var c2x0 = FloatVector.broadcast(SPECIES, a[aOffset + 2]);
        var c2x1 = c2x0;
        var c3x0 = FloatVector.broadcast(SPECIES, a[aOffset + 3]);
        var c3x1 = c3x0;
        var c4x0 = FloatVector.broadcast(SPECIES, a[aOffset + 4]);
        var c4x1 = c4x0;
        var c5x0 = FloatVector.broadcast(SPECIES, a[aOffset + 5]);
        var c5x1 = c5x0;
        var c6x0 = FloatVector.broadcast(SPECIES, a[aOffset + 6]);
        var c6x1 = c6x0;
        var c7x0 = FloatVector.broadcast(SPECIES, a[aOffset + 7]);
        var c7x1 = c7x0;
        var c8x0 = FloatVector.broadcast(SPECIES, a[aOffset + 8]);
        var c8x1 = c8x0;
        var c9x0 = FloatVector.broadcast(SPECIES, a[aOffset + 9]);
        var c9x1 = c9x0;
        var c10x0 = FloatVector.broadcast(SPECIES, a[aOffset + 10]);
        var c10x1 = c10x0;
        var c11x0 = FloatVector.broadcast(SPECIES, a[aOffset + 11]);
        var c11x1 = c11x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + (i + 1) * 12;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 1]);
            c1x0 = w.fma(b0, c1x0);
            c1x1 = w.fma(b1, c1x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 2]);
            c2x0 = w.fma(b0, c2x0);
            c2x1 = w.fma(b1, c2x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 3]);
            c3x0 = w.fma(b0, c3x0);
            c3x1 = w.fma(b1, c3x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 4]);
            c4x0 = w.fma(b0, c4x0);
            c4x1 = w.fma(b1, c4x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 5]);
            c5x0 = w.fma(b0, c5x0);
            c5x1 = w.fma(b1, c5x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 6]);
            c6x0 = w.fma(b0, c6x0);
            c6x1 = w.fma(b1, c6x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 7]);
            c7x0 = w.fma(b0, c7x0);
            c7x1 = w.fma(b1, c7x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 8]);
            c8x0 = w.fma(b0, c8x0);
            c8x1 = w.fma(b1, c8x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 9]);
            c9x0 = w.fma(b0, c9x0);
            c9x1 = w.fma(b1, c9x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 10]);
            c10x0 = w.fma(b0, c10x0);
            c10x1 = w.fma(b1, c10x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 11]);
            c11x0 = w.fma(b0, c11x0);
            c11x1 = w.fma(b1, c11x1);
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        int to1 = target.at(1);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c1x1 = c1x1.add(FloatVector.fromArray(SPECIES, c, to1 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c2x1 = c2x1.add(FloatVector.fromArray(SPECIES, c, to1 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c3x1 = c3x1.add(FloatVector.fromArray(SPECIES, c, to1 + 3 * next));
            c4x0 = c4x0.add(FloatVector.fromArray(SPECIES, c, to0 + 4 * next));
            c4x1 = c4x1.add(FloatVector.fromArray(SPECIES, c, to1 + 4 * next));
            c5x0 = c5x0.add(FloatVector.fromArray(SPECIES, c, to0 + 5 * next));
            c5x1 = c5x1.add(FloatVector.fromArray(SPECIES, c, to1 + 5 * next));
            c6x0 = c6x0.add(FloatVector.fromArray(SPECIES, c, to0 + 6 * next));
            c6x1 = c6x1.add(FloatVector.fromArray(SPECIES, c, to1 + 6 * next));
            c7x0 = c7x0.add(FloatVector.fromArray(SPECIES, c, to0 + 7 * next));
            c7x1 = c7x1.add(FloatVector.fromArray(SPECIES, c, to1 + 7 * next));
            c8x0 = c8x0.add(FloatVector.fromArray(SPECIES, c, to0 + 8 * next));
            c8x1 = c8x1.add(FloatVector.fromArray(SPECIES, c, to1 + 8 * next));
            c9x0 = c9x0.add(FloatVector.fromArray(SPECIES, c, to0 + 9 * next));
            c9x1 = c9x1.add(FloatVector.fromArray(SPECIES, c, to1 + 9 * next));
            c10x0 = c10x0.add(FloatVector.fromArray(SPECIES, c, to0 + 10 * next));
            c10x1 = c10x1.add(FloatVector.fromArray(SPECIES, c, to1 + 10 * next));
            c11x0 = c11x0.add(FloatVector.fromArray(SPECIES, c, to0 + 11 * next));
            c11x1 = c11x1.add(FloatVector.fromArray(SPECIES, c, to1 + 11 * next));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c1x0.intoArray(c, to0 + next);
        c1x1.intoArray(c, to1 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c2x1.intoArray(c, to1 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c3x1.intoArray(c, to1 + 3 * next);
        c4x0.intoArray(c, to0 + 4 * next);
        c4x1.intoArray(c, to1 + 4 * next);
        c5x0.intoArray(c, to0 + 5 * next);
        c5x1.intoArray(c, to1 + 5 * next);
        c6x0.intoArray(c, to0 + 6 * next);
        c6x1.intoArray(c, to1 + 6 * next);
        c7x0.intoArray(c, to0 + 7 * next);
        c7x1.intoArray(c, to1 + 7 * next);
        c8x0.intoArray(c, to0 + 8 * next);
        c8x1.intoArray(c, to1 + 8 * next);
        c9x0.intoArray(c, to0 + 9 * next);
        c9x1.intoArray(c, to1 + 9 * next);
        c10x0.intoArray(c, to0 + 10 * next);
        c10x1.intoArray(c, to1 + 10 * next);
        c11x0.intoArray(c, to0 + 11 * next);
        c11x1.intoArray(c, to1 + 11 * next);
    }

    /** 16 accumulators. */
    private static void tile8x2(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c1x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c1x1 = c1x0;
        var c2x0 = FloatVector.broadcast(SPECIES, a[aOffset + 2]);
        var c2x1 = c2x0;
        var c3x0 = FloatVector.broadcast(SPECIES, a[aOffset + 3]);
        var c3x1 = c3x0;
        var c4x0 = FloatVector.broadcast(SPECIES, a[aOffset + 4]);
        var c4x1 = c4x0;
        var c5x0 = FloatVector.broadcast(SPECIES, a[aOffset + 5]);
        var c5x1 = c5x0;
        var c6x0 = FloatVector.broadcast(SPECIES, a[aOffset + 6]);
        var c6x1 = c6x0;
        var c7x0 = FloatVector.broadcast(SPECIES, a[aOffset + 7]);
        var c7x1 = c7x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + (i + 1) * 8;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 1]);
            c1x0 = w.fma(b0, c1x0);
            c1x1 = w.fma(b1, c1x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 2]);
            c2x0 = w.fma(b0, c2x0);
            c2x1 = w.fma(b1, c2x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 3]);
            c3x0 = w.fma(b0, c3x0);
            c3x1 = w.fma(b1, c3x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 4]);
            c4x0 = w.fma(b0, c4x0);
            c4x1 = w.fma(b1, c4x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 5]);
            c5x0 = w.fma(b0, c5x0);
            c5x1 = w.fma(b1, c5x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 6]);
            c6x0 = w.fma(b0, c6x0);
            c6x1 = w.fma(b1, c6x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 7]);
            c7x0 = w.fma(b0, c7x0);
            c7x1 = w.fma(b1, c7x1);
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        int to1 = target.at(1);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c1x1 = c1x1.add(FloatVector.fromArray(SPECIES, c, to1 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c2x1 = c2x1.add(FloatVector.fromArray(SPECIES, c, to1 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c3x1 = c3x1.add(FloatVector.fromArray(SPECIES, c, to1 + 3 * next));
            c4x0 = c4x0.add(FloatVector.fromArray(SPECIES, c, to0 + 4 * next));
            c4x1 = c4x1.add(FloatVector.fromArray(SPECIES, c, to1 + 4 * next));
            c5x0 = c5x0.add(FloatVector.fromArray(SPECIES, c, to0 + 5 * next));
            c5x1 = c5x1.add(FloatVector.fromArray(SPECIES, c, to1 + 5 * next));
            c6x0 = c6x0.add(FloatVector.fromArray(SPECIES, c, to0 + 6 * next));
            c6x1 = c6x1.add(FloatVector.fromArray(SPECIES, c, to1 + 6 * next));
            c7x0 = c7x0.add(FloatVector.fromArray(SPECIES, c, to0 + 7 * next));
            c7x1 = c7x1.add(FloatVector.fromArray(SPECIES, c, to1 + 7 * next));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c1x0.intoArray(c, to0 + next);
        c1x1.intoArray(c, to1 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c2x1.intoArray(c, to1 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c3x1.intoArray(c, to1 + 3 * next);
        c4x0.intoArray(c, to0 + 4 * next);
        c4x1.intoArray(c, to1 + 4 * next);
        c5x0.intoArray(c, to0 + 5 * next);
        c5x1.intoArray(c, to1 + 5 * next);
        c6x0.intoArray(c, to0 + 6 * next);
        c6x1.intoArray(c, to1 + 6 * next);
        c7x0.intoArray(c, to0 + 7 * next);
        c7x1.intoArray(c, to1 + 7 * next);
    }

    /** 16 accumulators. */
    private static void tile4x4(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        int p2 = bOffset + columns[first + 2];
        int p3 = bOffset + columns[first + 3];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c1x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c1x1 = c1x0;
        var c1x2 = c1x0;
        var c1x3 = c1x0;
        var c2x0 = FloatVector.broadcast(SPECIES, a[aOffset + 2]);
        var c2x1 = c2x0;
        var c2x2 = c2x0;
        var c2x3 = c2x0;
        var c3x0 = FloatVector.broadcast(SPECIES, a[aOffset + 3]);
        var c3x1 = c3x0;
        var c3x2 = c3x0;
        var c3x3 = c3x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + (i + 1) * 4;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var b2 = FloatVector.fromArray(SPECIES, b, row + p2);
            var b3 = FloatVector.fromArray(SPECIES, b, row + p3);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            c0x2 = w.fma(b2, c0x2);
            c0x3 = w.fma(b3, c0x3);
            w = FloatVector.broadcast(SPECIES, a[ai + 1]);
            c1x0 = w.fma(b0, c1x0);
            c1x1 = w.fma(b1, c1x1);
            c1x2 = w.fma(b2, c1x2);
            c1x3 = w.fma(b3, c1x3);
            w = FloatVector.broadcast(SPECIES, a[ai + 2]);
            c2x0 = w.fma(b0, c2x0);
            c2x1 = w.fma(b1, c2x1);
            c2x2 = w.fma(b2, c2x2);
            c2x3 = w.fma(b3, c2x3);
            w = FloatVector.broadcast(SPECIES, a[ai + 3]);
            c3x0 = w.fma(b0, c3x0);
            c3x1 = w.fma(b1, c3x1);
            c3x2 = w.fma(b2, c3x2);
            c3x3 = w.fma(b3, c3x3);
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        int to1 = target.at(1);
        int to2 = target.at(2);
        int to3 = target.at(3);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c0x2 = c0x2.add(FloatVector.fromArray(SPECIES, c, to2));
            c0x3 = c0x3.add(FloatVector.fromArray(SPECIES, c, to3));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c1x1 = c1x1.add(FloatVector.fromArray(SPECIES, c, to1 + next));
            c1x2 = c1x2.add(FloatVector.fromArray(SPECIES, c, to2 + next));
            c1x3 = c1x3.add(FloatVector.fromArray(SPECIES, c, to3 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c2x1 = c2x1.add(FloatVector.fromArray(SPECIES, c, to1 + 2 * next));
            c2x2 = c2x2.add(FloatVector.fromArray(SPECIES, c, to2 + 2 * next));
            c2x3 = c2x3.add(FloatVector.fromArray(SPECIES, c, to3 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c3x1 = c3x1.add(FloatVector.fromArray(SPECIES, c, to1 + 3 * next));
            c3x2 = c3x2.add(FloatVector.fromArray(SPECIES, c, to2 + 3 * next));
            c3x3 = c3x3.add(FloatVector.fromArray(SPECIES, c, to3 + 3 * next));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c0x2.intoArray(c, to2);
        c0x3.intoArray(c, to3);
        c1x0.intoArray(c, to0 + next);
        c1x1.intoArray(c, to1 + next);
        c1x2.intoArray(c, to2 + next);
        c1x3.intoArray(c, to3 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c2x1.intoArray(c, to1 + 2 * next);
        c2x2.intoArray(c, to2 + 2 * next);
        c2x3.intoArray(c, to3 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c3x1.intoArray(c, to1 + 3 * next);
        c3x2.intoArray(c, to2 + 3 * next);
        c3x3.intoArray(c, to3 + 3 * next);
    }

    /** 8 accumulators. */
    private static void tile4x2(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c1x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c1x1 = c1x0;
        var c2x0 = FloatVector.broadcast(SPECIES, a[aOffset + 2]);
        var c2x1 = c2x0;
        var c3x0 = FloatVector.broadcast(SPECIES, a[aOffset + 3]);
        var c3x1 = c3x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + (i + 1) * 4;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 1]);
            c1x0 = w.fma(b0, c1x0);
            c1x1 = w.fma(b1, c1x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 2]);
            c2x0 = w.fma(b0, c2x0);
            c2x1 = w.fma(b1, c2x1);
            w = FloatVector.broadcast(SPECIES, a[ai + 3]);
            c3x0 = w.fma(b0, c3x0);
            c3x1 = w.fma(b1, c3x1);
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        int to1 = target.at(1);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c1x1 = c1x1.add(FloatVector.fromArray(SPECIES, c, to1 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c2x1 = c2x1.add(FloatVector.fromArray(SPECIES, c, to1 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c3x1 = c3x1.add(FloatVector.fromArray(SPECIES, c, to1 + 3 * next));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c1x0.intoArray(c, to0 + next);
        c1x1.intoArray(c, to1 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c2x1.intoArray(c, to1 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c3x1.intoArray(c, to1 + 3 * next);
    }

    /** 8 accumulators for two output channels. */
    private static void tile2x4(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        int p2 = bOffset + columns[first + 2];
        int p3 = bOffset + columns[first + 3];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c1x0 = FloatVector.broadcast(SPECIES, a[aOffset + 1]);
        var c1x1 = c1x0;
        var c1x2 = c1x0;
        var c1x3 = c1x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + (i + 1) * 2;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var b2 = FloatVector.fromArray(SPECIES, b, row + p2);
            var b3 = FloatVector.fromArray(SPECIES, b, row + p3);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            c0x2 = w.fma(b2, c0x2);
            c0x3 = w.fma(b3, c0x3);
            w = FloatVector.broadcast(SPECIES, a[ai + 1]);
            c1x0 = w.fma(b0, c1x0);
            c1x1 = w.fma(b1, c1x1);
            c1x2 = w.fma(b2, c1x2);
            c1x3 = w.fma(b3, c1x3);
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        int to1 = target.at(1);
        int to2 = target.at(2);
        int to3 = target.at(3);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c0x2 = c0x2.add(FloatVector.fromArray(SPECIES, c, to2));
            c0x3 = c0x3.add(FloatVector.fromArray(SPECIES, c, to3));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c1x1 = c1x1.add(FloatVector.fromArray(SPECIES, c, to1 + next));
            c1x2 = c1x2.add(FloatVector.fromArray(SPECIES, c, to2 + next));
            c1x3 = c1x3.add(FloatVector.fromArray(SPECIES, c, to3 + next));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c0x2.intoArray(c, to2);
        c0x3.intoArray(c, to3);
        c1x0.intoArray(c, to0 + next);
        c1x1.intoArray(c, to1 + next);
        c1x2.intoArray(c, to2 + next);
        c1x3.intoArray(c, to3 + next);
    }

    /** 8 accumulators for a single output channel. */
    private static void tile1x8(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int[] bRows,
            int[] columns,
            int first,
            TileTarget target) {
        int p0 = bOffset + columns[first];
        int p1 = bOffset + columns[first + 1];
        int p2 = bOffset + columns[first + 2];
        int p3 = bOffset + columns[first + 3];
        int p4 = bOffset + columns[first + 4];
        int p5 = bOffset + columns[first + 5];
        int p6 = bOffset + columns[first + 6];
        int p7 = bOffset + columns[first + 7];
        var c0x0 = FloatVector.broadcast(SPECIES, a[aOffset]);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c0x4 = c0x0;
        var c0x5 = c0x0;
        var c0x6 = c0x0;
        var c0x7 = c0x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + i + 1;
            int row = bRows[i];
            var b0 = FloatVector.fromArray(SPECIES, b, row + p0);
            var b1 = FloatVector.fromArray(SPECIES, b, row + p1);
            var b2 = FloatVector.fromArray(SPECIES, b, row + p2);
            var b3 = FloatVector.fromArray(SPECIES, b, row + p3);
            var b4 = FloatVector.fromArray(SPECIES, b, row + p4);
            var b5 = FloatVector.fromArray(SPECIES, b, row + p5);
            var b6 = FloatVector.fromArray(SPECIES, b, row + p6);
            var b7 = FloatVector.fromArray(SPECIES, b, row + p7);
            var w = FloatVector.broadcast(SPECIES, a[ai]);
            c0x0 = w.fma(b0, c0x0);
            c0x1 = w.fma(b1, c0x1);
            c0x2 = w.fma(b2, c0x2);
            c0x3 = w.fma(b3, c0x3);
            c0x4 = w.fma(b4, c0x4);
            c0x5 = w.fma(b5, c0x5);
            c0x6 = w.fma(b6, c0x6);
            c0x7 = w.fma(b7, c0x7);
        }
        float[] c = target.c;
        int to0 = target.at(0);
        int to1 = target.at(1);
        int to2 = target.at(2);
        int to3 = target.at(3);
        int to4 = target.at(4);
        int to5 = target.at(5);
        int to6 = target.at(6);
        int to7 = target.at(7);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c0x1 = c0x1.add(FloatVector.fromArray(SPECIES, c, to1));
            c0x2 = c0x2.add(FloatVector.fromArray(SPECIES, c, to2));
            c0x3 = c0x3.add(FloatVector.fromArray(SPECIES, c, to3));
            c0x4 = c0x4.add(FloatVector.fromArray(SPECIES, c, to4));
            c0x5 = c0x5.add(FloatVector.fromArray(SPECIES, c, to5));
            c0x6 = c0x6.add(FloatVector.fromArray(SPECIES, c, to6));
            c0x7 = c0x7.add(FloatVector.fromArray(SPECIES, c, to7));
        }
        c0x0.intoArray(c, to0);
        c0x1.intoArray(c, to1);
        c0x2.intoArray(c, to2);
        c0x3.intoArray(c, to3);
        c0x4.intoArray(c, to4);
        c0x5.intoArray(c, to5);
        c0x6.intoArray(c, to6);
        c0x7.intoArray(c, to7);
    }
}
