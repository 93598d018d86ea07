package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of {@link OuterGradient}: sums of outer products of some output channels of dy with two vectors of input
 * channels of x, over pixels. Of pixel i, dy is at {@code aOffset + i LANES} and x at {@code bOffset + bSteps[i]}.
 */
final class OuterKernels {
    private OuterKernels() {}

    /** Output channels of a tile; a vector holds those of two. */
    static final int ROWS = MANY_REGISTERS ? 8 : 4;

    /** Computes a tile. */
    static void run(int depth, float[] a, int aOffset, float[] b, int bOffset, int[] bSteps, TileTarget target) {
        if (MANY_REGISTERS) {
            outer8x2(depth, a, aOffset, b, bOffset, bSteps, target);
        } else {
            outer4x2(depth, a, aOffset, b, bOffset, bSteps, target);
        }
    }

    /** 16 accumulators: 12 x 2 is hardly faster, but does not divide a vector of channels. */
    private static void outer8x2(
            int depth, float[] a, int aOffset, float[] b, int bOffset, int[] bSteps, TileTarget target) {
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
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + i * LANES;
            int bi = bOffset + bSteps[i];
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
    private static void outer4x2(
            int depth, float[] a, int aOffset, float[] b, int bOffset, int[] bSteps, TileTarget target) {
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c2x0 = c0x0;
        var c2x1 = c0x0;
        var c3x0 = c0x0;
        var c3x1 = c0x0;
        for (int i = 0; i < depth; i++) {
            int ai = aOffset + i * LANES;
            int bi = bOffset + bSteps[i];
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
