package io.github.dsrl4j.tensor.kernel.vector;

import static io.github.dsrl4j.tensor.kernel.vector.Lanes.LANES;
import static io.github.dsrl4j.tensor.kernel.vector.Lanes.SPECIES;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import jdk.incubator.vector.FloatVector;

/** The loops of batch normalisation over one plane. */
final class NormalizationLoops {
    /** Small enough to stay in the first-level cache from the pass for the mean to the pass for the squares. */
    private static final int CHUNK = 4096;

    /** Terms that are added in float before they go to double. */
    private static final int BLOCK = 1024;

    private NormalizationLoops() {}

    /**
     * Writes the mean of n elements and their sum of squared deviations from it to {@code out[at]} and {@code out[at + 1]};
     * {@code lanes} is working memory for {@code 2 LANES} floats.
     *
     * <p>Memory is read once: each chunk is summed, then its deviations from this first mean and their squares while it is in the
     * cache, the sum of deviations correcting what the first mean lost in float (the corrected two-pass algorithm); the chunks are
     * merged by the formula of Chan, Golub and LeVeque (1983). Nothing cancels, however far the mean is from 0.
     */
    static void moments(float[] x, int from, int n, float[] lanes, double[] out, int at) {
        double mean = 0;
        double squares = 0;
        for (int done = 0; done < n; done += CHUNK) {
            int count = Math.min(CHUNK, n - done);
            float center = (float) (Sums.sum(x, from + done, count, lanes) / count);
            double deviations = 0;
            double chunkSquares = 0;
            for (int i = 0; i < count; i += BLOCK) {
                blockDeviations(x, from + done + i, Math.min(BLOCK, count - i), center, lanes);
                deviations += Sums.ofLanes(lanes);
                chunkSquares += Sums.ofLanes(lanes, LANES);
            }
            double correction = deviations / count;
            double delta = center + correction - mean;
            double share = (double) count / (done + count);
            mean += delta * share;
            squares += chunkSquares - deviations * correction + delta * delta * done * share;
        }
        out[at] = mean;
        out[at + 1] = squares;
    }

    /** Stores the lanes of {@code sum (x - center)} and, {@code LANES} further, of {@code sum (x - center)^2}. */
    private static void blockDeviations(float[] x, int from, int n, float center, float[] lanes) {
        var c = FloatVector.broadcast(SPECIES, center);
        var sum0 = FloatVector.zero(SPECIES);
        var sum1 = sum0;
        var squares0 = sum0;
        var squares1 = sum0;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            var d0 = FloatVector.fromArray(SPECIES, x, from + i).sub(c);
            var d1 = FloatVector.fromArray(SPECIES, x, from + i + LANES).sub(c);
            sum0 = sum0.add(d0);
            sum1 = sum1.add(d1);
            squares0 = d0.fma(d0, squares0);
            squares1 = d1.fma(d1, squares1);
        }
        for (; i < n; i += LANES) {
            var inside = SPECIES.indexInRange(i, n);
            var d = FloatVector.fromArray(SPECIES, x, from + i, inside).sub(c, inside);
            sum0 = sum0.add(d);
            squares0 = d.fma(d, squares0);
        }
        sum0.add(sum1).intoArray(lanes, 0);
        squares0.add(squares1).intoArray(lanes, LANES);
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
