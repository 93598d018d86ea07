package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch normalisation and PReLU in one, against the composition of the two. */
final class NormalizedActivationContractTest {
    private static final double UNITS = 16;
    private static final float EPSILON = 1e-3f;

    /**
     * A call: its sizes, the channels of each part of x, and whether there is a residual, a slope, and results on the memory of x or dz;
     * and whether the residual lies in those parts, too, and z in the opposite order of channels, where the kernel can do that.
     */
    record Case(Geometry g, int[] parts, boolean residual, boolean slope, boolean reuse, boolean placed) {
        Case(Geometry g, int[] parts, boolean residual, boolean slope, boolean reuse) {
            this(g, parts, residual, slope, reuse, false);
        }

        int size() {
            return g.batch() * g.channels() * g.area();
        }

        @Override
        public String toString() {
            return "%s in parts %s%s%s%s%s"
                    .formatted(
                            g,
                            Arrays.toString(parts),
                            residual ? ", residual" : "",
                            slope ? "" : ", no slope",
                            reuse ? ", memory used again" : "",
                            placed ? ", channels placed" : "");
        }
    }

    static Stream<Case> cases() {
        Stream<Geometry> sizes = Stream.concat(
                IntStream.of(1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 100, 207)
                        .boxed()
                        .flatMap(size -> Stream.of(new Geometry(2, 3, size), new Geometry(2, size, 9))),
                Stream.of(new Geometry(4, 24, 2700), new Geometry(2, 9, 70_011), new Geometry(2, 3, 20_011)));
        Stream<Case> plain = sizes.flatMap(g -> {
            int[] one = {g.channels()};
            return Stream.of(
                    new Case(g, one, false, true, false),
                    new Case(g, one, true, true, false),
                    new Case(g, one, false, true, true),
                    new Case(g, one, true, true, true),
                    new Case(g, one, false, false, true));
        });
        Stream<Case> joined = Stream.of(new Geometry(2, 10, 33), new Geometry(3, 10, 2000), new Geometry(2, 6, 70_000))
                .flatMap(g -> Stream.of(
                        new Case(g, new int[] {1, 2, g.channels() - 3}, false, true, false),
                        new Case(g, new int[] {2, 3, g.channels() - 5}, false, true, true),
                        new Case(g, new int[] {4, g.channels() - 4}, true, true, true),
                        new Case(g, new int[] {g.channels()}, false, true, false, true),
                        new Case(g, new int[] {g.channels() - 3, 3}, false, true, true, true),
                        new Case(g, new int[] {2, g.channels() - 2}, true, true, false, true),
                        new Case(g, new int[] {4, g.channels() - 4}, true, true, true, true)));
        return Stream.concat(plain, joined);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheComposition(Case c) {
        var random = new Random(c.g.hashCode());
        Slab x = Slab.of(c.size(), i -> 2 + random.nextGaussian());
        Slab residual = Slab.normal(random, c.size());
        Slab weight = Slab.normal(random, c.g.channels());
        Slab bias = Slab.normal(random, c.g.channels());
        Slab slope = Slab.of(c.g.channels(), i -> 0.1 + 0.3 * random.nextDouble());
        double[] ofX = magnitudes(c, x, residual, weight, bias);
        List<Slab> forward = Contract.of("forward " + c, (k, s) -> forward(k, c, s))
                .reads(x, residual, weight, bias, slope)
                .writes(2, fill(c.g.channels(), 3))
                .writes(UNITS, fill(c.g.channels(), 2))
                .writes(UNITS, ofX)
                .check();
        Slab mean = forward.get(0);
        Slab variance = forward.get(1);
        Slab dz = Slab.normal(random, c.size());
        double perChannel = (double) c.g.batch() * c.g.area();
        double largest = Arrays.stream(ofX).max().orElse(1);
        double[] gradient = new double[c.size()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = 8 * (1 + Math.abs(dz.get(i))) * scale(c, i, weight, variance);
        }
        var contract = Contract.of("backward " + c, (k, s) -> backward(k, c, s))
                .reads(x, residual, weight, bias, slope, mean, variance, dz)
                .writes(UNITS, gradient)
                .writes(UNITS, fill(c.size(), 1))
                .writes(UNITS, fill(c.g.channels(), 8 * perChannel))
                .writes(UNITS, fill(c.g.channels(), 8 * perChannel))
                .writes(UNITS, fill(c.g.channels(), perChannel * largest));
        contract.check();
    }

    private static double[] fill(int n, double value) {
        double[] array = new double[n];
        Arrays.fill(array, value);
        return array;
    }

    private static double scale(Case c, int i, Slab weight, Slab variance) {
        int channel = i / c.g.area() % c.g.channels();
        return Math.abs(weight.get(channel)) / Math.sqrt(variance.get(channel) + EPSILON);
    }

    /** How large the terms of p are. */
    private static double[] magnitudes(Case c, Slab x, Slab residual, Slab weight, Slab bias) {
        Slab mean = Slab.poisoned(c.g.channels());
        Slab variance = Slab.poisoned(c.g.channels());
        Implementations.SCALAR
                .normalization()
                .statistics(
                        c.g, x.array(), x.offset(), mean.array(), mean.offset(), variance.array(), variance.offset());
        double[] magnitudes = new double[c.size()];
        for (int i = 0; i < magnitudes.length; i++) {
            int channel = i / c.g.area() % c.g.channels();
            magnitudes[i] = (Math.abs(x.get(i)) + Math.abs(mean.get(channel))) * scale(c, i, weight, variance)
                    + Math.abs(bias.get(channel))
                    + (c.residual ? Math.abs(residual.get(i)) : 0);
        }
        return magnitudes;
    }

    /** The parts of x, each in a slab of its own. */
    private static List<Slab> split(Case c, Slab x) {
        var slabs = new ArrayList<Slab>();
        int first = 0;
        for (int channels : c.parts) {
            int begin = first;
            int length = channels * c.g.area();
            slabs.add(Slab.of(
                    c.g.batch() * length,
                    i -> x.get(i / length * c.g.channels() * c.g.area() + begin * c.g.area() + i % length)));
            first += channels;
        }
        return slabs;
    }

    private static void join(Case c, List<Slab> parts, Slab x) {
        int first = 0;
        for (int p = 0; p < c.parts.length; p++) {
            int length = c.parts[p] * c.g.area();
            for (int i = 0; i < c.g.batch() * length; i++) {
                int at = i / length * c.g.channels() * c.g.area() + first * c.g.area() + i % length;
                x.set(at, parts.get(p).get(i));
            }
            first += c.parts[p];
        }
    }

    private static List<Channels> channels(Case c, List<Slab> slabs) {
        return IntStream.range(0, c.parts.length)
                .mapToObj(i -> Channels.of(slabs.get(i).array(), slabs.get(i).offset(), c.parts[i], c.g.area()))
                .toList();
    }

    /** All channels of z, in the opposite order where they are to be placed. */
    private static List<Channels> placed(Kernels kernels, Case c, Slab z) {
        if (!c.placed || !kernels.normalizedActivation().placesChannels()) {
            return List.of(Channels.of(z.array(), z.offset(), c.g.channels(), c.g.area()));
        }
        int image = c.g.channels() * c.g.area();
        return IntStream.range(0, c.g.channels())
                .mapToObj(i -> new Channels(z.array(), z.offset() + image - (i + 1) * c.g.area(), 1, image))
                .toList();
    }

    /** Turns the order of channels round where {@link #placed} did, so that all kernels have the same results. */
    private static void turn(Kernels kernels, Case c, Slab z) {
        if (!c.placed || !kernels.normalizedActivation().placesChannels()) {
            return;
        }
        Slab old = z.copy();
        for (int i = 0; i < c.size(); i++) {
            int plane = i / c.g.area();
            int channel = plane % c.g.channels();
            int from = plane - channel + c.g.channels() - 1 - channel;
            z.set(i, old.get(from * c.g.area() + i % c.g.area()));
        }
    }

    /** The residual or its gradient: in the parts of x where they are to be placed, else whole. */
    private static List<Slab> residualParts(Kernels kernels, Case c, Slab residual) {
        return c.placed && kernels.normalizedActivation().placesChannels() ? split(c, residual) : List.of(residual);
    }

    private static List<Channels> residualChannels(Case c, List<Slab> parts) {
        return parts.size() == c.parts.length
                ? channels(c, parts)
                : List.of(Channels.of(parts.getFirst().array(), parts.getFirst().offset(), c.g.channels(), c.g.area()));
    }

    private static Slab work(Kernels kernels, Case c) {
        return Slab.poisoned(kernels.normalizedActivation().workingMemory(c.g, c.parts.length));
    }

    private static void forward(Kernels kernels, Case c, Slab... s) {
        Slab work = work(kernels, c);
        kernels.normalizedActivation()
                .forward(
                        c.g,
                        EPSILON,
                        channels(c, split(c, s[0])),
                        Slab.place(s[2]),
                        Slab.place(s[3]),
                        c.residual ? residualChannels(c, residualParts(kernels, c, s[1])) : null,
                        c.slope ? Slab.place(s[4]) : null,
                        Slab.place(s[5]),
                        Slab.place(s[6]),
                        placed(kernels, c, s[7]),
                        Slab.place(work));
        work.assertCanariesAlive("working memory");
        turn(kernels, c, s[7]);
    }

    /**
     * With {@code reuse}, dz gives way to dresidual and x to dx, or dz to dx where there is no residual; a residual in parts gives way to
     * its own gradient.
     */
    private static void backward(Kernels kernels, Case c, Slab... s) {
        Slab dz = s[7].copy();
        turn(kernels, c, dz);
        List<Slab> residual = residualParts(kernels, c, s[1]);
        boolean inParts = c.placed && kernels.normalizedActivation().placesChannels();
        List<Slab> dresidual = !c.residual
                ? null
                : !c.reuse
                        ? residualParts(kernels, c, inParts ? Slab.poisoned(c.size()) : s[9])
                        : inParts ? residual : List.of(dz);
        List<Slab> x = split(c, s[0]);
        List<Slab> dx = !c.reuse || (c.placed && c.parts.length == 1)
                ? split(c, Slab.poisoned(c.size()))
                : c.residual || c.parts.length > 1 ? x : List.of(dz);
        Slab work = work(kernels, c);
        kernels.normalizedActivation()
                .backward(
                        c.g,
                        EPSILON,
                        channels(c, x),
                        Slab.place(s[5]),
                        Slab.place(s[6]),
                        Slab.place(s[2]),
                        Slab.place(s[3]),
                        c.residual ? residualChannels(c, residual) : null,
                        c.slope ? Slab.place(s[4]) : null,
                        placed(kernels, c, dz),
                        channels(c, dx),
                        c.residual ? residualChannels(c, dresidual) : null,
                        Slab.place(s[10]),
                        Slab.place(s[11]),
                        c.slope ? Slab.place(s[12]) : null,
                        Slab.place(work));
        work.assertCanariesAlive("working memory");
        dx.forEach(part -> part.assertCanariesAlive("dx"));
        join(c, dx, s[8]);
        if (inParts && c.residual) {
            dresidual.forEach(part -> part.assertCanariesAlive("dresidual"));
            join(c, dresidual, s[9]);
        }
        for (int i = 0; i < c.size() && !(c.residual && (inParts || dresidual.getFirst() == s[9])); i++) {
            s[9].set(i, c.residual ? dz.get(i) : 0);
        }
        for (int i = 0; i < c.g.channels() && !c.slope; i++) {
            s[12].set(i, 0);
        }
    }

    @Test
    void workedByHand() {
        // Mean 4 and variance 5 + epsilon, which a weight of its root undoes: p is x - 4 + bias + residual.
        var c = new Case(new Geometry(2, 1, 2), new int[] {1}, true, true, false);
        Slab x = Slab.of(1, 3, 5, 7);
        Slab z = Slab.poisoned(4);
        float weight = (float) Math.sqrt(5 + EPSILON);
        Slab mean = Slab.poisoned(1);
        Slab variance = Slab.poisoned(1);
        forward(
                Implementations.SCALAR,
                c,
                x,
                Slab.of(0, 0, 10, 0),
                Slab.of(weight),
                Slab.of(-1),
                Slab.of(0.5f),
                mean,
                variance,
                z);
        assertArrayEquals(new float[] {4}, mean.toArray());
        assertArrayEquals(new float[] {5}, variance.toArray());
        assertArrayEquals(new float[] {-2, -1, 10, 2}, z.toArray(), 1e-5f);
        Slab[] results = {Slab.poisoned(4), Slab.poisoned(4), Slab.poisoned(1), Slab.poisoned(1), Slab.poisoned(1)};
        backward(
                Implementations.SCALAR,
                c,
                x,
                Slab.of(0, 0, 10, 0),
                Slab.of(weight),
                Slab.of(-1),
                Slab.of(0.5f),
                mean,
                variance,
                Slab.of(2, 4, 1, 1),
                results[0],
                results[1],
                results[2],
                results[3],
                results[4]);
        assertArrayEquals(new float[] {1, 2, 1, 1}, results[1].toArray());
        assertArrayEquals(new float[] {5}, results[3].toArray());
        // 2 (-4) + 4 (-2)
        assertArrayEquals(new float[] {-16}, results[4].toArray(), 1e-5f);
    }
}
