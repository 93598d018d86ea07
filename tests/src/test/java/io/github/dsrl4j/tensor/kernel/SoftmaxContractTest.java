package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Softmax.Geometry;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Softmax, log-softmax and cross entropy. */
final class SoftmaxContractTest {
    /** An exponential or a logarithm that errs by a few units, and a handful of operations. */
    private static final double UNITS = 8;

    static Stream<Geometry> geometries() {
        Stream<Geometry> odd = IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207)
                .boxed()
                .flatMap(size ->
                        Stream.of(new Geometry(2, 5, size), new Geometry(1, size, 9), new Geometry(size, 11, 1)));
        return Stream.concat(
                odd, Stream.of(new Geometry(2, 12, 2700), new Geometry(700, 20, 1), new Geometry(1, 2, 30_011)));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void softmax(Geometry g) {
        var random = new Random(g.hashCode());
        int size = g.outer() * g.classes() * g.inner();
        for (double spread : new double[] {1, 10, 1000}) {
            String what = "spread " + spread + " " + g;
            Slab x = Slab.of(size, i -> spread * random.nextGaussian() + 5 * spread);
            Slab dy = Slab.normal(random, size);
            var logits = new Logits(g, x);
            var y = new Sums(size);
            var logY = new Sums(size);
            for (int i = 0; i < size; i++) {
                double value = x.get(i) - logits.logSum(i);
                y.set(i, Math.exp(value), Math.exp(value) * (1 + logits.distance(i)));
                logY.set(i, value, 1 + logits.distance(i));
            }
            Slab forward = Contract.of("forward " + what, (k, s) -> forward(k, g, s[0], s[1]))
                    .reads(x)
                    .writes(UNITS, y.magnitudes())
                    .check()
                    .getFirst();
            y.assertClose("forward " + what, 1, forward);
            Slab logForward = Contract.of("logForward " + what, (k, s) -> logForward(k, g, s[0], s[1]))
                    .reads(x)
                    .writes(UNITS, logY.magnitudes())
                    .check()
                    .getFirst();
            logY.assertClose("logForward " + what, 1, logForward);
            checkBackward(what, g, forward, logForward, dy);
        }
    }

    private static void checkBackward(String what, Geometry g, Slab y, Slab logY, Slab dy) {
        int size = dy.length();
        var products = new Sums(g.outer() * g.inner());
        var upstream = new Sums(g.outer() * g.inner());
        for (int i = 0; i < size; i++) {
            products.add(position(g, i), (double) dy.get(i) * y.get(i));
            upstream.add(position(g, i), dy.get(i));
        }
        var dx = new Sums(size);
        var logDx = new Sums(size);
        for (int i = 0; i < size; i++) {
            int p = position(g, i);
            dx.set(
                    i,
                    y.get(i) * (dy.get(i) - products.value(p)),
                    y.get(i) * (Math.abs(dy.get(i)) + products.magnitudes()[p]));
            double probability = Math.exp(logY.get(i));
            logDx.set(
                    i,
                    dy.get(i) - probability * upstream.value(p),
                    Math.abs(dy.get(i)) + probability * (1 - logY.get(i)) * upstream.magnitudes()[p]);
        }
        Slab backward = Contract.of("backward " + what, (k, s) -> backward(k, g, s[0], s[1], s[2]))
                .reads(y, dy)
                .writes(UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose("backward " + what, 1, backward);
        Slab logBackward = Contract.of("logBackward " + what, (k, s) -> logBackward(k, g, s[0], s[1], s[2]))
                .reads(logY, dy)
                .writes(UNITS, logDx.magnitudes())
                .check()
                .getFirst();
        logDx.assertClose("logBackward " + what, 1, logBackward);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void crossEntropy(Geometry g) {
        var random = new Random(g.hashCode());
        Slab x = Slab.of(g.outer() * g.classes() * g.inner(), i -> 4 * random.nextGaussian() + 30);
        Slab weights = Slab.of(g.classes(), c -> c == 1 ? 0 : 0.5 + random.nextDouble());
        for (int ignoreIndex : new int[] {255, -100, 0}) {
            Slab labels = Slab.of(
                    g.outer() * g.inner(), i -> random.nextInt(4) == 0 ? ignoreIndex : random.nextInt(g.classes()));
            checkCrossEntropy("no weights", g, ignoreIndex, x, labels, Slab.of(g.classes(), c -> 1), false);
            checkCrossEntropy("class weights", g, ignoreIndex, x, labels, weights, true);
        }
        Slab ignored = Slab.of(g.outer() * g.inner(), i -> 255);
        checkCrossEntropy("all ignored", g, 255, x, ignored, weights, true);
    }

    private static void checkCrossEntropy(
            String name, Geometry g, int ignoreIndex, Slab x, Slab labels, Slab weights, boolean pass) {
        String what = "%s, ignoreIndex %d, %s".formatted(name, ignoreIndex, g);
        float scale = 0.37f;
        var logits = new Logits(g, x);
        var result = new Sums(3);
        var dx = new Sums(x.length());
        for (int i = 0; i < x.length(); i++) {
            int label = (int) labels.get(position(g, i));
            int c = i / g.inner() % g.classes();
            if (label != ignoreIndex) {
                double probability = Math.exp(x.get(i) - logits.logSum(i));
                double factor = (double) scale * weights.get(label);
                dx.add(i, factor * probability);
                dx.add(i, c == label ? -factor : 0);
                dx.set(i, dx.value(i), dx.magnitudes()[i] * (1 + logits.distance(i)));
                if (c == label) {
                    double loss = weights.get(label) * (logits.logSum(i) - x.get(i));
                    double magnitude = weights.get(label) * (1 + logits.distance(i));
                    result.set(0, result.value(0) + loss, result.magnitudes()[0] + magnitude);
                    result.add(1, weights.get(label));
                }
            }
        }
        double inverse = result.value(1) == 0 ? 0 : 1 / result.value(1);
        result.set(2, inverse, inverse);
        Slab forward = Contract.of(
                        "crossEntropyForward " + what,
                        (k, s) -> crossEntropyForward(k, g, ignoreIndex, s[0], s[1], pass ? s[2] : null, s[3]))
                .reads(x, labels, weights)
                .writes(UNITS, result.magnitudes())
                .check()
                .getFirst();
        result.assertClose("crossEntropyForward " + what, 1, forward);
        Slab backward = Contract.of(
                        "crossEntropyBackward " + what,
                        (k, s) -> crossEntropyBackward(k, g, ignoreIndex, s[3], s[0], s[1], pass ? s[2] : null, s[4]))
                .reads(x, labels, weights, Slab.of(scale))
                .writes(UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose("crossEntropyBackward " + what, 1, backward);
        Contract.of(
                        "crossEntropyBackward in the place of x, " + what,
                        (k, s) -> crossEntropyBackward(k, g, ignoreIndex, s[2], s[3], s[0], pass ? s[1] : null, s[3]))
                .reads(labels, weights, Slab.of(scale))
                .changes(x, UNITS, dx.magnitudes())
                .check();
    }

    @Test
    void aClassRuledOutByMinusInfinity() {
        var g = new Geometry(1, 3, 9);
        Slab x = Slab.of(27, i -> i < 9 ? Double.NEGATIVE_INFINITY : 2);
        Slab y = Contract.of("softmax of -infinity", (k, s) -> forward(k, g, s[0], s[1]))
                .reads(x)
                .writes(27)
                .check()
                .getFirst();
        Slab logY = Contract.of("log-softmax of -infinity", (k, s) -> logForward(k, g, s[0], s[1]))
                .reads(x)
                .writes(UNITS, ones(27))
                .check()
                .getFirst();
        for (int i = 0; i < 27; i++) {
            assertEquals(i < 9 ? 0 : 0.5f, y.get(i));
            assertEquals(i < 9 ? Float.NEGATIVE_INFINITY : (float) -Math.log(2), logY.get(i));
        }
    }

    @Test
    void workedByHand() {
        var g = new Geometry(1, 2, 2);
        Slab x = Slab.of((float) Math.log(3), 1000, 0, 1000);
        Slab y = Slab.poisoned(4);
        forward(Implementations.SCALAR, g, x, y);
        assertArrayEquals(new float[] {0.75f, 0.5f, 0.25f, 0.5f}, y.toArray(), 1e-7f);
        Slab result = Slab.poisoned(3);
        crossEntropyForward(Implementations.SCALAR, g, 255, x, Slab.of(1, 0), Slab.of(10, 1), result);
        assertArrayEquals(new float[] {(float) (Math.log(4) + 10 * Math.log(2)), 11, 1f / 11}, result.toArray(), 1e-6f);
        Slab dx = Slab.poisoned(4);
        crossEntropyBackward(Implementations.SCALAR, g, 255, Slab.of(2), x, Slab.of(1, 0), Slab.of(10, 1), dx);
        assertArrayEquals(new float[] {1.5f, -10, -1.5f, 10}, dx.toArray(), 1e-6f);
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Largest logit and log sum exp of each position, in double. */
    private static final class Logits {
        private final Geometry g;
        private final Slab x;
        private final double[] largest;
        private final double[] sums;

        Logits(Geometry g, Slab x) {
            this.g = g;
            this.x = x;
            largest = new double[g.outer() * g.inner()];
            sums = new double[g.outer() * g.inner()];
            Arrays.fill(largest, Double.NEGATIVE_INFINITY);
            for (int i = 0; i < x.length(); i++) {
                largest[position(g, i)] = Math.max(largest[position(g, i)], x.get(i));
            }
            for (int i = 0; i < x.length(); i++) {
                sums[position(g, i)] += Math.exp(x.get(i) - largest[position(g, i)]);
            }
        }

        double logSum(int index) {
            return largest[position(g, index)] + Math.log(sums[position(g, index)]);
        }

        /** How far below the largest logit one lies: a float difference errs in proportion to it. */
        double distance(int index) {
            return largest[position(g, index)] - x.get(index) + Math.log(sums[position(g, index)]);
        }
    }

    private static int position(Geometry g, int index) {
        return index / (g.classes() * g.inner()) * g.inner() + index % g.inner();
    }

    private static void forward(Kernels kernels, Geometry g, Slab x, Slab y) {
        kernels.softmax().forward(g, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void logForward(Kernels kernels, Geometry g, Slab x, Slab y) {
        kernels.softmax().logForward(g, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void backward(Kernels kernels, Geometry g, Slab y, Slab dy, Slab dx) {
        kernels.softmax().backward(g, y.array(), y.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
    }

    private static void logBackward(Kernels kernels, Geometry g, Slab y, Slab dy, Slab dx) {
        kernels.softmax().logBackward(g, y.array(), y.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
    }

    private static void crossEntropyForward(
            Kernels kernels, Geometry g, int ignoreIndex, Slab x, Slab labels, Slab weights, Slab result) {
        kernels.softmax()
                .crossEntropyForward(
                        g,
                        ignoreIndex,
                        x.array(),
                        x.offset(),
                        labels.array(),
                        labels.offset(),
                        weights == null ? null : weights.array(),
                        weights == null ? 0 : weights.offset(),
                        result.array(),
                        result.offset());
    }

    private static void crossEntropyBackward(
            Kernels kernels, Geometry g, int ignoreIndex, Slab scale, Slab x, Slab labels, Slab weights, Slab dx) {
        kernels.softmax()
                .crossEntropyBackward(
                        g,
                        ignoreIndex,
                        scale.array(),
                        scale.offset(),
                        x.array(),
                        x.offset(),
                        labels.array(),
                        labels.offset(),
                        weights == null ? null : weights.array(),
                        weights == null ? 0 : weights.offset(),
                        dx.array(),
                        dx.offset());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003})
    void unknownLabels(int n) {
        var random = new Random(n);
        float[] wrong = {-1, 11, 12, 254, 256, 0.5f, 3.25f, Float.NaN, Float.POSITIVE_INFINITY, -7e20f};
        float[] ids = new float[n];
        int unknown = 0;
        for (int i = 0; i < n; i++) {
            boolean bad = random.nextInt(10) == 0;
            unknown += bad ? 1 : 0;
            ids[i] = bad ? wrong[random.nextInt(wrong.length)] : random.nextInt(4) == 0 ? 255 : random.nextInt(11);
        }
        Slab labels = Slab.of(n, i -> ids[i]);
        Slab count = Contract.of(
                        "unknown labels of " + n,
                        (k, s) -> k.softmax()
                                .unknownLabels(n, 11, 255, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(labels)
                .writes(1)
                .check()
                .getFirst();
        assertEquals(unknown, count.get(0));
    }
}
