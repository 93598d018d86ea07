package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.AffinityLoops.TILE;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The products of {@link AffinityLoops} in register tiles of 4 rows by two vectors: 8 sums, all that fit 16 vector registers beside what is multiplied.
 * Strides are constants, since every address that has to be kept would take one more register in the inner loop.
 */
final class Affinity4x2 {
    private Affinity4x2() {}

    /** {@code out[i TILE + j] = sum over c of u[rowsFrom + c TILE + i] u[columnsFrom + c TILE + j]} for 4 rows i. */
    static void products(
            int channels, int columns, float[] u, int rowsFrom, int columnsFrom, float[] out, int outFrom) {
        var zero = FloatVector.zero(SPECIES);
        for (int j = 0; j < columns; j += 2 * LANES) {
            var s00 = zero;
            var s01 = zero;
            var s10 = zero;
            var s11 = zero;
            var s20 = zero;
            var s21 = zero;
            var s30 = zero;
            var s31 = zero;
            for (int c = 0; c < channels; c++) {
                int row = rowsFrom + c * TILE;
                int column = columnsFrom + c * TILE + j;
                var u0 = FloatVector.fromArray(SPECIES, u, column);
                var u1 = FloatVector.fromArray(SPECIES, u, column + LANES);
                var one = FloatVector.broadcast(SPECIES, u[row]);
                s00 = one.fma(u0, s00);
                s01 = one.fma(u1, s01);
                one = FloatVector.broadcast(SPECIES, u[row + 1]);
                s10 = one.fma(u0, s10);
                s11 = one.fma(u1, s11);
                one = FloatVector.broadcast(SPECIES, u[row + 2]);
                s20 = one.fma(u0, s20);
                s21 = one.fma(u1, s21);
                one = FloatVector.broadcast(SPECIES, u[row + 3]);
                s30 = one.fma(u0, s30);
                s31 = one.fma(u1, s31);
            }
            int to = outFrom + j;
            s00.intoArray(out, to);
            s01.intoArray(out, to + LANES);
            s10.intoArray(out, to + TILE);
            s11.intoArray(out, to + TILE + LANES);
            s20.intoArray(out, to + 2 * TILE);
            s21.intoArray(out, to + 2 * TILE + LANES);
            s30.intoArray(out, to + 3 * TILE);
            s31.intoArray(out, to + 3 * TILE + LANES);
        }
    }

    /** {@code g[i] += sum over k of signs[i, k] u[k]} for 4 rows i of the tile of signs. */
    static void rowSums(
            int terms, float[] signs, int signsFrom, float[] u, int uFrom, float[] g, int gFrom, int quantity) {
        for (int c = 0; c < quantity; c += 2 * LANES) {
            int to = gFrom + c;
            var g00 = FloatVector.fromArray(SPECIES, g, to);
            var g01 = FloatVector.fromArray(SPECIES, g, to + LANES);
            var g10 = FloatVector.fromArray(SPECIES, g, to + quantity);
            var g11 = FloatVector.fromArray(SPECIES, g, to + quantity + LANES);
            var g20 = FloatVector.fromArray(SPECIES, g, to + 2 * quantity);
            var g21 = FloatVector.fromArray(SPECIES, g, to + 2 * quantity + LANES);
            var g30 = FloatVector.fromArray(SPECIES, g, to + 3 * quantity);
            var g31 = FloatVector.fromArray(SPECIES, g, to + 3 * quantity + LANES);
            for (int k = 0; k < terms; k++) {
                int sign = signsFrom + k;
                int at = uFrom + k * quantity + c;
                var u0 = FloatVector.fromArray(SPECIES, u, at);
                var u1 = FloatVector.fromArray(SPECIES, u, at + LANES);
                var one = FloatVector.broadcast(SPECIES, signs[sign]);
                g00 = one.fma(u0, g00);
                g01 = one.fma(u1, g01);
                one = FloatVector.broadcast(SPECIES, signs[sign + TILE]);
                g10 = one.fma(u0, g10);
                g11 = one.fma(u1, g11);
                one = FloatVector.broadcast(SPECIES, signs[sign + 2 * TILE]);
                g20 = one.fma(u0, g20);
                g21 = one.fma(u1, g21);
                one = FloatVector.broadcast(SPECIES, signs[sign + 3 * TILE]);
                g30 = one.fma(u0, g30);
                g31 = one.fma(u1, g31);
            }
            g00.intoArray(g, to);
            g01.intoArray(g, to + LANES);
            g10.intoArray(g, to + quantity);
            g11.intoArray(g, to + quantity + LANES);
            g20.intoArray(g, to + 2 * quantity);
            g21.intoArray(g, to + 2 * quantity + LANES);
            g30.intoArray(g, to + 3 * quantity);
            g31.intoArray(g, to + 3 * quantity + LANES);
        }
    }

    /** {@code g[j] += sum over k of signs[k, j] u[k]} for 4 columns j of the tile of signs. */
    static void columnSums(
            int terms, float[] signs, int signsFrom, float[] u, int uFrom, float[] g, int gFrom, int quantity) {
        for (int c = 0; c < quantity; c += 2 * LANES) {
            int to = gFrom + c;
            var g00 = FloatVector.fromArray(SPECIES, g, to);
            var g01 = FloatVector.fromArray(SPECIES, g, to + LANES);
            var g10 = FloatVector.fromArray(SPECIES, g, to + quantity);
            var g11 = FloatVector.fromArray(SPECIES, g, to + quantity + LANES);
            var g20 = FloatVector.fromArray(SPECIES, g, to + 2 * quantity);
            var g21 = FloatVector.fromArray(SPECIES, g, to + 2 * quantity + LANES);
            var g30 = FloatVector.fromArray(SPECIES, g, to + 3 * quantity);
            var g31 = FloatVector.fromArray(SPECIES, g, to + 3 * quantity + LANES);
            for (int k = 0; k < terms; k++) {
                int sign = signsFrom + k * TILE;
                int at = uFrom + k * quantity + c;
                var u0 = FloatVector.fromArray(SPECIES, u, at);
                var u1 = FloatVector.fromArray(SPECIES, u, at + LANES);
                var one = FloatVector.broadcast(SPECIES, signs[sign]);
                g00 = one.fma(u0, g00);
                g01 = one.fma(u1, g01);
                one = FloatVector.broadcast(SPECIES, signs[sign + 1]);
                g10 = one.fma(u0, g10);
                g11 = one.fma(u1, g11);
                one = FloatVector.broadcast(SPECIES, signs[sign + 2]);
                g20 = one.fma(u0, g20);
                g21 = one.fma(u1, g21);
                one = FloatVector.broadcast(SPECIES, signs[sign + 3]);
                g30 = one.fma(u0, g30);
                g31 = one.fma(u1, g31);
            }
            g00.intoArray(g, to);
            g01.intoArray(g, to + LANES);
            g10.intoArray(g, to + quantity);
            g11.intoArray(g, to + quantity + LANES);
            g20.intoArray(g, to + 2 * quantity);
            g21.intoArray(g, to + 2 * quantity + LANES);
            g30.intoArray(g, to + 3 * quantity);
            g31.intoArray(g, to + 3 * quantity + LANES);
        }
    }
}
