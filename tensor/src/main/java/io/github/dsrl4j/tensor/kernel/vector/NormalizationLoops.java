package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import jdk.incubator.vector.FloatVector;

/** The loops of batch normalisation over one plane. */
final class NormalizationLoops {
    /** Terms that are added in plain float. The sums of blocks are added without loss (see {@link Sums#lost}). */
    private static final int BLOCK = 1024;

    /** Floats that {@link #moments} and {@link #gradientSums} need to store lanes. */
    static final int SUMS = 4 * LANES;

    private NormalizationLoops() {}

    /**
     * Writes the mean of n elements and their sum of squared deviations from it to {@code out[at]} and {@code out[at + 1]};
     * {@code lanes} is working memory for {@link #SUMS} floats.
     *
     * <p>Memory is read once, in stretches of which each is as long as all before it: of a stretch the deviations from the mean so far,
     * and their squares, are summed, the sum of deviations correcting what that mean is off (the corrected two-pass algorithm); then it
     * is merged with what went before by the formula of Chan, Golub and LeVeque (1983). What the correction takes off the squares of
     * a stretch is at most twice what the merger adds, so that nothing cancels, however far the mean is from 0.
     */
    static void moments(float[] x, int from, int n, float[] lanes, double[] out, int at) {
        int first = Math.min(BLOCK, n);
        double mean = Sums.sum(x, from, first, lanes) / first;
        double squares = 0;
        for (int done = 0, count = first; count > 0; count = Math.min(done, n - done)) {
            float center = (float) mean;
            deviations(x, from + done, count, center, lanes, out, at);
            double correction = out[at] / count;
            double delta = done == 0 ? 0 : center + correction - mean;
            mean = done == 0 ? center + correction : mean + delta * count / (done + count);
            squares += out[at + 1] - out[at] * correction + delta * delta * done * count / (done + count);
            done += count;
        }
        out[at] = mean;
        out[at + 1] = squares;
    }

    /** Writes {@code sum (x - center)} and {@code sum (x - center)^2} to {@code out[at]} and {@code out[at + 1]}. */
    private static void deviations(float[] x, int from, int n, float center, float[] lanes, double[] out, int at) {
        int whole = SPECIES.loopBound(n);
        wholeDeviations(x, from, whole, center, lanes);
        out[at] = Sums.ofLanes(lanes) + Sums.ofLanes(lanes, LANES);
        out[at + 1] = Sums.ofLanes(lanes, 2 * LANES) + Sums.ofLanes(lanes, 3 * LANES);
        for (int i = from + whole; i < from + n; i++) {
            float d = x[i] - center;
            out[at] += d;
            out[at + 1] += (double) d * d;
        }
    }

    /** Stores the lanes of both sums over whole vectors, of each in two parts. */
    private static void wholeDeviations(float[] x, int from, int n, float center, float[] lanes) {
        var c = FloatVector.broadcast(SPECIES, center);
        var zero = FloatVector.zero(SPECIES);
        var sum = zero;
        var lostSum = zero;
        var squares = zero;
        var lostSquares = zero;
        for (int block = 0; block < n; block += BLOCK) {
            int end = Math.min(n, block + BLOCK);
            var sum0 = zero;
            var sum1 = zero;
            var squares0 = zero;
            var squares1 = zero;
            int i = block;
            for (; i <= end - 2 * LANES; i += 2 * LANES) {
                var d0 = FloatVector.fromArray(SPECIES, x, from + i).sub(c);
                var d1 = FloatVector.fromArray(SPECIES, x, from + i + LANES).sub(c);
                sum0 = sum0.add(d0);
                sum1 = sum1.add(d1);
                squares0 = d0.fma(d0, squares0);
                squares1 = d1.fma(d1, squares1);
            }
            if (i < end) {
                var d = FloatVector.fromArray(SPECIES, x, from + i).sub(c);
                sum0 = sum0.add(d);
                squares0 = d.fma(d, squares0);
            }
            var blockSum = sum0.add(sum1);
            var blockSquares = squares0.add(squares1);
            var nextSum = sum.add(blockSum);
            var nextSquares = squares.add(blockSquares);
            lostSum = lostSum.add(Sums.lost(sum, blockSum, nextSum));
            lostSquares = lostSquares.add(Sums.lost(squares, blockSquares, nextSquares));
            sum = nextSum;
            squares = nextSquares;
        }
        sum.intoArray(lanes, 0);
        lostSum.intoArray(lanes, LANES);
        squares.intoArray(lanes, 2 * LANES);
        lostSquares.intoArray(lanes, 3 * LANES);
    }

    /** The mean and the biased variance of channel c from the {@link #moments} of its planes, which stand at {@code 2 plane}. */
    static void merge(
            Geometry g, int c, double[] sums, float[] mean, int meanOffset, float[] variance, int varianceOffset) {
        double sum = 0;
        for (int n = 0; n < g.batch(); n++) {
            sum += sums[2 * (n * g.channels() + c)];
        }
        double m = sum / g.batch();
        double squares = 0;
        for (int n = 0; n < g.batch(); n++) {
            int plane = 2 * (n * g.channels() + c);
            double shift = sums[plane] - m;
            squares += sums[plane + 1] + g.area() * shift * shift;
        }
        mean[meanOffset + c] = (float) m;
        variance[varianceOffset + c] = (float) (squares / ((double) g.batch() * g.area()));
    }

    /** {@code y = (x - mean) scale + bias}. */
    static void normalize(int n, float mean, float scale, float bias, float[] x, int xFrom, float[] y, int yFrom) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var s = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, bias);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m).fma(s, b).intoArray(y, yFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m).fma(s, b).intoArray(y, yFrom + i, tail);
        }
    }

    /** Writes {@code sum dy} and {@code sum dy (x - mean)} to {@code out[at]} and {@code out[at + 1]}. */
    static void gradientSums(
            int n, float mean, float[] x, int xFrom, float[] dy, int dyFrom, float[] lanes, double[] out, int at) {
        double sum = 0;
        double product = 0;
        for (int i = 0; i < n; i += BLOCK) {
            int count = Math.min(BLOCK, n - i);
            blockSums(count, mean, x, xFrom + i, dy, dyFrom + i, lanes);
            sum += Sums.ofLanes(lanes);
            product += Sums.ofLanes(lanes, LANES);
        }
        out[at] = sum;
        out[at + 1] = product;
    }

    private static void blockSums(int n, float mean, float[] x, int xFrom, float[] dy, int dyFrom, float[] lanes) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var sum0 = FloatVector.zero(SPECIES);
        var sum1 = sum0;
        var product0 = sum0;
        var product1 = sum0;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            var d0 = FloatVector.fromArray(SPECIES, dy, dyFrom + i);
            var d1 = FloatVector.fromArray(SPECIES, dy, dyFrom + i + LANES);
            sum0 = sum0.add(d0);
            sum1 = sum1.add(d1);
            product0 = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m).fma(d0, product0);
            product1 =
                    FloatVector.fromArray(SPECIES, x, xFrom + i + LANES).sub(m).fma(d1, product1);
        }
        for (; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var d = FloatVector.fromArray(SPECIES, dy, dyFrom + i, inside);
            sum0 = sum0.add(d);
            product0 =
                    FloatVector.fromArray(SPECIES, x, xFrom + i, inside).sub(m).fma(d, product0);
        }
        sum0.add(sum1).intoArray(lanes, 0);
        product0.add(product1).intoArray(lanes, LANES);
    }

    /** {@code dx = scale dy + slope (x - mean) + shift}. */
    static void gradient(
            int n,
            float mean,
            float scale,
            float slope,
            float shift,
            float[] x,
            int xFrom,
            float[] dy,
            int dyFrom,
            float[] dx,
            int dxFrom) {
        var m = FloatVector.broadcast(SPECIES, mean);
        var a = FloatVector.broadcast(SPECIES, scale);
        var b = FloatVector.broadcast(SPECIES, slope);
        var c = FloatVector.broadcast(SPECIES, shift);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var fromX = FloatVector.fromArray(SPECIES, x, xFrom + i).sub(m).fma(b, c);
            FloatVector.fromArray(SPECIES, dy, dyFrom + i).fma(a, fromX).intoArray(dx, dxFrom + i);
        }
        if (i < n) {
            var tail = SPECIES.indexInRange(i, n);
            var fromX =
                    FloatVector.fromArray(SPECIES, x, xFrom + i, tail).sub(m).fma(b, c);
            FloatVector.fromArray(SPECIES, dy, dyFrom + i, tail).fma(a, fromX).intoArray(dx, dxFrom + i, tail);
        }
    }
}
