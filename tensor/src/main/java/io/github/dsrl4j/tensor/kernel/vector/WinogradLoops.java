package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of Winograd's minimal filtering F(2 x 2, 3 x 3): {@code Y = A' [(G g G') * (B' d B)] A} with
 *
 * <pre>
 *      1  0 -1  0          1   0   0
 * B' = 0  1  1  0     G = 1/2 1/2 1/2     A' = 1  1  1  0
 *      0 -1  1  0         1/2-1/2 1/2          0  1 -1 -1
 *      0  1  0 -1          0   0   1
 * </pre>
 *
 * and those of the gradient of g, which are the adjoints of the ones of g and of Y: {@code dg = G' [(A dY A') * (B' d B)] G}.
 *
 * <p>A vector holds the same number of many tiles, of many channels, or of many filters. Number (i, k) of a transformed tile, a point, is
 * {@code (4 i + k) pointStride} behind the first.
 */
final class WinogradLoops {
    /** Weights of a filter. */
    static final int TAPS = 9;

    /** Vectors that {@link #weights} reads and works in. */
    static final int FILTER_VECTORS = TAPS + 3 * WinogradPlan.SIDE;

    /** Vectors that {@link #weightGradient} writes and works in. */
    static final int GRADIENT_VECTORS = 3 * WinogradPlan.SIDE;

    private WinogradLoops() {}

    /** {@code B' d B} of a vector of tiles: number (i, k) of d is read at {@code x[row + i rowStep + c_k]}. */
    static void input(
            float[] x, int row, int rowStep, int c0, int c1, int c2, int c3, float[] y, int to, int pointStride) {
        int second = row + rowStep;
        int third = second + rowStep;
        int fourth = third + rowStep;
        int step = WinogradPlan.SIDE * pointStride;
        inputRow(x, row, -1, third, c0, c1, c2, c3, y, to, pointStride);
        inputRow(x, second, 1, third, c0, c1, c2, c3, y, to + step, pointStride);
        inputRow(x, third, -1, second, c0, c1, c2, c3, y, to + 2 * step, pointStride);
        inputRow(x, second, -1, fourth, c0, c1, c2, c3, y, to + 3 * step, pointStride);
    }

    /** The row of {@code B' d B} that comes from row a of d and {@code sign} times its row b. */
    private static void inputRow(
            float[] x, int a, float sign, int b, int c0, int c1, int c2, int c3, float[] y, int to, int pointStride) {
        var s = FloatVector.broadcast(SPECIES, sign);
        var d0 = FloatVector.fromArray(SPECIES, x, b + c0).fma(s, FloatVector.fromArray(SPECIES, x, a + c0));
        var d1 = FloatVector.fromArray(SPECIES, x, b + c1).fma(s, FloatVector.fromArray(SPECIES, x, a + c1));
        var d2 = FloatVector.fromArray(SPECIES, x, b + c2).fma(s, FloatVector.fromArray(SPECIES, x, a + c2));
        var d3 = FloatVector.fromArray(SPECIES, x, b + c3).fma(s, FloatVector.fromArray(SPECIES, x, a + c3));
        d0.sub(d2).intoArray(y, to);
        d1.add(d2).intoArray(y, to + pointStride);
        d2.sub(d1).intoArray(y, to + 2 * pointStride);
        d1.sub(d3).intoArray(y, to + 3 * pointStride);
    }

    /**
     * {@code A' m A + bias} of a vector of tiles: the upper outputs go to {@code y[to]} and {@code y[to + right]}, the lower ones
     * {@code down} behind them.
     */
    static void output(float[] m, int from, int pointStride, float bias, float[] y, int to, int right, int down) {
        int step = WinogradPlan.SIDE * pointStride;
        var upper = FloatVector.broadcast(SPECIES, bias);
        var upperRight = upper;
        var lower = upper;
        var lowerRight = upper;
        for (int k = 0; k < WinogradPlan.SIDE; k++) {
            int at = from + k * pointStride;
            var m1 = FloatVector.fromArray(SPECIES, m, at + step);
            var m2 = FloatVector.fromArray(SPECIES, m, at + 2 * step);
            var top = FloatVector.fromArray(SPECIES, m, at).add(m1).add(m2);
            var bottom = m1.sub(m2).sub(FloatVector.fromArray(SPECIES, m, at + 3 * step));
            if (k < 3) {
                upper = upper.add(top);
                lower = lower.add(bottom);
            }
            if (k == 1) {
                upperRight = upperRight.add(top);
                lowerRight = lowerRight.add(bottom);
            } else if (k > 1) {
                upperRight = upperRight.sub(top);
                lowerRight = lowerRight.sub(bottom);
            }
        }
        upper.intoArray(y, to);
        upperRight.intoArray(y, to + right);
        lower.intoArray(y, to + down);
        lowerRight.intoArray(y, to + down + right);
    }

    /**
     * {@code G g G'} of one filter to each row of a register tile: tap t of them is the vector at {@code g[taps[t] LANES]}, behind
     * which there are 12 vectors to work in. The first {@code height} lanes are stored.
     */
    static void weights(float[] g, int[] taps, int height, float[] y, int to, int pointStride) {
        int half = TAPS * LANES;
        for (int l = 0; l < 3; l++) {
            var first = FloatVector.fromArray(SPECIES, g, taps[l] * LANES);
            var odd = FloatVector.fromArray(SPECIES, g, taps[3 + l] * LANES).mul(0.5f);
            var last = FloatVector.fromArray(SPECIES, g, taps[6 + l] * LANES);
            var even = first.add(last).mul(0.5f);
            first.intoArray(g, half + l * LANES);
            even.add(odd).intoArray(g, half + (3 + l) * LANES);
            even.sub(odd).intoArray(g, half + (6 + l) * LANES);
            last.intoArray(g, half + (9 + l) * LANES);
        }
        var stored = Lanes.mask(0, height);
        for (int i = 0; i < WinogradPlan.SIDE; i++) {
            int at = half + 3 * i * LANES;
            int point = to + WinogradPlan.SIDE * i * pointStride;
            var first = FloatVector.fromArray(SPECIES, g, at);
            var odd = FloatVector.fromArray(SPECIES, g, at + LANES).mul(0.5f);
            var last = FloatVector.fromArray(SPECIES, g, at + 2 * LANES);
            var even = first.add(last).mul(0.5f);
            first.intoArray(y, point, stored);
            even.add(odd).intoArray(y, point + pointStride, stored);
            even.sub(odd).intoArray(y, point + 2 * pointStride, stored);
            last.intoArray(y, point + 3 * pointStride, stored);
        }
    }

    /**
     * {@code A dY A'} of a vector of tiles: the upper gradients are at {@code dy[left]} and {@code dy[right]}, the lower ones
     * {@code down} behind them.
     */
    static void gradient(float[] dy, int left, int right, int down, float[] y, int to, int pointStride) {
        int step = WinogradPlan.SIDE * pointStride;
        var upperLeft = FloatVector.fromArray(SPECIES, dy, left);
        var upperRight = FloatVector.fromArray(SPECIES, dy, right);
        var lowerLeft = FloatVector.fromArray(SPECIES, dy, left + down);
        var lowerRight = FloatVector.fromArray(SPECIES, dy, right + down);
        gradientRow(upperLeft, upperRight, y, to, pointStride);
        gradientRow(upperLeft.add(lowerLeft), upperRight.add(lowerRight), y, to + step, pointStride);
        gradientRow(upperLeft.sub(lowerLeft), upperRight.sub(lowerRight), y, to + 2 * step, pointStride);
        gradientRow(lowerLeft.neg(), lowerRight.neg(), y, to + 3 * step, pointStride);
    }

    private static void gradientRow(FloatVector left, FloatVector right, float[] y, int to, int pointStride) {
        left.intoArray(y, to);
        left.add(right).intoArray(y, to + pointStride);
        left.sub(right).intoArray(y, to + 2 * pointStride);
        right.neg().intoArray(y, to + 3 * pointStride);
    }

    /**
     * {@code G' m G} of a vector of filters; tap t goes to {@code y[t LANES]}, behind which there are 3 vectors to work in. Of each
     * number of m the sum of {@code chunks} is taken, {@code chunkStride} apart.
     */
    static void weightGradient(float[] m, int from, int pointStride, int chunks, int chunkStride, float[] y) {
        int work = TAPS * LANES;
        for (int i = 0; i < WinogradPlan.SIDE; i++) {
            int at = from + WinogradPlan.SIDE * i * pointStride;
            var first = sum(m, at, chunks, chunkStride);
            var plus = sum(m, at + pointStride, chunks, chunkStride);
            var minus = sum(m, at + 2 * pointStride, chunks, chunkStride);
            var last = sum(m, at + 3 * pointStride, chunks, chunkStride);
            var even = plus.add(minus).mul(0.5f);
            store3(first.add(even), plus.sub(minus).mul(0.5f), last.add(even), y, i * 3 * LANES);
        }
        for (int l = 0; l < 3; l++) {
            var first = FloatVector.fromArray(SPECIES, y, l * LANES);
            var plus = FloatVector.fromArray(SPECIES, y, (3 + l) * LANES);
            var minus = FloatVector.fromArray(SPECIES, y, (6 + l) * LANES);
            var last = FloatVector.fromArray(SPECIES, y, work + l * LANES);
            var even = plus.add(minus).mul(0.5f);
            first.add(even).intoArray(y, l * LANES);
            plus.sub(minus).mul(0.5f).intoArray(y, (3 + l) * LANES);
            last.add(even).intoArray(y, (6 + l) * LANES);
        }
    }

    private static void store3(FloatVector a, FloatVector b, FloatVector c, float[] y, int to) {
        a.intoArray(y, to);
        b.intoArray(y, to + LANES);
        c.intoArray(y, to + 2 * LANES);
    }

    private static FloatVector sum(float[] m, int at, int chunks, int chunkStride) {
        var sum = FloatVector.fromArray(SPECIES, m, at);
        for (int chunk = 1; chunk < chunks; chunk++) {
            sum = sum.add(FloatVector.fromArray(SPECIES, m, at + chunk * chunkStride));
        }
        return sum;
    }
}
