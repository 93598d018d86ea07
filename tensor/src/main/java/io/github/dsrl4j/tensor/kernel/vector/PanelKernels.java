package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of matrix products and of convolutions with many output channels. They compute what {@link TileKernels}
 * compute, but B has been copied to a panel, two vectors a step, one step behind the other: no table is read, so the
 * inner loop is nothing but loads and multiply-adds (12 x 2 runs at some 87 % of the processor's peak).
 */
final class PanelKernels {
    /** Floats in a step of a panel. */
    static final int WIDTH = 2 * LANES;

    /**
     * Tiles of A that pass over a panel before the next panel: so few that they stay in the second-level cache from panel to panel,
     * and enough for the panel to be worth its way to the first.
     */
    static final int TILES_IN_TURN = 4;

    /** Floats in a group of panels, to be packed at once: an eighth of a second-level cache. */
    private static final int GROUP_FLOATS = 64 * 1024;

    private PanelKernels() {}

    /**
     * How many panels to pack in one go. The more, the longer the runs of memory that are read: the rows of B are often a
     * multiple of 4 KB apart, where two vectors a row would use one set of the cache and one page for each row.
     */
    static int groupOf(int depth) {
        return Math.clamp(GROUP_FLOATS / (depth * WIDTH + 1), 1, 32);
    }

    /** Computes the tile of this many rows. */
    static void run(int tileRows, int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
        switch (tileRows) {
            case 12 -> panel12x2(depth, a, aOffset, b, bOffset, target);
            case 8 -> panel8x2(depth, a, aOffset, b, bOffset, target);
            case 4 -> panel4x2(depth, a, aOffset, b, bOffset, target);
            default -> throw new IllegalArgumentException("no register tile has " + tileRows + " rows");
        }
    }

    /** 24 accumulators. */
    private static void panel12x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
            int bi = bOffset + i * 2 * LANES;
            var b0 = FloatVector.fromArray(SPECIES, b, bi);
            var b1 = FloatVector.fromArray(SPECIES, b, bi + LANES);
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
    private static void panel8x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
            int bi = bOffset + i * 2 * LANES;
            var b0 = FloatVector.fromArray(SPECIES, b, bi);
            var b1 = FloatVector.fromArray(SPECIES, b, bi + LANES);
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

    /** 8 accumulators: all that 16 registers can take. */
    private static void panel4x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
            int bi = bOffset + i * 2 * LANES;
            var b0 = FloatVector.fromArray(SPECIES, b, bi);
            var b1 = FloatVector.fromArray(SPECIES, b, bi + LANES);
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
}
