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

    /** Floats in a group of panels, to be packed at once: half of a small second-level cache. */
    private static final int GROUP_FLOATS = 32 * 1024;

    private PanelKernels() {}

    /**
     * How many panels to pack in one go. The more, the longer the runs of memory that are read: the rows of B are often a
     * multiple of 4 KB apart, where two vectors a row would use one set of the cache and one page for each row.
     */
    static int groupOf(int depth) {
        return Math.clamp(GROUP_FLOATS / (depth * WIDTH + 1), 1, 16);
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
    static void panel12x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
        int rows = target.rows;
        target.put(c0x0, 0, 0);
        target.put(c0x1, 0, 1);
        if (rows > 1) {
            target.put(c1x0, 1, 0);
            target.put(c1x1, 1, 1);
        }
        if (rows > 2) {
            target.put(c2x0, 2, 0);
            target.put(c2x1, 2, 1);
        }
        if (rows > 3) {
            target.put(c3x0, 3, 0);
            target.put(c3x1, 3, 1);
        }
        if (rows > 4) {
            target.put(c4x0, 4, 0);
            target.put(c4x1, 4, 1);
        }
        if (rows > 5) {
            target.put(c5x0, 5, 0);
            target.put(c5x1, 5, 1);
        }
        if (rows > 6) {
            target.put(c6x0, 6, 0);
            target.put(c6x1, 6, 1);
        }
        if (rows > 7) {
            target.put(c7x0, 7, 0);
            target.put(c7x1, 7, 1);
        }
        if (rows > 8) {
            target.put(c8x0, 8, 0);
            target.put(c8x1, 8, 1);
        }
        if (rows > 9) {
            target.put(c9x0, 9, 0);
            target.put(c9x1, 9, 1);
        }
        if (rows > 10) {
            target.put(c10x0, 10, 0);
            target.put(c10x1, 10, 1);
        }
        if (rows > 11) {
            target.put(c11x0, 11, 0);
            target.put(c11x1, 11, 1);
        }
    }

    /** 16 accumulators. */
    static void panel8x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
        int rows = target.rows;
        target.put(c0x0, 0, 0);
        target.put(c0x1, 0, 1);
        if (rows > 1) {
            target.put(c1x0, 1, 0);
            target.put(c1x1, 1, 1);
        }
        if (rows > 2) {
            target.put(c2x0, 2, 0);
            target.put(c2x1, 2, 1);
        }
        if (rows > 3) {
            target.put(c3x0, 3, 0);
            target.put(c3x1, 3, 1);
        }
        if (rows > 4) {
            target.put(c4x0, 4, 0);
            target.put(c4x1, 4, 1);
        }
        if (rows > 5) {
            target.put(c5x0, 5, 0);
            target.put(c5x1, 5, 1);
        }
        if (rows > 6) {
            target.put(c6x0, 6, 0);
            target.put(c6x1, 6, 1);
        }
        if (rows > 7) {
            target.put(c7x0, 7, 0);
            target.put(c7x1, 7, 1);
        }
    }

    /** 8 accumulators: all that 16 registers can take. */
    static void panel4x2(int depth, float[] a, int aOffset, float[] b, int bOffset, TileTarget target) {
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
        int rows = target.rows;
        target.put(c0x0, 0, 0);
        target.put(c0x1, 0, 1);
        if (rows > 1) {
            target.put(c1x0, 1, 0);
            target.put(c1x1, 1, 1);
        }
        if (rows > 2) {
            target.put(c2x0, 2, 0);
            target.put(c2x1, 2, 1);
        }
        if (rows > 3) {
            target.put(c3x0, 3, 0);
            target.put(c3x1, 3, 1);
        }
    }
}
