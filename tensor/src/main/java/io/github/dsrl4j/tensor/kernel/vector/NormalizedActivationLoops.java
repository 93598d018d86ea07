package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops of batch normalisation with PReLU over one plane; {@code p = (x - mean) scale + bias}, plus the residual where there is
 * one. Each does little, so that all vectors stay in registers.
 */
final class NormalizedActivationLoops {
    /** Terms that are added in float before they go to double. */
    private static final int BLOCK = 1024;

    /** Floats that {@link #gradientSums} and {@link #gradientSumsWithResidual} need to store lanes. */
    static final int SUMS = 3 * LANES;

    private NormalizedActivationLoops() {}

    /** {@code z = p} or {@code slope p}. */
    static void activate(
            int n, float mean, float scale, float bias, float slope, float[] x, int xFrom, float[] z, int zFrom) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        var a = FloatVector.broadcast(SPECIES, slope);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var p = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m).fma(s, b);
            p.mul(a).blend(p, p.compare(VectorOperators.GT, 0)).intoArray(z, zFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var p = FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m).fma(s, b);
            p.mul(a).blend(p, p.compare(VectorOperators.GT, 0)).intoArray(z, zFrom + i, tail);
        }
    }

    static void activateWithResidual(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            int xFrom,
            float[] residual,
            int rFrom,
            float[] z,
            int zFrom) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        var a = FloatVector.broadcast(SPECIES, slope);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var p = FloatVector.fromArray(SPECIES, x, xFrom + i)
                    .sub(m)
                    .fma(s, b)
                    .add(FloatVector.fromArray(SPECIES, residual, rFrom + i));
            p.mul(a).blend(p, p.compare(VectorOperators.GT, 0)).intoArray(z, zFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var p = FloatVector.fromArray(SPECIES, x, xFrom + i, tail)
                    .sub(m)
                    .fma(s, b)
                    .add(FloatVector.fromArray(SPECIES, residual, rFrom + i, tail));
            p.mul(a).blend(p, p.compare(VectorOperators.GT, 0)).intoArray(z, zFrom + i, tail);
        }
    }

    /**
     * With {@code dp = dz} where p is positive, else {@code slope dz}: writes {@code sum dp}, {@code sum dp (x - mean)}, and
     * {@code sum dz p} where p is not positive, to {@code out[at]} and the two after it.
     */
    static void gradientSums(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            int xFrom,
            float[] dz,
            int dzFrom,
            float[] lanes,
            double[] out,
            int at) {
        clear(out, at);
        for (int i = 0; i < n; i += BLOCK) {
            blockSums(Math.min(BLOCK, n - i), mean, scale, bias, slope, x, xFrom + i, dz, dzFrom + i, lanes);
            addLanes(lanes, out, at);
        }
    }

    private static void clear(double[] out, int at) {
        out[at] = 0;
        out[at + 1] = 0;
        out[at + 2] = 0;
    }

    /** The three sums side by side, as each is a chain of additions. */
    private static void addLanes(float[] lanes, double[] out, int at) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum0 += lanes[lane];
            sum1 += lanes[LANES + lane];
            sum2 += lanes[2 * LANES + lane];
        }
        out[at] += sum0;
        out[at + 1] += sum1;
        out[at + 2] += sum2;
    }

    private static void blockSums(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            int xFrom,
            float[] dz,
            int dzFrom,
            float[] lanes) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        var a = FloatVector.broadcast(SPECIES, slope);
        var zero = FloatVector.zero(SPECIES);
        var sum = zero;
        var product = zero;
        var forSlope = zero;
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i);
            var p = distance.fma(s, b);
            var positive = p.compare(VectorOperators.GT, 0);
            var dp = d.mul(a).blend(d, positive);
            sum = sum.add(dp);
            product = distance.fma(dp, product);
            forSlope = d.fma(p.blend(zero, positive), forSlope);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i, tail);
            var p = distance.fma(s, b);
            var positive = p.compare(VectorOperators.GT, 0);
            var dp = d.mul(a).blend(d, positive);
            sum = sum.add(dp);
            product = distance.fma(dp, product);
            forSlope = d.fma(p.blend(zero, positive), forSlope);
        }
        sum.intoArray(lanes, 0);
        product.intoArray(lanes, LANES);
        forSlope.intoArray(lanes, 2 * LANES);
    }

    /** As {@link #gradientSums}, and stores dp, perhaps where dz is. */
    static void gradientSumsWithResidual(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            int xFrom,
            float[] residual,
            int rFrom,
            float[] dz,
            int dzFrom,
            float[] dp,
            int dpFrom,
            float[] lanes,
            double[] out,
            int at) {
        clear(out, at);
        for (int i = 0; i < n; i += BLOCK) {
            blockSumsWithResidual(
                    Math.min(BLOCK, n - i),
                    mean,
                    scale,
                    bias,
                    slope,
                    x,
                    xFrom + i,
                    residual,
                    rFrom + i,
                    dz,
                    dzFrom + i,
                    dp,
                    dpFrom + i,
                    lanes);
            addLanes(lanes, out, at);
        }
    }

    private static void blockSumsWithResidual(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float[] x,
            int xFrom,
            float[] residual,
            int rFrom,
            float[] dz,
            int dzFrom,
            float[] gradient,
            int gradientFrom,
            float[] lanes) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        var a = FloatVector.broadcast(SPECIES, slope);
        var zero = FloatVector.zero(SPECIES);
        var sum = zero;
        var product = zero;
        var forSlope = zero;
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i);
            var p = distance.fma(s, b).add(FloatVector.fromArray(SPECIES, residual, rFrom + i));
            var positive = p.compare(VectorOperators.GT, 0);
            var dp = d.mul(a).blend(d, positive);
            dp.intoArray(gradient, gradientFrom + i);
            sum = sum.add(dp);
            product = distance.fma(dp, product);
            forSlope = d.fma(p.blend(zero, positive), forSlope);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i, tail);
            var p = distance.fma(s, b).add(FloatVector.fromArray(SPECIES, residual, rFrom + i, tail));
            var positive = p.compare(VectorOperators.GT, 0);
            var dp = d.mul(a).blend(d, positive);
            dp.intoArray(gradient, gradientFrom + i, tail);
            sum = sum.add(dp);
            product = distance.fma(dp, product);
            forSlope = d.fma(p.blend(zero, positive), forSlope);
        }
        sum.intoArray(lanes, 0);
        product.intoArray(lanes, LANES);
        forSlope.intoArray(lanes, 2 * LANES);
    }

    /** {@code dx = scale dp + factor (x - mean) + shift}, perhaps where dz is. */
    static void gradient(
            int n,
            float mean,
            float scale,
            float bias,
            float slope,
            float factor,
            float shift,
            float[] x,
            int xFrom,
            float[] dz,
            int dzFrom,
            float[] dx,
            int dxFrom) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        var a = FloatVector.broadcast(SPECIES, slope);
        var f = FloatVector.broadcast(SPECIES, factor);
        var h = FloatVector.broadcast(SPECIES, shift);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i);
            var dp = d.mul(a).blend(d, distance.fma(s, b).compare(VectorOperators.GT, 0));
            dp.fma(s, distance.fma(f, h)).intoArray(dx, dxFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var distance = FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m);
            var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i, tail);
            var dp = d.mul(a).blend(d, distance.fma(s, b).compare(VectorOperators.GT, 0));
            dp.fma(s, distance.fma(f, h)).intoArray(dx, dxFrom + i, tail);
        }
    }
}
