package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The two inner loops of the affinity loss, tiles of {@value #ROWS} rows by two vectors whose eight sums stay in registers.
 *
 * <p>Unit vectors are at hand in two layouts: by position ({@code q[i quantity + c]}, from which a number is spread over a
 * vector) and by channel ({@code u[c width + j]}, from which vectors of neighbouring positions are read). The channels of a come
 * first, those of b follow.
 */
final class AffinityLoops {
    static final int ROWS = 4;

    private AffinityLoops() {}

    /**
     * {@code signs[i tile + j] = sign(S_a - S_b)} for ROWS rows from position {@code qRow} on and {@code columns} columns from
     * {@code uColumn} on. The lanes of the sum of {@code |S_a - S_b|} are written to {@code lanes}.
     *
     * <p>S_a and S_b are summed apart, in the same order of channels, so that equal features differ by exactly 0.
     */
    static void signs(
            int channelsA,
            int channelsB,
            float[] q,
            int qRow,
            int quantity,
            float[] u,
            int uColumn,
            int width,
            int columns,
            float[] signs,
            int signsFrom,
            int tile,
            float[] lanes) {
        var losses = FloatVector.zero(SPECIES);
        for (int j = 0; j < columns; j += 2 * LANES) {
            var s00 = FloatVector.zero(SPECIES);
            var s01 = s00;
            var s10 = s00;
            var s11 = s00;
            var s20 = s00;
            var s21 = s00;
            var s30 = s00;
            var s31 = s00;
            int at = uColumn + j;
            for (int c = 0; c < channelsA; c++, at += width) {
                var u0 = FloatVector.fromArray(SPECIES, u, at);
                var u1 = FloatVector.fromArray(SPECIES, u, at + LANES);
                var q0 = FloatVector.broadcast(SPECIES, q[qRow + c]);
                s00 = q0.fma(u0, s00);
                s01 = q0.fma(u1, s01);
                var q1 = FloatVector.broadcast(SPECIES, q[qRow + quantity + c]);
                s10 = q1.fma(u0, s10);
                s11 = q1.fma(u1, s11);
                var q2 = FloatVector.broadcast(SPECIES, q[qRow + 2 * quantity + c]);
                s20 = q2.fma(u0, s20);
                s21 = q2.fma(u1, s21);
                var q3 = FloatVector.broadcast(SPECIES, q[qRow + 3 * quantity + c]);
                s30 = q3.fma(u0, s30);
                s31 = q3.fma(u1, s31);
            }
            var t00 = FloatVector.zero(SPECIES);
            var t01 = t00;
            var t10 = t00;
            var t11 = t00;
            var t20 = t00;
            var t21 = t00;
            var t30 = t00;
            var t31 = t00;
            for (int c = channelsA; c < channelsA + channelsB; c++, at += width) {
                var u0 = FloatVector.fromArray(SPECIES, u, at);
                var u1 = FloatVector.fromArray(SPECIES, u, at + LANES);
                var q0 = FloatVector.broadcast(SPECIES, q[qRow + c]);
                t00 = q0.fma(u0, t00);
                t01 = q0.fma(u1, t01);
                var q1 = FloatVector.broadcast(SPECIES, q[qRow + quantity + c]);
                t10 = q1.fma(u0, t10);
                t11 = q1.fma(u1, t11);
                var q2 = FloatVector.broadcast(SPECIES, q[qRow + 2 * quantity + c]);
                t20 = q2.fma(u0, t20);
                t21 = q2.fma(u1, t21);
                var q3 = FloatVector.broadcast(SPECIES, q[qRow + 3 * quantity + c]);
                t30 = q3.fma(u0, t30);
                t31 = q3.fma(u1, t31);
            }
            s00 = s00.sub(t00);
            s01 = s01.sub(t01);
            s10 = s10.sub(t10);
            s11 = s11.sub(t11);
            s20 = s20.sub(t20);
            s21 = s21.sub(t21);
            s30 = s30.sub(t30);
            s31 = s31.sub(t31);
            var first = s00.abs().add(s01.abs()).add(s10.abs().add(s11.abs()));
            var second = s20.abs().add(s21.abs()).add(s30.abs().add(s31.abs()));
            losses = losses.add(first.add(second));
            int to = signsFrom + j;
            sign(s00).intoArray(signs, to);
            sign(s01).intoArray(signs, to + LANES);
            sign(s10).intoArray(signs, to + tile);
            sign(s11).intoArray(signs, to + tile + LANES);
            sign(s20).intoArray(signs, to + 2 * tile);
            sign(s21).intoArray(signs, to + 2 * tile + LANES);
            sign(s30).intoArray(signs, to + 3 * tile);
            sign(s31).intoArray(signs, to + 3 * tile + LANES);
        }
        losses.intoArray(lanes, 0);
    }

    private static FloatVector sign(FloatVector x) {
        return FloatVector.zero(SPECIES)
                .blend(1, x.compare(VectorOperators.GT, 0))
                .blend(-1, x.compare(VectorOperators.LT, 0));
    }

    /**
     * {@code g[r] += sum over k < terms of signs[r signsRow + k signsTerm] q[k]} for ROWS rows r of {@code quantity} channels; g
     * and q are given where their first row begins.
     */
    static void gradient(
            int terms,
            float[] signs,
            int signsFrom,
            int signsRow,
            int signsTerm,
            float[] q,
            int qFrom,
            float[] g,
            int gFrom,
            int quantity) {
        for (int c = 0; c < quantity; c += 2 * LANES) {
            int row0 = gFrom + c;
            int row1 = row0 + quantity;
            int row2 = row1 + quantity;
            int row3 = row2 + quantity;
            var g00 = FloatVector.fromArray(SPECIES, g, row0);
            var g01 = FloatVector.fromArray(SPECIES, g, row0 + LANES);
            var g10 = FloatVector.fromArray(SPECIES, g, row1);
            var g11 = FloatVector.fromArray(SPECIES, g, row1 + LANES);
            var g20 = FloatVector.fromArray(SPECIES, g, row2);
            var g21 = FloatVector.fromArray(SPECIES, g, row2 + LANES);
            var g30 = FloatVector.fromArray(SPECIES, g, row3);
            var g31 = FloatVector.fromArray(SPECIES, g, row3 + LANES);
            int sign = signsFrom;
            int at = qFrom + c;
            for (int k = 0; k < terms; k++) {
                var q0 = FloatVector.fromArray(SPECIES, q, at);
                var q1 = FloatVector.fromArray(SPECIES, q, at + LANES);
                var s0 = FloatVector.broadcast(SPECIES, signs[sign]);
                g00 = s0.fma(q0, g00);
                g01 = s0.fma(q1, g01);
                var s1 = FloatVector.broadcast(SPECIES, signs[sign + signsRow]);
                g10 = s1.fma(q0, g10);
                g11 = s1.fma(q1, g11);
                var s2 = FloatVector.broadcast(SPECIES, signs[sign + 2 * signsRow]);
                g20 = s2.fma(q0, g20);
                g21 = s2.fma(q1, g21);
                var s3 = FloatVector.broadcast(SPECIES, signs[sign + 3 * signsRow]);
                g30 = s3.fma(q0, g30);
                g31 = s3.fma(q1, g31);
                sign += signsTerm;
                at += quantity;
            }
            g00.intoArray(g, row0);
            g01.intoArray(g, row0 + LANES);
            g10.intoArray(g, row1);
            g11.intoArray(g, row1 + LANES);
            g20.intoArray(g, row2);
            g21.intoArray(g, row2 + LANES);
            g30.intoArray(g, row3);
            g31.intoArray(g, row3 + LANES);
        }
    }
}
