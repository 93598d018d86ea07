package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Sums that are as good as sums in double precision: the lanes of four float vectors add up a block of {@value #BLOCK}
 * elements, some tens a lane, and the lanes of each block are added in double.
 *
 * <p>The lanes are added one after the other in a plain loop, because the order in which {@code reduceLanes(ADD)} adds is not
 * specified and differs between interpreted and compiled code: the same sum would come out different as a program warms up.
 */
final class Sums {
    private static final int BLOCK = 1024;

    private Sums() {}

    /** The sum of n elements; {@code lanes} is working memory for {@code LANES} floats. */
    static double sum(float[] x, int from, int n, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            blockSum(x, from + i, Math.min(BLOCK, n - i), lanes);
            sum += ofLanes(lanes);
        }
        return sum;
    }

    /** The sum of {@code (x - center)^2}. */
    static double squares(float[] x, int from, int n, float center, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            blockSquares(x, from + i, Math.min(BLOCK, n - i), center, lanes);
            sum += ofLanes(lanes);
        }
        return sum;
    }

    /** The sum of {@code a b}. */
    static double products(float[] a, int aFrom, float[] b, int bFrom, int n, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            blockProducts(a, aFrom + i, b, bFrom + i, Math.min(BLOCK, n - i), lanes);
            sum += ofLanes(lanes);
        }
        return sum;
    }

    /** The sum of {@code (a - b)^2}. */
    static double squaredDifference(float[] a, int aFrom, float[] b, int bFrom, int n, float[] lanes) {
        double sum = 0;
        for (int i = 0; i < n; i += BLOCK) {
            blockSquaredDifference(a, aFrom + i, b, bFrom + i, Math.min(BLOCK, n - i), lanes);
            sum += ofLanes(lanes);
        }
        return sum;
    }

    /**
     * What rounding lost of a sum: {@code a + b = sum + lost} exactly. Source: Knuth, The Art of Computer Programming 2, 4.2.2, theorem B.
     */
    static FloatVector lost(FloatVector a, FloatVector b, FloatVector sum) {
        var rounded = sum.sub(a);
        return a.sub(sum.sub(rounded)).add(b.sub(rounded));
    }

    /** The lanes of one vector, added in order. */
    static double ofLanes(float[] lanes) {
        return ofLanes(lanes, 0);
    }

    /** The lanes of the vector that was stored from {@code lanes[at]} on, added in order. */
    static double ofLanes(float[] lanes, int at) {
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += lanes[at + lane];
        }
        return sum;
    }

    private static void blockSum(float[] x, int from, int n, float[] lanes) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, from + i));
            s1 = s1.add(FloatVector.fromArray(SPECIES, x, from + i + LANES));
            s2 = s2.add(FloatVector.fromArray(SPECIES, x, from + i + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(SPECIES, x, from + i + 3 * LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            s0 = s0.add(FloatVector.fromArray(SPECIES, x, from + i));
        }
        if (i < n) {
            s1 = s1.add(FloatVector.fromArray(SPECIES, x, from + i, SPECIES.indexInRange(i, n)));
        }
        s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    }

    private static void blockSquares(float[] x, int from, int n, float center, float[] lanes) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        var s2 = s0;
        var s3 = s0;
        var c = FloatVector.broadcast(SPECIES, center);
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            var d0 = FloatVector.fromArray(SPECIES, x, from + i).sub(c);
            var d1 = FloatVector.fromArray(SPECIES, x, from + i + LANES).sub(c);
            var d2 = FloatVector.fromArray(SPECIES, x, from + i + 2 * LANES).sub(c);
            var d3 = FloatVector.fromArray(SPECIES, x, from + i + 3 * LANES).sub(c);
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        for (; i <= n - LANES; i += LANES) {
            var d = FloatVector.fromArray(SPECIES, x, from + i).sub(c);
            s0 = d.fma(d, s0);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var d = FloatVector.fromArray(SPECIES, x, from + i, tail).sub(c, tail);
            s1 = d.fma(d, s1);
        }
        s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    }

    private static void blockProducts(float[] a, int aFrom, float[] b, int bFrom, int n, float[] lanes) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            s0 = FloatVector.fromArray(SPECIES, a, aFrom + i).fma(FloatVector.fromArray(SPECIES, b, bFrom + i), s0);
            s1 = FloatVector.fromArray(SPECIES, a, aFrom + i + LANES)
                    .fma(FloatVector.fromArray(SPECIES, b, bFrom + i + LANES), s1);
        }
        for (; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            s0 = FloatVector.fromArray(SPECIES, a, aFrom + i, inside)
                    .fma(FloatVector.fromArray(SPECIES, b, bFrom + i, inside), s0);
        }
        s0.add(s1).intoArray(lanes, 0);
    }

    private static void blockSquaredDifference(float[] a, int aFrom, float[] b, int bFrom, int n, float[] lanes) {
        var s0 = FloatVector.zero(SPECIES);
        var s1 = s0;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            var d0 = FloatVector.fromArray(SPECIES, a, aFrom + i).sub(FloatVector.fromArray(SPECIES, b, bFrom + i));
            var d1 = FloatVector.fromArray(SPECIES, a, aFrom + i + LANES)
                    .sub(FloatVector.fromArray(SPECIES, b, bFrom + i + LANES));
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
        }
        for (; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var d = FloatVector.fromArray(SPECIES, a, aFrom + i, inside)
                    .sub(FloatVector.fromArray(SPECIES, b, bFrom + i, inside));
            s0 = d.fma(d, s0);
        }
        s0.add(s1).intoArray(lanes, 0);
    }
}
