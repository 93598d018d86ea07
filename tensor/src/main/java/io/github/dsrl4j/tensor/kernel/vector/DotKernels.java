package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The register tiles of weight gradients, where the long dimension, the pixels, is the one that is summed:
 *
 * <pre>
 * C[r, s] += sum over pixels p of A[r, p] B[s, p]
 * </pre>
 *
 * Both operands lie with their pixels in order, so neither is packed nor broadcast: a step reads R vectors of A and S of B
 * for R S multiply-adds, each lane sums its own pixels, and the lanes are added up at the end. That end costs about as much as
 * a few steps for each sum, so it pays from some tens of vectors on.
 */
final class DotKernels {
    /** The rows of a tile, unless A has a single row. */
    static final int ROWS = MANY_REGISTERS ? 4 : 2;

    /** Where the {@code count} vectors of pixels start, in A and in B. */
    record Positions(int count, int[] inA, int[] inB) {}

    private DotKernels() {}

    /** Floats that {@link #accumulate} needs to work in. */
    static int sumsLength() {
        return 24 * LANES;
    }

    /**
     * Adds to C {@code [rows, columns]}, which starts at {@code cOffset}. Row r of A starts at {@code aOffset + aRows[r]}, row s
     * of B at {@code bOffset + bRows[s]}.
     */
    static void accumulate(
            float[] a,
            int aOffset,
            int[] aRows,
            int rows,
            float[] b,
            int bOffset,
            int[] bRows,
            int columns,
            Positions at,
            float[] c,
            int cOffset,
            int cLeading,
            float[] sums) {
        for (int s = 0; s < columns; ) {
            int left = columns - s;
            int width =
                    rows == 1 ? left % 9 == 0 ? 9 : 8 : MANY_REGISTERS && (left > 8 || left == 5 || left == 6) ? 6 : 4;
            int height = rows == 1 ? 1 : ROWS;
            for (int r = 0; r < rows; r += height) {
                switch (height * width) {
                    case 24 -> dot4x6(a, aOffset, aRows, r, rows - r, b, bOffset, bRows, s, left, at, sums);
                    case 16 -> dot4x4(a, aOffset, aRows, r, rows - r, b, bOffset, bRows, s, left, at, sums);
                    default -> {
                        if (width == 9) {
                            dot1x9(a, aOffset, aRows, r, b, bOffset, bRows, s, at, sums);
                        } else if (height == 1) {
                            dot1x8(a, aOffset, aRows, r, b, bOffset, bRows, s, left, at, sums);
                        } else {
                            dot2x4(a, aOffset, aRows, r, rows - r, b, bOffset, bRows, s, left, at, sums);
                        }
                    }
                }
                addLanes(
                        sums,
                        width,
                        Math.min(height, rows - r),
                        Math.min(width, left),
                        c,
                        cOffset + r * cLeading + s,
                        cLeading);
            }
            s += width;
        }
    }

    private static void addLanes(float[] sums, int width, int rows, int columns, float[] c, int cOffset, int cLeading) {
        for (int r = 0; r < rows; r++) {
            for (int s = 0; s < columns; s++) {
                var lanes = FloatVector.fromArray(SPECIES, sums, (r * width + s) * LANES);
                c[cOffset + r * cLeading + s] += Lanes.sum(lanes);
            }
        }
    }

    /** 24 accumulators. */
    private static void dot4x6(
            float[] a,
            int aOffset,
            int[] aRows,
            int row,
            int rows,
            float[] b,
            int bOffset,
            int[] bRows,
            int column,
            int columns,
            Positions at,
            float[] sums) {
        int a0 = aOffset + aRows[row];
        int a1 = aOffset + aRows[row + Math.min(1, rows - 1)];
        int a2 = aOffset + aRows[row + Math.min(2, rows - 1)];
        int a3 = aOffset + aRows[row + Math.min(3, rows - 1)];
        int b0 = bOffset + bRows[column];
        int b1 = bOffset + bRows[column + Math.min(1, columns - 1)];
        int b2 = bOffset + bRows[column + Math.min(2, columns - 1)];
        int b3 = bOffset + bRows[column + Math.min(3, columns - 1)];
        int b4 = bOffset + bRows[column + Math.min(4, columns - 1)];
        int b5 = bOffset + bRows[column + Math.min(5, columns - 1)];
        int count = at.count();
        int[] inA = at.inA();
        int[] inB = at.inB();
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c0x4 = c0x0;
        var c0x5 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c1x2 = c0x0;
        var c1x3 = c0x0;
        var c1x4 = c0x0;
        var c1x5 = c0x0;
        var c2x0 = c0x0;
        var c2x1 = c0x0;
        var c2x2 = c0x0;
        var c2x3 = c0x0;
        var c2x4 = c0x0;
        var c2x5 = c0x0;
        var c3x0 = c0x0;
        var c3x1 = c0x0;
        var c3x2 = c0x0;
        var c3x3 = c0x0;
        var c3x4 = c0x0;
        var c3x5 = c0x0;
        for (int i = 0; i < count; i++) {
            int pa = inA[i];
            int pb = inB[i];
            var x0 = FloatVector.fromArray(SPECIES, a, a0 + pa);
            var x1 = FloatVector.fromArray(SPECIES, a, a1 + pa);
            var x2 = FloatVector.fromArray(SPECIES, a, a2 + pa);
            var x3 = FloatVector.fromArray(SPECIES, a, a3 + pa);
            var y = FloatVector.fromArray(SPECIES, b, b0 + pb);
            c0x0 = x0.fma(y, c0x0);
            c1x0 = x1.fma(y, c1x0);
            c2x0 = x2.fma(y, c2x0);
            c3x0 = x3.fma(y, c3x0);
            y = FloatVector.fromArray(SPECIES, b, b1 + pb);
            c0x1 = x0.fma(y, c0x1);
            c1x1 = x1.fma(y, c1x1);
            c2x1 = x2.fma(y, c2x1);
            c3x1 = x3.fma(y, c3x1);
            y = FloatVector.fromArray(SPECIES, b, b2 + pb);
            c0x2 = x0.fma(y, c0x2);
            c1x2 = x1.fma(y, c1x2);
            c2x2 = x2.fma(y, c2x2);
            c3x2 = x3.fma(y, c3x2);
            y = FloatVector.fromArray(SPECIES, b, b3 + pb);
            c0x3 = x0.fma(y, c0x3);
            c1x3 = x1.fma(y, c1x3);
            c2x3 = x2.fma(y, c2x3);
            c3x3 = x3.fma(y, c3x3);
            y = FloatVector.fromArray(SPECIES, b, b4 + pb);
            c0x4 = x0.fma(y, c0x4);
            c1x4 = x1.fma(y, c1x4);
            c2x4 = x2.fma(y, c2x4);
            c3x4 = x3.fma(y, c3x4);
            y = FloatVector.fromArray(SPECIES, b, b5 + pb);
            c0x5 = x0.fma(y, c0x5);
            c1x5 = x1.fma(y, c1x5);
            c2x5 = x2.fma(y, c2x5);
            c3x5 = x3.fma(y, c3x5);
        }
        c0x0.intoArray(sums, 0);
        c0x1.intoArray(sums, LANES);
        c0x2.intoArray(sums, 2 * LANES);
        c0x3.intoArray(sums, 3 * LANES);
        c0x4.intoArray(sums, 4 * LANES);
        c0x5.intoArray(sums, 5 * LANES);
        c1x0.intoArray(sums, 6 * LANES);
        c1x1.intoArray(sums, 7 * LANES);
        c1x2.intoArray(sums, 8 * LANES);
        c1x3.intoArray(sums, 9 * LANES);
        c1x4.intoArray(sums, 10 * LANES);
        c1x5.intoArray(sums, 11 * LANES);
        c2x0.intoArray(sums, 12 * LANES);
        c2x1.intoArray(sums, 13 * LANES);
        c2x2.intoArray(sums, 14 * LANES);
        c2x3.intoArray(sums, 15 * LANES);
        c2x4.intoArray(sums, 16 * LANES);
        c2x5.intoArray(sums, 17 * LANES);
        c3x0.intoArray(sums, 18 * LANES);
        c3x1.intoArray(sums, 19 * LANES);
        c3x2.intoArray(sums, 20 * LANES);
        c3x3.intoArray(sums, 21 * LANES);
        c3x4.intoArray(sums, 22 * LANES);
        c3x5.intoArray(sums, 23 * LANES);
    }

    /** 16 accumulators. */
    private static void dot4x4(
            float[] a,
            int aOffset,
            int[] aRows,
            int row,
            int rows,
            float[] b,
            int bOffset,
            int[] bRows,
            int column,
            int columns,
            Positions at,
            float[] sums) {
        int a0 = aOffset + aRows[row];
        int a1 = aOffset + aRows[row + Math.min(1, rows - 1)];
        int a2 = aOffset + aRows[row + Math.min(2, rows - 1)];
        int a3 = aOffset + aRows[row + Math.min(3, rows - 1)];
        int b0 = bOffset + bRows[column];
        int b1 = bOffset + bRows[column + Math.min(1, columns - 1)];
        int b2 = bOffset + bRows[column + Math.min(2, columns - 1)];
        int b3 = bOffset + bRows[column + Math.min(3, columns - 1)];
        int count = at.count();
        int[] inA = at.inA();
        int[] inB = at.inB();
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c1x2 = c0x0;
        var c1x3 = c0x0;
        var c2x0 = c0x0;
        var c2x1 = c0x0;
        var c2x2 = c0x0;
        var c2x3 = c0x0;
        var c3x0 = c0x0;
        var c3x1 = c0x0;
        var c3x2 = c0x0;
        var c3x3 = c0x0;
        for (int i = 0; i < count; i++) {
            int pa = inA[i];
            int pb = inB[i];
            var x0 = FloatVector.fromArray(SPECIES, a, a0 + pa);
            var x1 = FloatVector.fromArray(SPECIES, a, a1 + pa);
            var x2 = FloatVector.fromArray(SPECIES, a, a2 + pa);
            var x3 = FloatVector.fromArray(SPECIES, a, a3 + pa);
            var y = FloatVector.fromArray(SPECIES, b, b0 + pb);
            c0x0 = x0.fma(y, c0x0);
            c1x0 = x1.fma(y, c1x0);
            c2x0 = x2.fma(y, c2x0);
            c3x0 = x3.fma(y, c3x0);
            y = FloatVector.fromArray(SPECIES, b, b1 + pb);
            c0x1 = x0.fma(y, c0x1);
            c1x1 = x1.fma(y, c1x1);
            c2x1 = x2.fma(y, c2x1);
            c3x1 = x3.fma(y, c3x1);
            y = FloatVector.fromArray(SPECIES, b, b2 + pb);
            c0x2 = x0.fma(y, c0x2);
            c1x2 = x1.fma(y, c1x2);
            c2x2 = x2.fma(y, c2x2);
            c3x2 = x3.fma(y, c3x2);
            y = FloatVector.fromArray(SPECIES, b, b3 + pb);
            c0x3 = x0.fma(y, c0x3);
            c1x3 = x1.fma(y, c1x3);
            c2x3 = x2.fma(y, c2x3);
            c3x3 = x3.fma(y, c3x3);
        }
        c0x0.intoArray(sums, 0);
        c0x1.intoArray(sums, LANES);
        c0x2.intoArray(sums, 2 * LANES);
        c0x3.intoArray(sums, 3 * LANES);
        c1x0.intoArray(sums, 4 * LANES);
        c1x1.intoArray(sums, 5 * LANES);
        c1x2.intoArray(sums, 6 * LANES);
        c1x3.intoArray(sums, 7 * LANES);
        c2x0.intoArray(sums, 8 * LANES);
        c2x1.intoArray(sums, 9 * LANES);
        c2x2.intoArray(sums, 10 * LANES);
        c2x3.intoArray(sums, 11 * LANES);
        c3x0.intoArray(sums, 12 * LANES);
        c3x1.intoArray(sums, 13 * LANES);
        c3x2.intoArray(sums, 14 * LANES);
        c3x3.intoArray(sums, 15 * LANES);
    }

    /** 8 accumulators, for 16 registers. */
    private static void dot2x4(
            float[] a,
            int aOffset,
            int[] aRows,
            int row,
            int rows,
            float[] b,
            int bOffset,
            int[] bRows,
            int column,
            int columns,
            Positions at,
            float[] sums) {
        int a0 = aOffset + aRows[row];
        int a1 = aOffset + aRows[row + Math.min(1, rows - 1)];
        int b0 = bOffset + bRows[column];
        int b1 = bOffset + bRows[column + Math.min(1, columns - 1)];
        int b2 = bOffset + bRows[column + Math.min(2, columns - 1)];
        int b3 = bOffset + bRows[column + Math.min(3, columns - 1)];
        int count = at.count();
        int[] inA = at.inA();
        int[] inB = at.inB();
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c1x0 = c0x0;
        var c1x1 = c0x0;
        var c1x2 = c0x0;
        var c1x3 = c0x0;
        for (int i = 0; i < count; i++) {
            int pa = inA[i];
            int pb = inB[i];
            var x0 = FloatVector.fromArray(SPECIES, a, a0 + pa);
            var x1 = FloatVector.fromArray(SPECIES, a, a1 + pa);
            var y = FloatVector.fromArray(SPECIES, b, b0 + pb);
            c0x0 = x0.fma(y, c0x0);
            c1x0 = x1.fma(y, c1x0);
            y = FloatVector.fromArray(SPECIES, b, b1 + pb);
            c0x1 = x0.fma(y, c0x1);
            c1x1 = x1.fma(y, c1x1);
            y = FloatVector.fromArray(SPECIES, b, b2 + pb);
            c0x2 = x0.fma(y, c0x2);
            c1x2 = x1.fma(y, c1x2);
            y = FloatVector.fromArray(SPECIES, b, b3 + pb);
            c0x3 = x0.fma(y, c0x3);
            c1x3 = x1.fma(y, c1x3);
        }
        c0x0.intoArray(sums, 0);
        c0x1.intoArray(sums, LANES);
        c0x2.intoArray(sums, 2 * LANES);
        c0x3.intoArray(sums, 3 * LANES);
        c1x0.intoArray(sums, 4 * LANES);
        c1x1.intoArray(sums, 5 * LANES);
        c1x2.intoArray(sums, 6 * LANES);
        c1x3.intoArray(sums, 7 * LANES);
    }

    /** 8 accumulators for a single row. */
    private static void dot1x8(
            float[] a,
            int aOffset,
            int[] aRows,
            int row,
            float[] b,
            int bOffset,
            int[] bRows,
            int column,
            int columns,
            Positions at,
            float[] sums) {
        int a0 = aOffset + aRows[row];
        int b0 = bOffset + bRows[column];
        int b1 = bOffset + bRows[column + Math.min(1, columns - 1)];
        int b2 = bOffset + bRows[column + Math.min(2, columns - 1)];
        int b3 = bOffset + bRows[column + Math.min(3, columns - 1)];
        int b4 = bOffset + bRows[column + Math.min(4, columns - 1)];
        int b5 = bOffset + bRows[column + Math.min(5, columns - 1)];
        int b6 = bOffset + bRows[column + Math.min(6, columns - 1)];
        int b7 = bOffset + bRows[column + Math.min(7, columns - 1)];
        int count = at.count();
        int[] inA = at.inA();
        int[] inB = at.inB();
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c0x4 = c0x0;
        var c0x5 = c0x0;
        var c0x6 = c0x0;
        var c0x7 = c0x0;
        for (int i = 0; i < count; i++) {
            int pa = inA[i];
            int pb = inB[i];
            var x0 = FloatVector.fromArray(SPECIES, a, a0 + pa);
            var y = FloatVector.fromArray(SPECIES, b, b0 + pb);
            c0x0 = x0.fma(y, c0x0);
            y = FloatVector.fromArray(SPECIES, b, b1 + pb);
            c0x1 = x0.fma(y, c0x1);
            y = FloatVector.fromArray(SPECIES, b, b2 + pb);
            c0x2 = x0.fma(y, c0x2);
            y = FloatVector.fromArray(SPECIES, b, b3 + pb);
            c0x3 = x0.fma(y, c0x3);
            y = FloatVector.fromArray(SPECIES, b, b4 + pb);
            c0x4 = x0.fma(y, c0x4);
            y = FloatVector.fromArray(SPECIES, b, b5 + pb);
            c0x5 = x0.fma(y, c0x5);
            y = FloatVector.fromArray(SPECIES, b, b6 + pb);
            c0x6 = x0.fma(y, c0x6);
            y = FloatVector.fromArray(SPECIES, b, b7 + pb);
            c0x7 = x0.fma(y, c0x7);
        }
        c0x0.intoArray(sums, 0);
        c0x1.intoArray(sums, LANES);
        c0x2.intoArray(sums, 2 * LANES);
        c0x3.intoArray(sums, 3 * LANES);
        c0x4.intoArray(sums, 4 * LANES);
        c0x5.intoArray(sums, 5 * LANES);
        c0x6.intoArray(sums, 6 * LANES);
        c0x7.intoArray(sums, 7 * LANES);
    }

    /** 9 accumulators for a single row and a window of 3 x 3. */
    private static void dot1x9(
            float[] a,
            int aOffset,
            int[] aRows,
            int row,
            float[] b,
            int bOffset,
            int[] bRows,
            int column,
            Positions at,
            float[] sums) {
        int a0 = aOffset + aRows[row];
        int b0 = bOffset + bRows[column];
        int b1 = bOffset + bRows[column + 1];
        int b2 = bOffset + bRows[column + 2];
        int b3 = bOffset + bRows[column + 3];
        int b4 = bOffset + bRows[column + 4];
        int b5 = bOffset + bRows[column + 5];
        int b6 = bOffset + bRows[column + 6];
        int b7 = bOffset + bRows[column + 7];
        int b8 = bOffset + bRows[column + 8];
        int count = at.count();
        int[] inA = at.inA();
        int[] inB = at.inB();
        var c0x0 = FloatVector.zero(SPECIES);
        var c0x1 = c0x0;
        var c0x2 = c0x0;
        var c0x3 = c0x0;
        var c0x4 = c0x0;
        var c0x5 = c0x0;
        var c0x6 = c0x0;
        var c0x7 = c0x0;
        var c0x8 = c0x0;
        for (int i = 0; i < count; i++) {
            int pa = inA[i];
            int pb = inB[i];
            var x0 = FloatVector.fromArray(SPECIES, a, a0 + pa);
            var y = FloatVector.fromArray(SPECIES, b, b0 + pb);
            c0x0 = x0.fma(y, c0x0);
            y = FloatVector.fromArray(SPECIES, b, b1 + pb);
            c0x1 = x0.fma(y, c0x1);
            y = FloatVector.fromArray(SPECIES, b, b2 + pb);
            c0x2 = x0.fma(y, c0x2);
            y = FloatVector.fromArray(SPECIES, b, b3 + pb);
            c0x3 = x0.fma(y, c0x3);
            y = FloatVector.fromArray(SPECIES, b, b4 + pb);
            c0x4 = x0.fma(y, c0x4);
            y = FloatVector.fromArray(SPECIES, b, b5 + pb);
            c0x5 = x0.fma(y, c0x5);
            y = FloatVector.fromArray(SPECIES, b, b6 + pb);
            c0x6 = x0.fma(y, c0x6);
            y = FloatVector.fromArray(SPECIES, b, b7 + pb);
            c0x7 = x0.fma(y, c0x7);
            y = FloatVector.fromArray(SPECIES, b, b8 + pb);
            c0x8 = x0.fma(y, c0x8);
        }
        c0x0.intoArray(sums, 0);
        c0x1.intoArray(sums, LANES);
        c0x2.intoArray(sums, 2 * LANES);
        c0x3.intoArray(sums, 3 * LANES);
        c0x4.intoArray(sums, 4 * LANES);
        c0x5.intoArray(sums, 5 * LANES);
        c0x6.intoArray(sums, 6 * LANES);
        c0x7.intoArray(sums, 7 * LANES);
        c0x8.intoArray(sums, 8 * LANES);
    }
}
