package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.MANY_REGISTERS;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What the affinity loss does with a tile of {@value #TILE} x {@value #TILE} pairs of positions, which stays in the first-level
 * cache. A tile's unit vectors come in two layouts: by channel ({@code u[c TILE + i]}, the channels of a first, those of b
 * behind) for the similarities, and by position ({@code u[i quantity + c]}) for the gradients.
 */
final class AffinityLoops {
    /** Positions of a tile, a constant so that the addresses in the inner loops are. */
    static final int TILE = 64;

    /** Rows of a register tile. */
    static final int ROWS = MANY_REGISTERS ? 8 : 4;

    /** Rows of a tile whose losses are added in float before they go to double. */
    private static final int FLOAT_ROWS = 16;

    private AffinityLoops() {}

    /** The similarities of {@code rows} positions with {@code columns} others: {@code out[i TILE + j] = u[i] . u[j]}. */
    static void similarities(
            int channels, int rows, int columns, float[] u, int rowsFrom, int columnsFrom, float[] out) {
        for (int i = 0; i < rows; i += ROWS) {
            if (MANY_REGISTERS) {
                Affinity8x2.products(channels, columns, u, rowsFrom + i, columnsFrom, out, i * TILE);
            } else {
                Affinity4x2.products(channels, columns, u, rowsFrom + i, columnsFrom, out, i * TILE);
            }
        }
    }

    /**
     * Replaces the similarities {@code a} by {@code sign(a - b)} and returns the sum of {@code |a - b|}. (a and b are summed apart,
     * in one order, so that equal features differ by exactly 0.)
     */
    static double signs(int rows, int columns, float[] a, float[] b, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < rows; i += FLOAT_ROWS) {
            signsOfRows(i, Math.min(rows, i + FLOAT_ROWS), columns, a, b, lanes);
            sum += Sums.ofLanes(lanes);
        }
        return sum;
    }

    private static void signsOfRows(int from, int to, int columns, float[] a, float[] b, float[] lanes) {
        var zero = FloatVector.zero(SPECIES);
        var losses = zero;
        for (int i = from; i < to; i++) {
            for (int j = i * TILE; j < i * TILE + columns; j += LANES) {
                var difference = FloatVector.fromArray(SPECIES, a, j).sub(FloatVector.fromArray(SPECIES, b, j));
                losses = losses.add(difference.abs());
                zero.blend(1, difference.compare(VectorOperators.GT, 0))
                        .blend(-1, difference.compare(VectorOperators.LT, 0))
                        .intoArray(a, j);
            }
        }
        losses.intoArray(lanes, 0);
    }

    /** {@code g[i] += sum over columns j of signs[i, j] u[j]} for {@code rows} positions i; u and g by position. */
    static void addToRows(
            int rows, int columns, float[] signs, float[] u, int uFrom, float[] g, int gFrom, int quantity) {
        for (int i = 0; i < rows; i += ROWS) {
            if (MANY_REGISTERS) {
                Affinity8x2.rowSums(columns, signs, i * TILE, u, uFrom, g, gFrom + i * quantity, quantity);
            } else {
                Affinity4x2.rowSums(columns, signs, i * TILE, u, uFrom, g, gFrom + i * quantity, quantity);
            }
        }
    }

    /** {@code g[j] += sum over rows i of signs[i, j] u[i]} for {@code columns} positions j; u and g by position. */
    static void addToColumns(
            int rows, int columns, float[] signs, float[] u, int uFrom, float[] g, int gFrom, int quantity) {
        for (int j = 0; j < columns; j += ROWS) {
            if (MANY_REGISTERS) {
                Affinity8x2.columnSums(rows, signs, j, u, uFrom, g, gFrom + j * quantity, quantity);
            } else {
                Affinity4x2.columnSums(rows, signs, j, u, uFrom, g, gFrom + j * quantity, quantity);
            }
        }
    }
}
