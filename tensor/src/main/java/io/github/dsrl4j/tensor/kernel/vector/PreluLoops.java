package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** PReLU on a stretch of memory with one slope. */
final class PreluLoops {
    /** Elements whose contributions to the slope's gradient are added in float before they go to double. */
    private static final int BLOCK = 1024;

    private PreluLoops() {}

    static void forward(int n, float slope, float[] x, int xFrom, float[] y, int yFrom) {
        var s = FloatVector.broadcast(SPECIES, slope);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i);
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i, tail);
            v.mul(s).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yFrom + i, tail);
        }
    }

    /** Writes dx and returns the sum of {@code dy x} over the elements that are not positive. */
    static double backward(
            int n, float slope, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            block(Math.min(BLOCK, n - i), slope, x, xFrom + i, dy, dyFrom + i, dx, dxFrom + i, lanes);
            sum += Sums.ofLanes(lanes);
        }
        return sum;
    }

    private static void block(
            int n, float slope, float[] x, int xFrom, float[] dy, int dyFrom, float[] dx, int dxFrom, float[] lanes) {
        var s = FloatVector.broadcast(SPECIES, slope);
        var zero = FloatVector.zero(SPECIES);
        var sum0 = zero;
        var sum1 = zero;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            var x0 = FloatVector.fromArray(SPECIES, x, xFrom + i);
            var x1 = FloatVector.fromArray(SPECIES, x, xFrom + i + LANES);
            var d0 = FloatVector.fromArray(SPECIES, dy, dyFrom + i);
            var d1 = FloatVector.fromArray(SPECIES, dy, dyFrom + i + LANES);
            var positive0 = x0.compare(VectorOperators.GT, 0);
            var positive1 = x1.compare(VectorOperators.GT, 0);
            d0.mul(s).blend(d0, positive0).intoArray(dx, dxFrom + i);
            d1.mul(s).blend(d1, positive1).intoArray(dx, dxFrom + i + LANES);
            sum0 = d0.fma(x0.blend(zero, positive0), sum0);
            sum1 = d1.fma(x1.blend(zero, positive1), sum1);
        }
        for (; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var v = FloatVector.fromArray(SPECIES, x, xFrom + i, inside);
            var d = FloatVector.fromArray(SPECIES, dy, dyFrom + i, inside);
            var positive = v.compare(VectorOperators.GT, 0);
            d.mul(s).blend(d, positive).intoArray(dx, dxFrom + i, inside);
            sum0 = d.fma(v.blend(zero, positive), sum0);
        }
        sum0.add(sum1).intoArray(lanes, 0);
    }
}
