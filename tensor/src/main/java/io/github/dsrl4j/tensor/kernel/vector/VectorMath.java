package io.github.dsrl4j.tensor.kernel.vector;

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
    private static final int HALF_BITS = 126 << MANTISSA_BITS;

    private VectorMath() {}

    private static FloatVector constant(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /**
     * e^x; results below the smallest normal float are 0 (they would cost a hundred times the time of others). With n the
     * integer nearest to x / ln 2: e^x = 2^n e^r, where |r| is at most ln 2 / 2.
     */
    static FloatVector exp(FloatVector x) {
        var rounded = x.fma(constant(LOG2_E), constant(ROUNDER));
        var n = rounded.sub(ROUNDER);
        var r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
        var p = constant(1.9875691500E-4f);
        p = p.fma(r, constant(1.3981999507E-3f));
        p = p.fma(r, constant(8.3334519073E-3f));
        p = p.fma(r, constant(4.1665795894E-2f));
        p = p.fma(r, constant(1.6666665459E-1f));
        p = p.fma(r, constant(5.0000001201E-1f));
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
        var bits = x.mul(0x1p23f, tiny).reinterpretAsInts();
        var e = bits.lanewise(VectorOperators.LSHR, MANTISSA_BITS).sub(126).convert(VectorOperators.I2F, 0);
        var m = bits.and(MANTISSA).or(HALF_BITS).reinterpretAsFloats();
        var exponent = ((FloatVector) e).sub(23, tiny);
        var low = m.compare(VectorOperators.LT, SQRT_HALF);
        exponent = exponent.sub(1, low);
        var r = m.add(m, low).sub(1);
        var p = constant(7.0376836292E-2f);
        p = p.fma(r, constant(-1.1514610310E-1f));
        p = p.fma(r, constant(1.1676998740E-1f));
        p = p.fma(r, constant(-1.2420140846E-1f));
        p = p.fma(r, constant(1.4249322787E-1f));
        p = p.fma(r, constant(-1.6668057665E-1f));
        p = p.fma(r, constant(2.0000714765E-1f));
        p = p.fma(r, constant(-2.4999993993E-1f));
        p = p.fma(r, constant(3.3333331174E-1f));
        var square = r.mul(r);
        var y = p.mul(r).mul(square);
        y = exponent.fma(constant(LN2_LOW), y);
        y = square.fma(constant(-0.5f), y);
        y = exponent.fma(constant(LN2_HIGH), r.add(y));
        return y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0))
                .blend(Float.NaN, x.compare(VectorOperators.LT, 0))
                .blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY).or(x.test(VectorOperators.IS_NAN)));
    }

    /** {@code 1 / (1 + e^-x)}. */
    static FloatVector sigmoid(FloatVector x) {
        return constant(1).div(exp(x.neg()).add(1));
    }

    /** An odd polynomial near 0, where the other form, {@code 1 - 2 / (e^2|x| + 1)}, would cancel. */
    static FloatVector tanh(FloatVector x) {
        var square = x.mul(x);
        var p = constant(-5.70498872745E-3f);
        p = p.fma(square, constant(2.06390887954E-2f));
        p = p.fma(square, constant(-5.37397155531E-2f));
        p = p.fma(square, constant(1.33314422036E-1f));
        p = p.fma(square, constant(-3.33332819422E-1f));
        var near = p.mul(square).fma(x, x);
        var size = x.abs();
        var far = constant(1).sub(constant(2).div(exp(size.add(size)).add(1)));
        var signed = far.blend(far.neg(), x.compare(VectorOperators.LT, 0));
        return signed.blend(near, size.compare(VectorOperators.LT, 0.625f));
    }
}
