package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential and logarithm, and what follows from them, on vectors. The Vector API's own ({@code lanewise(EXP)}) are not used:
 * they call a native library on some platforms and a scalar loop on others, and the bits differ. The range reductions and
 * polynomials are those of Cephes (Moshier, 1989), whose errors stay below 2 ulp. Infinities and NaN come out as {@link Math}
 * has them.
 */
final class VectorMath {
    private static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts; the first has few enough bits that its product with an exponent is exact. */
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 x 2^23 leaves a float's fraction no bits: it rounds to the nearest integer, which its low bits then hold. */
    private static final float ROUNDER = 12582912f;

    private static final float EXP_OVERFLOW = 88.72284f;
    /** exp of this is the smallest normal number. */
    private static final float EXP_UNDERFLOW = -87.33654f;

    private static final float SQRT_HALF = 0.70710678f;
    private static final int MANTISSA_BITS = 23;
    private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
    private static final int TWO_TO_23_BITS = 150 << MANTISSA_BITS;
    private static final int HALF_BITS = 126 << MANTISSA_BITS;

    private VectorMath() {}

    /**
     * e^x; results below the smallest normal float are 0 (they would cost a hundred times the time of others). With n the
     * integer nearest to x / ln 2: e^x = 2^n e^r, where |r| is at most ln 2 / 2.
     */
    static FloatVector exp(FloatVector x) {
        var rounded = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
        var n = rounded.sub(ROUNDER);
        var r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x));
        var p = FloatVector.broadcast(SPECIES, 1.9875691500E-4f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.3981999507E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.3334519073E-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.1665795894E-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.6666665459E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 5.0000001201E-1f));
        p = p.fma(r.mul(r), r).add(1);
        // The shift drops all of the rounder but n, and moves n to the exponent's place.
        var power = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts()
                .add(power)
                .reinterpretAsFloats()
                .blend(0, x.compare(VectorOperators.LT, EXP_UNDERFLOW))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_OVERFLOW))
                .blend(x, x.test(VectorOperators.IS_NAN));
    }

    /** The natural logarithm. x = m 2^e with m in [sqrt(1/2), sqrt(2)): ln x = ln m + e ln 2. */
    static FloatVector log(FloatVector x) {
        var tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        var bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
        // Behind the bits of 2^23 the biased exponent is a number of that size plus itself.
        var e = bits.lanewise(VectorOperators.LSHR, MANTISSA_BITS)
                .or(TWO_TO_23_BITS)
                .reinterpretAsFloats()
                .sub(0x1p23f + 126);
        var m = bits.and(MANTISSA).or(HALF_BITS).reinterpretAsFloats();
        var exponent = e.blend(e.sub(23), tiny);
        var low = m.compare(VectorOperators.LT, SQRT_HALF);
        exponent = exponent.blend(exponent.sub(1), low);
        var r = m.blend(m.add(m), low).sub(1);
        var square = r.mul(r);
        var y = logPolynomial(r).mul(r).mul(square);
        y = exponent.fma(FloatVector.broadcast(SPECIES, LN2_LOW), y);
        y = square.fma(FloatVector.broadcast(SPECIES, -0.5f), y);
        y = exponent.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), r.add(y));
        return y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0))
                .blend(Float.NaN, x.compare(VectorOperators.LT, 0))
                .blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY).or(x.test(VectorOperators.IS_NAN)));
    }

    /**
     * Natural logarithms in place of n numbers, whole vectors, that are normal and positive, or NaN. In two loops, with working memory
     * for n floats between them, as {@link #log} in a larger loop is more than the compiler takes in one piece.
     */
    static void logs(int n, float[] x, int from, float[] work, int workFrom) {
        split(n, x, from, work, workFrom);
        join(n, x, from, work, workFrom);
    }

    /** x = (1 + r) 2^e, as in {@link #log}: r in its place, e to working memory. */
    private static void split(int n, float[] x, int from, float[] work, int workFrom) {
        for (int i = 0; i < n; i += LANES) {
            var number = FloatVector.fromArray(SPECIES, x, from + i);
            var bits = number.reinterpretAsInts();
            var exponent = bits.lanewise(VectorOperators.LSHR, MANTISSA_BITS)
                    .or(TWO_TO_23_BITS)
                    .reinterpretAsFloats()
                    .sub(0x1p23f + 126);
            var m = bits.and(MANTISSA).or(HALF_BITS).reinterpretAsFloats();
            var low = m.compare(VectorOperators.LT, SQRT_HALF);
            exponent.blend(exponent.sub(1), low).intoArray(work, workFrom + i);
            m.blend(m.add(m), low)
                    .sub(1)
                    .blend(number, number.test(VectorOperators.IS_NAN))
                    .intoArray(x, from + i);
        }
    }

    private static void join(int n, float[] x, int from, float[] work, int workFrom) {
        for (int i = 0; i < n; i += LANES) {
            var r = FloatVector.fromArray(SPECIES, x, from + i);
            var exponent = FloatVector.fromArray(SPECIES, work, workFrom + i);
            var square = r.mul(r);
            var y = exponent.fma(
                    FloatVector.broadcast(SPECIES, LN2_LOW),
                    logPolynomial(r).mul(r).mul(square));
            y = square.fma(FloatVector.broadcast(SPECIES, -0.5f), y);
            exponent.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), r.add(y)).intoArray(x, from + i);
        }
    }

    /** What remains of {@code ln(1 + r)} after {@code r - r^2 / 2}, over r^3; a method of its own, as a longer one is not inlined. */
    private static FloatVector logPolynomial(FloatVector r) {
        var p = FloatVector.broadcast(SPECIES, 7.0376836292E-2f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, -1.1514610310E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.1676998740E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, -1.2420140846E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.4249322787E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, -1.6668057665E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 2.0000714765E-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, -2.4999993993E-1f));
        return p.fma(r, FloatVector.broadcast(SPECIES, 3.3333331174E-1f));
    }

    /** {@code 1 / (1 + e^-x)}. */
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1).div(exp(x.neg()).add(1));
    }

    /** An odd polynomial near 0, where the other form, {@code 1 - 2 / (e^2|x| + 1)}, would cancel. */
    static FloatVector tanh(FloatVector x) {
        var square = x.mul(x);
        var p = FloatVector.broadcast(SPECIES, -5.70498872745E-3f);
        p = p.fma(square, FloatVector.broadcast(SPECIES, 2.06390887954E-2f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, -5.37397155531E-2f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, 1.33314422036E-1f));
        p = p.fma(square, FloatVector.broadcast(SPECIES, -3.33332819422E-1f));
        var near = p.mul(square).fma(x, x);
        var size = x.abs();
        var far = FloatVector.broadcast(SPECIES, 1)
                .sub(FloatVector.broadcast(SPECIES, 2).div(exp(size.add(size)).add(1)));
        var signed = far.blend(far.neg(), x.compare(VectorOperators.LT, 0));
        return signed.blend(near, size.compare(VectorOperators.LT, 0.625f));
    }
}
