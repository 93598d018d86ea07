package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of {@link OuterGradient} and {@link WinogradGradient}: sums over pixels of outer products of some rows with one or two vectors of lanes. The
 * pixels are {@code runs} of {@code length}: of pixel i of a run, row r is at {@code aOffset + run length + r LINE + i} and the
 * lanes are at {@code bOffset + run bRun + i bStep}.
 */
final class OuterKernels {
    /** From a row to the next: the pixels of a tile, and some more, lest the rows fight for one set of the cache. */
    static final int LINE = OuterPlan.DEPTH + LANES;

    private OuterKernels() {}

    /** The rows of a tile of this many vectors: as many accumulators as there is room for beside the operands. */
    static int rows(int vectors) {
        return (MANY_REGISTERS ? 16 : 8) / vectors;
    }

    /** So many rows filled up to whole tiles. */
    static int padded(int rows, int vectors) {
        return Math.ceilDiv(rows, rows(vectors)) * rows(vectors);
    }

    /** Computes a tile of {@link #rows} rows. */
    static void run(
            int vectors,
            int runs,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bRun,
            int bStep,
            TileTarget target) {
        if (vectors == 1) {
            if (MANY_REGISTERS) {
                outer16x1(runs, length, a, aOffset, b, bOffset, bRun, bStep, target);
            } else {
                outer8x1(runs, length, a, aOffset, b, bOffset, bRun, bStep, target);
            }
        } else if (MANY_REGISTERS) {
            outer8x2(runs, length, a, aOffset, b, bOffset, bRun, bStep, target);
        } else {
            outer4x2(runs, length, a, aOffset, b, bOffset, bRun, bStep, target);
        }
    }

    /** 16 accumulators: 12 x 2 is hardly faster, but divides fewer numbers of rows. */
    private static void outer8x2(
            int runs,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bRun,
            int bStep,
            TileTarget target) {
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c2x0 = c0x0;
        var c2x1 = c0x0;
        var c3x0 = c0x0;
        var c3x1 = c0x0;
        var c4x0 = c0x0;
        var c4x1 = c0x0;
        var c5x0 = c0x0;
        var c5x1 = c0x0;
        var c6x0 = c0x0;
        var c6x1 = c0x0;
        var c7x0 = c0x0;
        var c7x1 = c0x0;
        for (int run = 0; run < runs; run++) {
            int bStart = bOffset + run * bRun;
            int aStart = aOffset + run * length;
            for (int i = 0; i < length; i++) {
                int ai = aStart + i;
                int bi = bStart + i * bStep;
                var b0 = FloatVector.fromArray(SPECIES, b, bi);
                var b1 = FloatVector.fromArray(SPECIES, b, bi + LANES);
                var w = FloatVector.broadcast(SPECIES, a[ai]);
                c0x0 = w.fma(b0, c0x0);
                c0x1 = w.fma(b1, c0x1);
                w = FloatVector.broadcast(SPECIES, a[ai + LINE]);
                c1x0 = w.fma(b0, c1x0);
                c1x1 = w.fma(b1, c1x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 2 * LINE]);
                c2x0 = w.fma(b0, c2x0);
                c2x1 = w.fma(b1, c2x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 3 * LINE]);
                c3x0 = w.fma(b0, c3x0);
                c3x1 = w.fma(b1, c3x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 4 * LINE]);
                c4x0 = w.fma(b0, c4x0);
                c4x1 = w.fma(b1, c4x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 5 * LINE]);
                c5x0 = w.fma(b0, c5x0);
                c5x1 = w.fma(b1, c5x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 6 * LINE]);
                c6x0 = w.fma(b0, c6x0);
                c6x1 = w.fma(b1, c6x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 7 * LINE]);
                c7x0 = w.fma(b0, c7x0);
                c7x1 = w.fma(b1, c7x1);
            }
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
    private static void outer16x1(
            int runs,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bRun,
            int bStep,
            TileTarget target) {
        var c0x0 = FloatVector.zero(SPECIES);
        var c1x0 = c0x0;
        var c2x0 = c0x0;
        var c3x0 = c0x0;
        var c4x0 = c0x0;
        var c5x0 = c0x0;
        var c6x0 = c0x0;
        var c7x0 = c0x0;
        var c8x0 = c0x0;
        var c9x0 = c0x0;
        var c10x0 = c0x0;
        var c11x0 = c0x0;
        var c12x0 = c0x0;
        var c13x0 = c0x0;
        var c14x0 = c0x0;
        var c15x0 = c0x0;
        for (int run = 0; run < runs; run++) {
            int bStart = bOffset + run * bRun;
            int aStart = aOffset + run * length;
            for (int i = 0; i < length; i++) {
                int ai = aStart + i;
                int bi = bStart + i * bStep;
                var b0 = FloatVector.fromArray(SPECIES, b, bi);
                var w = FloatVector.broadcast(SPECIES, a[ai]);
                c0x0 = w.fma(b0, c0x0);
                w = FloatVector.broadcast(SPECIES, a[ai + LINE]);
                c1x0 = w.fma(b0, c1x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 2 * LINE]);
                c2x0 = w.fma(b0, c2x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 3 * LINE]);
                c3x0 = w.fma(b0, c3x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 4 * LINE]);
                c4x0 = w.fma(b0, c4x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 5 * LINE]);
                c5x0 = w.fma(b0, c5x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 6 * LINE]);
                c6x0 = w.fma(b0, c6x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 7 * LINE]);
                c7x0 = w.fma(b0, c7x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 8 * LINE]);
                c8x0 = w.fma(b0, c8x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 9 * LINE]);
                c9x0 = w.fma(b0, c9x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 10 * LINE]);
                c10x0 = w.fma(b0, c10x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 11 * LINE]);
                c11x0 = w.fma(b0, c11x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 12 * LINE]);
                c12x0 = w.fma(b0, c12x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 13 * LINE]);
                c13x0 = w.fma(b0, c13x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 14 * LINE]);
                c14x0 = w.fma(b0, c14x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 15 * LINE]);
                c15x0 = w.fma(b0, c15x0);
            }
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c4x0 = c4x0.add(FloatVector.fromArray(SPECIES, c, to0 + 4 * next));
            c5x0 = c5x0.add(FloatVector.fromArray(SPECIES, c, to0 + 5 * next));
            c6x0 = c6x0.add(FloatVector.fromArray(SPECIES, c, to0 + 6 * next));
            c7x0 = c7x0.add(FloatVector.fromArray(SPECIES, c, to0 + 7 * next));
            c8x0 = c8x0.add(FloatVector.fromArray(SPECIES, c, to0 + 8 * next));
            c9x0 = c9x0.add(FloatVector.fromArray(SPECIES, c, to0 + 9 * next));
            c10x0 = c10x0.add(FloatVector.fromArray(SPECIES, c, to0 + 10 * next));
            c11x0 = c11x0.add(FloatVector.fromArray(SPECIES, c, to0 + 11 * next));
            c12x0 = c12x0.add(FloatVector.fromArray(SPECIES, c, to0 + 12 * next));
            c13x0 = c13x0.add(FloatVector.fromArray(SPECIES, c, to0 + 13 * next));
            c14x0 = c14x0.add(FloatVector.fromArray(SPECIES, c, to0 + 14 * next));
            c15x0 = c15x0.add(FloatVector.fromArray(SPECIES, c, to0 + 15 * next));
        }
        c0x0.intoArray(c, to0);
        c1x0.intoArray(c, to0 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c4x0.intoArray(c, to0 + 4 * next);
        c5x0.intoArray(c, to0 + 5 * next);
        c6x0.intoArray(c, to0 + 6 * next);
        c7x0.intoArray(c, to0 + 7 * next);
        c8x0.intoArray(c, to0 + 8 * next);
        c9x0.intoArray(c, to0 + 9 * next);
        c10x0.intoArray(c, to0 + 10 * next);
        c11x0.intoArray(c, to0 + 11 * next);
        c12x0.intoArray(c, to0 + 12 * next);
        c13x0.intoArray(c, to0 + 13 * next);
        c14x0.intoArray(c, to0 + 14 * next);
        c15x0.intoArray(c, to0 + 15 * next);
    }

    /** 8 accumulators: all that 16 registers can take. */
    private static void outer4x2(
            int runs,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bRun,
            int bStep,
            TileTarget target) {
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c2x0 = c0x0;
        var c2x1 = c0x0;
        var c3x0 = c0x0;
        var c3x1 = c0x0;
        for (int run = 0; run < runs; run++) {
            int bStart = bOffset + run * bRun;
            int aStart = aOffset + run * length;
            for (int i = 0; i < length; i++) {
                int ai = aStart + i;
                int bi = bStart + i * bStep;
                var b0 = FloatVector.fromArray(SPECIES, b, bi);
                var b1 = FloatVector.fromArray(SPECIES, b, bi + LANES);
                var w = FloatVector.broadcast(SPECIES, a[ai]);
                c0x0 = w.fma(b0, c0x0);
                c0x1 = w.fma(b1, c0x1);
                w = FloatVector.broadcast(SPECIES, a[ai + LINE]);
                c1x0 = w.fma(b0, c1x0);
                c1x1 = w.fma(b1, c1x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 2 * LINE]);
                c2x0 = w.fma(b0, c2x0);
                c2x1 = w.fma(b1, c2x1);
                w = FloatVector.broadcast(SPECIES, a[ai + 3 * LINE]);
                c3x0 = w.fma(b0, c3x0);
                c3x1 = w.fma(b1, c3x1);
            }
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

    /** 8 accumulators. */
    private static void outer8x1(
            int runs,
            int length,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            int bRun,
            int bStep,
            TileTarget target) {
        var c0x0 = FloatVector.zero(SPECIES);
        var c1x0 = c0x0;
        var c2x0 = c0x0;
        var c3x0 = c0x0;
        var c4x0 = c0x0;
        var c5x0 = c0x0;
        var c6x0 = c0x0;
        var c7x0 = c0x0;
        for (int run = 0; run < runs; run++) {
            int bStart = bOffset + run * bRun;
            int aStart = aOffset + run * length;
            for (int i = 0; i < length; i++) {
                int ai = aStart + i;
                int bi = bStart + i * bStep;
                var b0 = FloatVector.fromArray(SPECIES, b, bi);
                var w = FloatVector.broadcast(SPECIES, a[ai]);
                c0x0 = w.fma(b0, c0x0);
                w = FloatVector.broadcast(SPECIES, a[ai + LINE]);
                c1x0 = w.fma(b0, c1x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 2 * LINE]);
                c2x0 = w.fma(b0, c2x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 3 * LINE]);
                c3x0 = w.fma(b0, c3x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 4 * LINE]);
                c4x0 = w.fma(b0, c4x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 5 * LINE]);
                c5x0 = w.fma(b0, c5x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 6 * LINE]);
                c6x0 = w.fma(b0, c6x0);
                w = FloatVector.broadcast(SPECIES, a[ai + 7 * LINE]);
                c7x0 = w.fma(b0, c7x0);
            }
        }
        float[] c = target.c;
        int next = target.leading;
        int to0 = target.at(0);
        if (target.add) {
            c0x0 = c0x0.add(FloatVector.fromArray(SPECIES, c, to0));
            c1x0 = c1x0.add(FloatVector.fromArray(SPECIES, c, to0 + next));
            c2x0 = c2x0.add(FloatVector.fromArray(SPECIES, c, to0 + 2 * next));
            c3x0 = c3x0.add(FloatVector.fromArray(SPECIES, c, to0 + 3 * next));
            c4x0 = c4x0.add(FloatVector.fromArray(SPECIES, c, to0 + 4 * next));
            c5x0 = c5x0.add(FloatVector.fromArray(SPECIES, c, to0 + 5 * next));
            c6x0 = c6x0.add(FloatVector.fromArray(SPECIES, c, to0 + 6 * next));
            c7x0 = c7x0.add(FloatVector.fromArray(SPECIES, c, to0 + 7 * next));
        }
        c0x0.intoArray(c, to0);
        c1x0.intoArray(c, to0 + next);
        c2x0.intoArray(c, to0 + 2 * next);
        c3x0.intoArray(c, to0 + 3 * next);
        c4x0.intoArray(c, to0 + 4 * next);
        c5x0.intoArray(c, to0 + 5 * next);
        c6x0.intoArray(c, to0 + 6 * next);
        c7x0.intoArray(c, to0 + 7 * next);
    }
}
