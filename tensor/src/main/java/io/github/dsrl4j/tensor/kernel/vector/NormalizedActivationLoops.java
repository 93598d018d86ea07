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
    /** Terms that are added in plain float. The sums of blocks are added without loss (see {@link Sums#lost}). */
    private static final int BLOCK = 1024;

    /** Floats that {@link #gradientSums} and {@link #gradientSumsWithResidual} need to store lanes. */
    static final int SUMS = 6 * LANES;

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
        int whole = SPECIES.loopBound(n);
        wholeSums(whole, mean, scale, bias, slope, x, xFrom, dz, dzFrom, lanes);
        addLanes(lanes, out, at);
        for (int i = whole; i < n; i++) {
            float d = dz[dzFrom + i];
            float distance = x[xFrom + i] - mean;
            float p = Math.fma(distance, scale, bias);
            float dp = p > 0 ? d : slope * d;
            out[at] += dp;
            out[at + 1] += (double) distance * dp;
            out[at + 2] += p > 0 ? 0 : (double) d * p;
        }
    }

    private static void wholeSums(
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
        var lostSum = zero;
        var product = zero;
        var lostProduct = zero;
        var forSlope = zero;
        var lostForSlope = zero;
        for (int block = 0; block < n; block += BLOCK) {
            int end = Math.min(n, block + BLOCK);
            var blockSum = zero;
            var blockProduct = zero;
            var blockForSlope = zero;
            for (int i = block; i < end; i += LANES) {
                var distance = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m);
                var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i);
                var p = distance.fma(s, b);
                var positive = p.compare(VectorOperators.GT, 0);
                var dp = d.mul(a).blend(d, positive);
                blockSum = blockSum.add(dp);
                blockProduct = distance.fma(dp, blockProduct);
                blockForSlope = d.fma(p.blend(zero, positive), blockForSlope);
            }
            var nextSum = sum.add(blockSum);
            var nextProduct = product.add(blockProduct);
            var nextForSlope = forSlope.add(blockForSlope);
            lostSum = lostSum.add(Sums.lost(sum, blockSum, nextSum));
            lostProduct = lostProduct.add(Sums.lost(product, blockProduct, nextProduct));
            lostForSlope = lostForSlope.add(Sums.lost(forSlope, blockForSlope, nextForSlope));
            sum = nextSum;
            product = nextProduct;
            forSlope = nextForSlope;
        }
        sum.intoArray(lanes, 0);
        lostSum.intoArray(lanes, LANES);
        product.intoArray(lanes, 2 * LANES);
        lostProduct.intoArray(lanes, 3 * LANES);
        forSlope.intoArray(lanes, 4 * LANES);
        lostForSlope.intoArray(lanes, 5 * LANES);
    }

    /** The three sums side by side, as each is a chain of additions. */
    private static void addLanes(float[] lanes, double[] out, int at) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        for (int lane = 0; lane < 2 * LANES; lane++) {
            sum0 += lanes[lane];
            sum1 += lanes[2 * LANES + lane];
            sum2 += lanes[4 * LANES + lane];
        }
        out[at] = sum0;
        out[at + 1] = sum1;
        out[at + 2] = sum2;
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
            float[] gradient,
            int gradientFrom,
            float[] lanes,
            double[] out,
            int at) {
        int whole = SPECIES.loopBound(n);
        wholeSumsWithResidual(
                whole, mean, scale, bias, slope, x, xFrom, residual, rFrom, dz, dzFrom, gradient, gradientFrom, lanes);
        addLanes(lanes, out, at);
        for (int i = whole; i < n; i++) {
            float d = dz[dzFrom + i];
            float distance = x[xFrom + i] - mean;
            float p = Math.fma(distance, scale, bias) + residual[rFrom + i];
            float dp = p > 0 ? d : slope * d;
            gradient[gradientFrom + i] = dp;
            out[at] += dp;
            out[at + 1] += (double) distance * dp;
            out[at + 2] += p > 0 ? 0 : (double) d * p;
        }
    }

    private static void wholeSumsWithResidual(
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
        var lostSum = zero;
        var product = zero;
        var lostProduct = zero;
        var forSlope = zero;
        var lostForSlope = zero;
        for (int block = 0; block < n; block += BLOCK) {
            int end = Math.min(n, block + BLOCK);
            var blockSum = zero;
            var blockProduct = zero;
            var blockForSlope = zero;
            for (int i = block; i < end; i += LANES) {
                var distance = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m);
                var d = FloatVector.fromArray(SPECIES, dz, dzFrom + i);
                var p = distance.fma(s, b).add(FloatVector.fromArray(SPECIES, residual, rFrom + i));
                var positive = p.compare(VectorOperators.GT, 0);
                var dp = d.mul(a).blend(d, positive);
                dp.intoArray(gradient, gradientFrom + i);
                blockSum = blockSum.add(dp);
                blockProduct = distance.fma(dp, blockProduct);
                blockForSlope = d.fma(p.blend(zero, positive), blockForSlope);
            }
            var nextSum = sum.add(blockSum);
            var nextProduct = product.add(blockProduct);
            var nextForSlope = forSlope.add(blockForSlope);
            lostSum = lostSum.add(Sums.lost(sum, blockSum, nextSum));
            lostProduct = lostProduct.add(Sums.lost(product, blockProduct, nextProduct));
            lostForSlope = lostForSlope.add(Sums.lost(forSlope, blockForSlope, nextForSlope));
            sum = nextSum;
            product = nextProduct;
            forSlope = nextForSlope;
        }
        sum.intoArray(lanes, 0);
        lostSum.intoArray(lanes, LANES);
        product.intoArray(lanes, 2 * LANES);
        lostProduct.intoArray(lanes, 3 * LANES);
        forSlope.intoArray(lanes, 4 * LANES);
        lostForSlope.intoArray(lanes, 5 * LANES);
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
