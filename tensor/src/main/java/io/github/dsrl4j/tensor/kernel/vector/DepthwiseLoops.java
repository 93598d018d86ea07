package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of depthwise convolution over the line of a band, see {@link DepthwisePlan}. A tap is a distance in the line, and the taps
 * are taken nine, four and one at a time: nine are a 3 x 3 window, and of a 3 x 3 window under a stride of 2 a phase sees nine, four, two
 * or one. Weights and sums stay in registers; more of them there are not.
 */
final class DepthwiseLoops {
    private DepthwiseLoops() {}

    /**
     * Adds to y the sum over taps of weight times x: {@code y[i] += sum of w[wAt + t] x[xAt + offsets[at + t] + i]}, for i from 0 up to n
     * and to the end of the last vector.
     */
    static void add(
            int taps, float[] w, int wAt, float[] x, int xAt, int[] offsets, int at, int n, float[] y, int yAt) {
        int t = 0;
        for (; t + 9 <= taps; t += 9) {
            addNine(w, wAt + t, x, xAt, offsets, at + t, n, y, yAt);
        }
        for (; t + 4 <= taps; t += 4) {
            addFour(w, wAt + t, x, xAt, offsets, at + t, n, y, yAt);
        }
        for (; t < taps; t++) {
            addOne(w, wAt + t, x, xAt, offsets, at + t, n, y, yAt);
        }
    }

    /**
     * Adds to the lanes of each tap's sum: {@code sums[tap] += sum of x[i] dy[offsets[tap] + i]}, where that of tap t stands at
     * {@code to + t LANES}.
     */
    static void multiply(
            int taps, float[] x, int xAt, float[] dy, int dyAt, int[] offsets, int at, int n, float[] sums, int to) {
        int t = 0;
        for (; t + 9 <= taps; t += 9) {
            multiplyNine(x, xAt, dy, dyAt, offsets, at + t, n, sums, to + t * LANES);
        }
        for (; t + 4 <= taps; t += 4) {
            multiplyFour(x, xAt, dy, dyAt, offsets, at + t, n, sums, to + t * LANES);
        }
        for (; t < taps; t++) {
            multiplyOne(x, xAt, dy, dyAt, offsets, at + t, n, sums, to + t * LANES);
        }
    }

    /** {@link #add} to dx from dy and {@link #multiply}, for which each vector of dy is read once. */
    static void addAndMultiply(
            int taps,
            float[] w,
            int wAt,
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int[] offsets,
            int at,
            int n,
            float[] dx,
            int dxAt,
            float[] sums,
            int to) {
        int t = 0;
        for (; t + 9 <= taps; t += 9) {
            bothNine(w, wAt + t, x, xAt, dy, dyAt, offsets, at + t, n, dx, dxAt, sums, to + t * LANES);
        }
        for (; t + 4 <= taps; t += 4) {
            bothFour(w, wAt + t, x, xAt, dy, dyAt, offsets, at + t, n, dx, dxAt, sums, to + t * LANES);
        }
        for (; t < taps; t++) {
            bothOne(w, wAt + t, x, xAt, dy, dyAt, offsets, at + t, n, dx, dxAt, sums, to + t * LANES);
        }
    }

    private static void addNine(
            float[] w, int wAt, float[] x, int xAt, int[] offsets, int at, int n, float[] y, int yAt) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        var w1 = FloatVector.broadcast(SPECIES, w[wAt + 1]);
        var w2 = FloatVector.broadcast(SPECIES, w[wAt + 2]);
        var w3 = FloatVector.broadcast(SPECIES, w[wAt + 3]);
        var w4 = FloatVector.broadcast(SPECIES, w[wAt + 4]);
        var w5 = FloatVector.broadcast(SPECIES, w[wAt + 5]);
        var w6 = FloatVector.broadcast(SPECIES, w[wAt + 6]);
        var w7 = FloatVector.broadcast(SPECIES, w[wAt + 7]);
        var w8 = FloatVector.broadcast(SPECIES, w[wAt + 8]);
        int o0 = xAt + offsets[at];
        int o1 = xAt + offsets[at + 1];
        int o2 = xAt + offsets[at + 2];
        int o3 = xAt + offsets[at + 3];
        int o4 = xAt + offsets[at + 4];
        int o5 = xAt + offsets[at + 5];
        int o6 = xAt + offsets[at + 6];
        int o7 = xAt + offsets[at + 7];
        int o8 = xAt + offsets[at + 8];
        for (int i = 0; i < n; i += LANES) {
            var sum = FloatVector.fromArray(SPECIES, y, yAt + i);
            sum = FloatVector.fromArray(SPECIES, x, o0 + i).fma(w0, sum);
            sum = FloatVector.fromArray(SPECIES, x, o1 + i).fma(w1, sum);
            sum = FloatVector.fromArray(SPECIES, x, o2 + i).fma(w2, sum);
            sum = FloatVector.fromArray(SPECIES, x, o3 + i).fma(w3, sum);
            sum = FloatVector.fromArray(SPECIES, x, o4 + i).fma(w4, sum);
            sum = FloatVector.fromArray(SPECIES, x, o5 + i).fma(w5, sum);
            sum = FloatVector.fromArray(SPECIES, x, o6 + i).fma(w6, sum);
            sum = FloatVector.fromArray(SPECIES, x, o7 + i).fma(w7, sum);
            sum = FloatVector.fromArray(SPECIES, x, o8 + i).fma(w8, sum);
            sum.intoArray(y, yAt + i);
        }
    }

    private static void addFour(
            float[] w, int wAt, float[] x, int xAt, int[] offsets, int at, int n, float[] y, int yAt) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        var w1 = FloatVector.broadcast(SPECIES, w[wAt + 1]);
        var w2 = FloatVector.broadcast(SPECIES, w[wAt + 2]);
        var w3 = FloatVector.broadcast(SPECIES, w[wAt + 3]);
        int o0 = xAt + offsets[at];
        int o1 = xAt + offsets[at + 1];
        int o2 = xAt + offsets[at + 2];
        int o3 = xAt + offsets[at + 3];
        for (int i = 0; i < n; i += LANES) {
            var sum = FloatVector.fromArray(SPECIES, y, yAt + i);
            sum = FloatVector.fromArray(SPECIES, x, o0 + i).fma(w0, sum);
            sum = FloatVector.fromArray(SPECIES, x, o1 + i).fma(w1, sum);
            sum = FloatVector.fromArray(SPECIES, x, o2 + i).fma(w2, sum);
            sum = FloatVector.fromArray(SPECIES, x, o3 + i).fma(w3, sum);
            sum.intoArray(y, yAt + i);
        }
    }

    private static void addOne(
            float[] w, int wAt, float[] x, int xAt, int[] offsets, int at, int n, float[] y, int yAt) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        int o0 = xAt + offsets[at];
        for (int i = 0; i < n; i += LANES) {
            var sum = FloatVector.fromArray(SPECIES, y, yAt + i);
            sum = FloatVector.fromArray(SPECIES, x, o0 + i).fma(w0, sum);
            sum.intoArray(y, yAt + i);
        }
    }

    private static void multiplyNine(
            float[] x, int xAt, float[] dy, int dyAt, int[] offsets, int at, int n, float[] sums, int to) {
        int o0 = dyAt + offsets[at];
        int o1 = dyAt + offsets[at + 1];
        int o2 = dyAt + offsets[at + 2];
        int o3 = dyAt + offsets[at + 3];
        int o4 = dyAt + offsets[at + 4];
        int o5 = dyAt + offsets[at + 5];
        int o6 = dyAt + offsets[at + 6];
        int o7 = dyAt + offsets[at + 7];
        int o8 = dyAt + offsets[at + 8];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        var s1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
        var s2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
        var s3 = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
        var s4 = FloatVector.fromArray(SPECIES, sums, to + 4 * LANES);
        var s5 = FloatVector.fromArray(SPECIES, sums, to + 5 * LANES);
        var s6 = FloatVector.fromArray(SPECIES, sums, to + 6 * LANES);
        var s7 = FloatVector.fromArray(SPECIES, sums, to + 7 * LANES);
        var s8 = FloatVector.fromArray(SPECIES, sums, to + 8 * LANES);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            s0 = FloatVector.fromArray(SPECIES, dy, o0 + i).fma(a, s0);
            s1 = FloatVector.fromArray(SPECIES, dy, o1 + i).fma(a, s1);
            s2 = FloatVector.fromArray(SPECIES, dy, o2 + i).fma(a, s2);
            s3 = FloatVector.fromArray(SPECIES, dy, o3 + i).fma(a, s3);
            s4 = FloatVector.fromArray(SPECIES, dy, o4 + i).fma(a, s4);
            s5 = FloatVector.fromArray(SPECIES, dy, o5 + i).fma(a, s5);
            s6 = FloatVector.fromArray(SPECIES, dy, o6 + i).fma(a, s6);
            s7 = FloatVector.fromArray(SPECIES, dy, o7 + i).fma(a, s7);
            s8 = FloatVector.fromArray(SPECIES, dy, o8 + i).fma(a, s8);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + LANES);
        s2.intoArray(sums, to + 2 * LANES);
        s3.intoArray(sums, to + 3 * LANES);
        s4.intoArray(sums, to + 4 * LANES);
        s5.intoArray(sums, to + 5 * LANES);
        s6.intoArray(sums, to + 6 * LANES);
        s7.intoArray(sums, to + 7 * LANES);
        s8.intoArray(sums, to + 8 * LANES);
    }

    private static void multiplyFour(
            float[] x, int xAt, float[] dy, int dyAt, int[] offsets, int at, int n, float[] sums, int to) {
        int o0 = dyAt + offsets[at];
        int o1 = dyAt + offsets[at + 1];
        int o2 = dyAt + offsets[at + 2];
        int o3 = dyAt + offsets[at + 3];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        var s1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
        var s2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
        var s3 = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            s0 = FloatVector.fromArray(SPECIES, dy, o0 + i).fma(a, s0);
            s1 = FloatVector.fromArray(SPECIES, dy, o1 + i).fma(a, s1);
            s2 = FloatVector.fromArray(SPECIES, dy, o2 + i).fma(a, s2);
            s3 = FloatVector.fromArray(SPECIES, dy, o3 + i).fma(a, s3);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + LANES);
        s2.intoArray(sums, to + 2 * LANES);
        s3.intoArray(sums, to + 3 * LANES);
    }

    private static void multiplyOne(
            float[] x, int xAt, float[] dy, int dyAt, int[] offsets, int at, int n, float[] sums, int to) {
        int o0 = dyAt + offsets[at];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            s0 = FloatVector.fromArray(SPECIES, dy, o0 + i).fma(a, s0);
        }
        s0.intoArray(sums, to);
    }

    private static void bothNine(
            float[] w,
            int wAt,
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int[] offsets,
            int at,
            int n,
            float[] dx,
            int dxAt,
            float[] sums,
            int to) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        var w1 = FloatVector.broadcast(SPECIES, w[wAt + 1]);
        var w2 = FloatVector.broadcast(SPECIES, w[wAt + 2]);
        var w3 = FloatVector.broadcast(SPECIES, w[wAt + 3]);
        var w4 = FloatVector.broadcast(SPECIES, w[wAt + 4]);
        var w5 = FloatVector.broadcast(SPECIES, w[wAt + 5]);
        var w6 = FloatVector.broadcast(SPECIES, w[wAt + 6]);
        var w7 = FloatVector.broadcast(SPECIES, w[wAt + 7]);
        var w8 = FloatVector.broadcast(SPECIES, w[wAt + 8]);
        int o0 = dyAt + offsets[at];
        int o1 = dyAt + offsets[at + 1];
        int o2 = dyAt + offsets[at + 2];
        int o3 = dyAt + offsets[at + 3];
        int o4 = dyAt + offsets[at + 4];
        int o5 = dyAt + offsets[at + 5];
        int o6 = dyAt + offsets[at + 6];
        int o7 = dyAt + offsets[at + 7];
        int o8 = dyAt + offsets[at + 8];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        var s1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
        var s2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
        var s3 = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
        var s4 = FloatVector.fromArray(SPECIES, sums, to + 4 * LANES);
        var s5 = FloatVector.fromArray(SPECIES, sums, to + 5 * LANES);
        var s6 = FloatVector.fromArray(SPECIES, sums, to + 6 * LANES);
        var s7 = FloatVector.fromArray(SPECIES, sums, to + 7 * LANES);
        var s8 = FloatVector.fromArray(SPECIES, sums, to + 8 * LANES);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            var sum = FloatVector.fromArray(SPECIES, dx, dxAt + i);
            var d0 = FloatVector.fromArray(SPECIES, dy, o0 + i);
            sum = d0.fma(w0, sum);
            s0 = d0.fma(a, s0);
            var d1 = FloatVector.fromArray(SPECIES, dy, o1 + i);
            sum = d1.fma(w1, sum);
            s1 = d1.fma(a, s1);
            var d2 = FloatVector.fromArray(SPECIES, dy, o2 + i);
            sum = d2.fma(w2, sum);
            s2 = d2.fma(a, s2);
            var d3 = FloatVector.fromArray(SPECIES, dy, o3 + i);
            sum = d3.fma(w3, sum);
            s3 = d3.fma(a, s3);
            var d4 = FloatVector.fromArray(SPECIES, dy, o4 + i);
            sum = d4.fma(w4, sum);
            s4 = d4.fma(a, s4);
            var d5 = FloatVector.fromArray(SPECIES, dy, o5 + i);
            sum = d5.fma(w5, sum);
            s5 = d5.fma(a, s5);
            var d6 = FloatVector.fromArray(SPECIES, dy, o6 + i);
            sum = d6.fma(w6, sum);
            s6 = d6.fma(a, s6);
            var d7 = FloatVector.fromArray(SPECIES, dy, o7 + i);
            sum = d7.fma(w7, sum);
            s7 = d7.fma(a, s7);
            var d8 = FloatVector.fromArray(SPECIES, dy, o8 + i);
            sum = d8.fma(w8, sum);
            s8 = d8.fma(a, s8);
            sum.intoArray(dx, dxAt + i);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + LANES);
        s2.intoArray(sums, to + 2 * LANES);
        s3.intoArray(sums, to + 3 * LANES);
        s4.intoArray(sums, to + 4 * LANES);
        s5.intoArray(sums, to + 5 * LANES);
        s6.intoArray(sums, to + 6 * LANES);
        s7.intoArray(sums, to + 7 * LANES);
        s8.intoArray(sums, to + 8 * LANES);
    }

    private static void bothFour(
            float[] w,
            int wAt,
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int[] offsets,
            int at,
            int n,
            float[] dx,
            int dxAt,
            float[] sums,
            int to) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        var w1 = FloatVector.broadcast(SPECIES, w[wAt + 1]);
        var w2 = FloatVector.broadcast(SPECIES, w[wAt + 2]);
        var w3 = FloatVector.broadcast(SPECIES, w[wAt + 3]);
        int o0 = dyAt + offsets[at];
        int o1 = dyAt + offsets[at + 1];
        int o2 = dyAt + offsets[at + 2];
        int o3 = dyAt + offsets[at + 3];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        var s1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
        var s2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
        var s3 = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            var sum = FloatVector.fromArray(SPECIES, dx, dxAt + i);
            var d0 = FloatVector.fromArray(SPECIES, dy, o0 + i);
            sum = d0.fma(w0, sum);
            s0 = d0.fma(a, s0);
            var d1 = FloatVector.fromArray(SPECIES, dy, o1 + i);
            sum = d1.fma(w1, sum);
            s1 = d1.fma(a, s1);
            var d2 = FloatVector.fromArray(SPECIES, dy, o2 + i);
            sum = d2.fma(w2, sum);
            s2 = d2.fma(a, s2);
            var d3 = FloatVector.fromArray(SPECIES, dy, o3 + i);
            sum = d3.fma(w3, sum);
            s3 = d3.fma(a, s3);
            sum.intoArray(dx, dxAt + i);
        }
        s0.intoArray(sums, to);
        s1.intoArray(sums, to + LANES);
        s2.intoArray(sums, to + 2 * LANES);
        s3.intoArray(sums, to + 3 * LANES);
    }

    private static void bothOne(
            float[] w,
            int wAt,
            float[] x,
            int xAt,
            float[] dy,
            int dyAt,
            int[] offsets,
            int at,
            int n,
            float[] dx,
            int dxAt,
            float[] sums,
            int to) {
        var w0 = FloatVector.broadcast(SPECIES, w[wAt]);
        int o0 = dyAt + offsets[at];
        var s0 = FloatVector.fromArray(SPECIES, sums, to);
        for (int i = 0; i < n; i += LANES) {
            var a = FloatVector.fromArray(SPECIES, x, xAt + i);
            var sum = FloatVector.fromArray(SPECIES, dx, dxAt + i);
            var d0 = FloatVector.fromArray(SPECIES, dy, o0 + i);
            sum = d0.fma(w0, sum);
            s0 = d0.fma(a, s0);
            sum.intoArray(dx, dxAt + i);
        }
        s0.intoArray(sums, to);
    }
}
