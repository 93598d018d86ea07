package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The steps of optimisers. */
final class UpdateContractTest {
    /** A chain of half a dozen float operations. */
    private static final double UNITS = 8;

    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003};
    private static final float RATE = 0.05f;

    static Stream<Arguments> sgdVariants() {
        return Stream.of(
                Arguments.of(0f, 0f, false, true),
                Arguments.of(0f, 0.01f, false, false),
                Arguments.of(0.9f, 0f, false, true),
                Arguments.of(0.9f, 0.01f, false, false),
                Arguments.of(0.9f, 0.01f, true, true),
                Arguments.of(0.9f, 0.01f, true, false));
    }

    @ParameterizedTest(name = "momentum {0}, weight decay {1}, nesterov {2}, first {3}")
    @MethodSource("sgdVariants")
    void sgd(float momentum, float weightDecay, boolean nesterov, boolean first) {
        for (int n : SIZES) {
            var random = new Random(n);
            Slab gradient = Slab.normal(random, n);
            Slab velocity = first ? Slab.poisoned(n) : Slab.normal(random, n);
            Slab w = Slab.normal(random, n);
            var v = new Sums(n);
            var after = new Sums(n);
            for (int i = 0; i < n; i++) {
                v.add(i, first ? 0 : (double) momentum * velocity.get(i));
                v.add(i, gradient.get(i));
                v.add(i, (double) weightDecay * w.get(i));
                double d = gradient.get(i) + (double) weightDecay * w.get(i);
                double step = nesterov ? d + momentum * v.value(i) : v.value(i);
                after.set(i, w.get(i) - RATE * step, Math.abs(w.get(i)) + 2 * RATE * v.magnitudes()[i]);
            }
            String what = "sgd of " + n;
            if (momentum == 0) {
                Slab result = Contract.of(
                                what, (k, s) -> sgd(k, momentum, weightDecay, nesterov, first, s[0], null, s[1]))
                        .reads(gradient)
                        .changes(w, UNITS, after.magnitudes())
                        .check()
                        .getFirst();
                after.assertClose(what, 1, result);
            } else {
                List<Slab> results = Contract.of(
                                what, (k, s) -> sgd(k, momentum, weightDecay, nesterov, first, s[0], s[1], s[2]))
                        .reads(gradient)
                        .changes(velocity, UNITS, v.magnitudes())
                        .changes(w, UNITS, after.magnitudes())
                        .check();
                v.assertClose(what, 1, results.get(0));
                after.assertClose(what, 1, results.get(1));
            }
        }
    }

    static Stream<Arguments> adamVariants() {
        return Stream.of(
                Arguments.of(0f, false, 1),
                Arguments.of(0.01f, false, 1),
                Arguments.of(0.01f, true, 1),
                Arguments.of(0.01f, false, 37),
                Arguments.of(0.01f, true, 37),
                Arguments.of(0.01f, true, 1_000_000));
    }

    @ParameterizedTest(name = "weight decay {0}, decoupled {1}, step {2}")
    @MethodSource("adamVariants")
    void adam(float weightDecay, boolean decoupled, int t) {
        double b1 = 0.9f;
        double b2 = 0.999f;
        double correction1 = 1 - Math.pow(b1, t);
        double correction2 = 1 - Math.pow(b2, t);
        for (int n : SIZES) {
            var random = new Random(n);
            Slab gradient = Slab.normal(random, n);
            Slab m = Slab.of(n, i -> t == 1 ? 0 : random.nextGaussian());
            Slab v = Slab.of(n, i -> t == 1 ? 0 : 0.1 + random.nextDouble());
            Slab w = Slab.normal(random, n);
            var mean = new Sums(n);
            var square = new Sums(n);
            var after = new Sums(n);
            for (int i = 0; i < n; i++) {
                double decay = decoupled ? 0 : (double) weightDecay * w.get(i);
                double d = gradient.get(i) + decay;
                double largest = Math.abs(gradient.get(i)) + Math.abs(decay);
                mean.set(i, b1 * m.get(i) + (1 - b1) * d, b1 * Math.abs(m.get(i)) + (1 - b1) * largest);
                square.set(i, b2 * v.get(i) + (1 - b2) * d * d, b2 * v.get(i) + (1 - b2) * largest * largest);
                double denominator = Math.sqrt(square.value(i) / correction2) + 1e-8f;
                double rate = RATE / correction1 / denominator;
                double start = decoupled ? w.get(i) * (1 - (double) RATE * weightDecay) : w.get(i);
                // The relative error of the square, which grows where gradient and decay cancel, carries over to the
                // step.
                double sensitivity = 1 + square.magnitudes()[i] / square.value(i);
                after.set(
                        i,
                        start - rate * mean.value(i),
                        Math.abs(w.get(i)) + rate * mean.magnitudes()[i] * sensitivity);
            }
            String what = "adam of " + n;
            List<Slab> results = Contract.of(what, (k, s) -> adam(k, weightDecay, decoupled, t, s[0], s[1], s[2], s[3]))
                    .reads(gradient)
                    .changes(m, UNITS, mean.magnitudes())
                    .changes(v, UNITS, square.magnitudes())
                    .changes(w, UNITS, after.magnitudes())
                    .check();
            mean.assertClose(what, 1, results.get(0));
            square.assertClose(what, 1, results.get(1));
            after.assertClose(what, 1, results.get(2));
        }
    }

    /** Many stretches at once: the bits of each are those that the same kernels give it alone. */
    @Test
    void stretchesTogetherAreUpdatedAsEachAlone() {
        int[] lengths = {1, 2, 3, 7, 16, 17, 100, 128, 129, 4096, 4097, 10_003};
        for (List<Kernels> team : Implementations.ALL) {
            Kernels kernels = team.getFirst();
            for (boolean adam : new boolean[] {false, true}) {
                var random = new Random(5);
                List<Slab[]> together = new ArrayList<>();
                List<Slab[]> alone = new ArrayList<>();
                for (int n : lengths) {
                    Slab[] slabs = {
                        Slab.normal(random, n),
                        Slab.normal(random, n),
                        Slab.of(n, i -> 0.1 + random.nextDouble()),
                        Slab.normal(random, n)
                    };
                    together.add(slabs);
                    alone.add(Stream.of(slabs).map(Slab::copy).toArray(Slab[]::new));
                }
                List<Update.Stretch> stretches = together.stream()
                        .map(s -> new Update.Stretch(
                                s[0].length(),
                                Slab.place(s[0]),
                                Slab.place(s[1]),
                                adam ? Slab.place(s[2]) : null,
                                Slab.place(s[3])))
                        .toList();
                if (adam) {
                    kernels.update().adam(stretches, RATE, 0.9f, 0.999f, 1e-8f, 0.01f, false, 3);
                    alone.forEach(s -> adam(kernels, 0.01f, false, 3, s[0], s[1], s[2], s[3]));
                } else {
                    kernels.update().sgd(stretches, RATE, 0.9f, 0.01f, true, false);
                    alone.forEach(s -> sgd(kernels, 0.9f, 0.01f, true, false, s[0], s[1], s[3]));
                }
                for (int i = 0; i < lengths.length; i++) {
                    for (int s = 0; s < 4; s++) {
                        String what = kernels.name() + (adam ? ", adam" : ", sgd") + " of " + lengths[i] + ", operand ";
                        together.get(i)[s].assertSameBits(alone.get(i)[s], what + s);
                    }
                }
            }
        }
    }

    @Test
    void workedByHand() {
        Slab gradient = Slab.of(1, -2);
        Slab velocity = Slab.of(10, 20);
        Slab w = Slab.of(100, 200);
        Implementations.SCALAR
                .update()
                .sgd(
                        2,
                        0.5f,
                        0.5f,
                        0.25f,
                        true,
                        false,
                        gradient.array(),
                        gradient.offset(),
                        velocity.array(),
                        velocity.offset(),
                        w.array(),
                        w.offset());
        assertArrayEquals(new float[] {31, 58}, velocity.toArray());
        assertArrayEquals(new float[] {100 - 0.5f * (26 + 15.5f), 200 - 0.5f * (48 + 29)}, w.toArray());

        Slab first = Slab.of(0, 0);
        Slab second = Slab.of(0, 0);
        Slab parameters = Slab.of(5, 5);
        adam(Implementations.SCALAR, 0, false, 1, gradient, first, second, parameters);
        assertArrayEquals(new float[] {5 - RATE, 5 + RATE}, parameters.toArray(), 1e-6f);
        assertArrayEquals(new float[] {0.1f, -0.2f}, first.toArray(), 1e-7f);
        assertArrayEquals(new float[] {0.001f, 0.004f}, second.toArray(), 1e-7f);
    }

    private static void sgd(
            Kernels kernels,
            float momentum,
            float weightDecay,
            boolean nesterov,
            boolean first,
            Slab gradient,
            Slab velocity,
            Slab w) {
        kernels.update()
                .sgd(
                        w.length(),
                        RATE,
                        momentum,
                        weightDecay,
                        nesterov,
                        first,
                        gradient.array(),
                        gradient.offset(),
                        velocity == null ? null : velocity.array(),
                        velocity == null ? 0 : velocity.offset(),
                        w.array(),
                        w.offset());
    }

    private static void adam(
            Kernels kernels, float weightDecay, boolean decoupled, int t, Slab gradient, Slab m, Slab v, Slab w) {
        kernels.update()
                .adam(
                        w.length(),
                        RATE,
                        0.9f,
                        0.999f,
                        1e-8f,
                        weightDecay,
                        decoupled,
                        t,
                        gradient.array(),
                        gradient.offset(),
                        m.array(),
                        m.offset(),
                        v.array(),
                        v.offset(),
                        w.array(),
                        w.offset());
    }
}
