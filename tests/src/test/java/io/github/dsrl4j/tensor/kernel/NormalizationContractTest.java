package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch normalisation. */
final class NormalizationContractTest {
    /** Half a dozen operations in float; the sums are held to be as good as double. */
    private static final double UNITS = 8;

    private static final float EPSILON = 1e-3f;

    static Stream<Geometry> geometries() {
        Stream<Geometry> odd = IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207)
                .boxed()
                .flatMap(size ->
                        Stream.of(new Geometry(2, 3, size), new Geometry(1, size, 9), new Geometry(size, 2, 5)));
        return Stream.concat(
                odd, Stream.of(new Geometry(4, 24, 2700), new Geometry(1, 5, 20_011), new Geometry(3, 130, 49)));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void statistics(Geometry g) {
        var random = new Random(g.hashCode());
        checkStatistics("around 0", g, Slab.normal(random, g.batch() * g.channels() * g.area()));
        checkStatistics(
                "far from 0", g, Slab.of(g.batch() * g.channels() * g.area(), i -> 300 + random.nextGaussian()));
        // What comes first tells nothing of the rest.
        checkStatistics(
                "with a step",
                g,
                Slab.of(
                        g.batch() * g.channels() * g.area(),
                        i -> (i % g.area() < 1100 ? -200 : 100) + random.nextGaussian()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 1025})
    void follow(int channels) {
        var random = new Random(channels);
        float momentum = 0.1f;
        float correction = 1.25f;
        Slab mean = Slab.normal(random, channels);
        Slab variance = Slab.normal(random, channels);
        Slab runningMean = Slab.normal(random, channels);
        Slab runningVariance = Slab.normal(random, channels);
        var means = new Sums(channels);
        var variances = new Sums(channels);
        for (int c = 0; c < channels; c++) {
            means.add(c, (1 - (double) momentum) * runningMean.get(c));
            means.add(c, (double) momentum * mean.get(c));
            variances.add(c, (1 - (double) momentum) * runningVariance.get(c));
            variances.add(c, (double) momentum * correction * variance.get(c));
        }
        String what = "follow " + channels;
        List<Slab> results = Contract.of(
                        what,
                        (k, s) -> k.normalization()
                                .follow(
                                        channels,
                                        momentum,
                                        correction,
                                        Slab.place(s[0]),
                                        Slab.place(s[1]),
                                        Slab.place(s[2]),
                                        Slab.place(s[3])))
                .reads(mean)
                .reads(variance)
                .changes(runningMean, UNITS, means.magnitudes())
                .changes(runningVariance, UNITS, variances.magnitudes())
                .check();
        means.assertClose(what, UNITS, results.get(0));
        variances.assertClose(what, UNITS, results.get(1));
    }

    private static void checkStatistics(String what, Geometry g, Slab x) {
        double count = (double) g.batch() * g.area();
        var mean = new Sums(g.channels());
        var variance = new Sums(g.channels());
        for (int i = 0; i < x.length(); i++) {
            mean.add(channel(g, i), x.get(i) / count);
        }
        for (int i = 0; i < x.length(); i++) {
            double deviation = x.get(i) - mean.value(channel(g, i));
            variance.add(channel(g, i), deviation * deviation / count);
        }
        List<Slab> results = Contract.of("statistics " + what + " " + g, (k, s) -> statistics(k, g, s[0], s[1], s[2]))
                .reads(x)
                .writes(2, mean.magnitudes())
                .writes(UNITS, varianceMagnitudes(g, x, mean, variance))
                .check();
        mean.assertClose("mean " + what + " " + g, 1, results.get(0));
        variance.assertClose("variance " + what + " " + g, 1, results.get(1));
    }

    /**
     * Planes may be merged by their means: then the variance takes up an error of each mean, in proportion to its size, times
     * how far it lies from the mean of the channel.
     */
    private static double[] varianceMagnitudes(Geometry g, Slab x, Sums mean, Sums variance) {
        var planeMeans = new Sums(g.batch() * g.channels());
        for (int i = 0; i < x.length(); i++) {
            planeMeans.add(i / g.area(), (double) x.get(i) / g.area());
        }
        double[] magnitudes = variance.magnitudes().clone();
        for (int plane = 0; plane < planeMeans.length(); plane++) {
            int c = plane % g.channels();
            double shift = Math.abs(planeMeans.value(plane) - mean.value(c));
            magnitudes[c] += Math.abs(mean.value(c)) * shift / g.batch();
        }
        return magnitudes;
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void forwardAndBackward(Geometry g) {
        var random = new Random(g.hashCode());
        int size = g.batch() * g.channels() * g.area();
        Slab x = Slab.of(size, i -> 2 + random.nextGaussian());
        Slab dy = Slab.normal(random, size);
        Slab weight = Slab.normal(random, g.channels());
        Slab bias = Slab.normal(random, g.channels());
        Slab mean = Slab.poisoned(g.channels());
        Slab variance = Slab.poisoned(g.channels());
        statistics(Implementations.SCALAR, g, x, mean, variance);

        var y = new Sums(size);
        for (int i = 0; i < size; i++) {
            int c = channel(g, i);
            double scale = weight.get(c) / deviation(variance, c);
            y.add(i, x.get(i) * scale);
            y.add(i, -mean.get(c) * scale);
            y.add(i, bias.get(c));
        }
        Slab forward = Contract.of("forward " + g, (k, s) -> forward(k, g, s[0], s[1], s[2], s[3], s[4], s[5]))
                .reads(x, mean, variance, weight, bias)
                .writes(UNITS, y.magnitudes())
                .check()
                .getFirst();
        y.assertClose("forward " + g, 1, forward);
        for (boolean training : new boolean[] {false, true}) {
            checkBackward(g, training, x, mean, variance, weight, dy);
        }
    }

    private static void checkBackward(
            Geometry g, boolean training, Slab x, Slab mean, Slab variance, Slab weight, Slab dy) {
        var dx = new Sums(x.length());
        var dweight = new Sums(g.channels());
        var dbias = new Sums(g.channels());
        for (int i = 0; i < x.length(); i++) {
            int c = channel(g, i);
            dweight.add(c, dy.get(i) * (double) x.get(i) / deviation(variance, c));
            dweight.add(c, dy.get(i) * (double) -mean.get(c) / deviation(variance, c));
            dbias.add(c, dy.get(i));
        }
        double count = (double) g.batch() * g.area();
        for (int i = 0; i < x.length(); i++) {
            int c = channel(g, i);
            double scale = weight.get(c) / deviation(variance, c);
            double xhat = (x.get(i) - (double) mean.get(c)) / deviation(variance, c);
            double distance = (Math.abs(x.get(i)) + Math.abs(mean.get(c))) / deviation(variance, c);
            double value = dy.get(i) - (training ? dbias.value(c) / count + xhat * dweight.value(c) / count : 0);
            double magnitude = Math.abs(dy.get(i))
                    + (training ? dbias.magnitudes()[c] / count + distance * dweight.magnitudes()[c] / count : 0);
            dx.set(i, scale * value, Math.abs(scale) * magnitude);
        }
        String what = "backward, training " + training + ", " + g;
        List<Slab> results = Contract.of(
                        what, (k, s) -> backward(k, g, training, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]))
                .reads(x, mean, variance, weight, dy)
                .writes(UNITS, dx.magnitudes())
                .writes(UNITS, dweight.magnitudes())
                .writes(UNITS, dbias.magnitudes())
                .check();
        dx.assertClose("dx " + what, 1, results.get(0));
        dweight.assertClose("dweight " + what, 1, results.get(1));
        dbias.assertClose("dbias " + what, 1, results.get(2));
    }

    /** The gradient in training mode runs through the statistics: central differences of the whole computation in double. */
    @Test
    void backwardAgreesWithFiniteDifferences() {
        var g = new Geometry(2, 2, 5);
        var random = new Random(5);
        Slab x = Slab.normal(random, 20);
        Slab dy = Slab.normal(random, 20);
        Slab weight = Slab.of(1.5f, -0.7f);
        Slab mean = Slab.poisoned(2);
        Slab variance = Slab.poisoned(2);
        statistics(Implementations.SCALAR, g, x, mean, variance);
        Slab dx = Slab.poisoned(20);
        backward(
                Implementations.SCALAR, g, true, x, mean, variance, weight, dy, dx, Slab.poisoned(2), Slab.poisoned(2));
        double step = 1e-5;
        for (int i = 0; i < 20; i++) {
            double[] values = new double[20];
            for (int k = 0; k < 20; k++) {
                values[k] = x.get(k);
            }
            values[i] += step;
            double above = projection(g, values, weight, dy);
            values[i] -= 2 * step;
            double below = projection(g, values, weight, dy);
            // Statistics rounded to float and the truncation error of order step^2 both stay below 1e-6.
            assertEquals((above - below) / (2 * step), dx.get(i), 1e-6, "dx " + i);
        }
    }

    /** {@code <batchNorm(x), dy>}. */
    private static double projection(Geometry g, double[] x, Slab weight, Slab dy) {
        double count = (double) g.batch() * g.area();
        double[] mean = new double[g.channels()];
        double[] variance = new double[g.channels()];
        for (int i = 0; i < x.length; i++) {
            mean[channel(g, i)] += x[i] / count;
        }
        for (int i = 0; i < x.length; i++) {
            variance[channel(g, i)] += Math.pow(x[i] - mean[channel(g, i)], 2) / count;
        }
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            int c = channel(g, i);
            sum += (x[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON) * weight.get(c) * dy.get(i);
        }
        return sum;
    }

    @Test
    void workedByHand() {
        var g = new Geometry(2, 1, 2);
        Slab x = Slab.of(1, 3, 5, 7);
        Slab mean = Slab.poisoned(1);
        Slab variance = Slab.poisoned(1);
        statistics(Implementations.SCALAR, g, x, mean, variance);
        assertArrayEquals(new float[] {4}, mean.toArray());
        assertArrayEquals(new float[] {5}, variance.toArray());
        Slab y = Slab.poisoned(4);
        Slab plain = Slab.of(4 - EPSILON);
        forward(Implementations.SCALAR, g, x, mean, plain, Slab.of(10), Slab.of(100), y);
        assertArrayEquals(new float[] {85, 95, 105, 115}, y.toArray());
    }

    private static int channel(Geometry g, int index) {
        return index / g.area() % g.channels();
    }

    private static double deviation(Slab variance, int c) {
        return Math.sqrt((double) variance.get(c) + EPSILON);
    }

    private static void statistics(Kernels kernels, Geometry g, Slab x, Slab mean, Slab variance) {
        kernels.normalization()
                .statistics(g, x.array(), x.offset(), mean.array(), mean.offset(), variance.array(), variance.offset());
    }

    private static void forward(
            Kernels kernels, Geometry g, Slab x, Slab mean, Slab variance, Slab weight, Slab bias, Slab y) {
        kernels.normalization()
                .forward(
                        g,
                        EPSILON,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        bias.array(),
                        bias.offset(),
                        y.array(),
                        y.offset());
    }

    private static void backward(
            Kernels kernels,
            Geometry g,
            boolean training,
            Slab x,
            Slab mean,
            Slab variance,
            Slab weight,
            Slab dy,
            Slab dx,
            Slab dweight,
            Slab dbias) {
        kernels.normalization()
                .backward(
                        g,
                        training,
                        EPSILON,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset(),
                        dweight.array(),
                        dweight.offset(),
                        dbias.array(),
                        dbias.offset());
    }
}
