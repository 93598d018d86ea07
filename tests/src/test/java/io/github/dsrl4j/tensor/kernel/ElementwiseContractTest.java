package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Filling, scaling and PReLU, also where the output is the memory of an input. */
final class ElementwiseContractTest {
    /** Float sums in blocks. */
    private static final double SUM_UNITS = 12;

    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003};

    @Test
    void fillAffineAndAddScaled() {
        for (int n : SIZES) {
            var random = new Random(n);
            Slab x = Slab.normal(random, n);
            Slab y = Slab.normal(random, n);
            for (float value : new float[] {0, -1.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
                Contract.of("fill with " + value, (k, s) -> fill(k, value, s[0]))
                        .writes(n)
                        .check();
            }
            var affine = new Sums(n);
            var sum = new Sums(n);
            for (int i = 0; i < n; i++) {
                affine.add(i, (double) -0.7f * x.get(i));
                affine.add(i, 0.3f);
                sum.add(i, (double) 1.3f * x.get(i));
                sum.add(i, y.get(i));
            }
            Slab scaled = Contract.of("affine of " + n, (k, s) -> affine(k, -0.7f, 0.3f, s[0], s[1]))
                    .reads(x)
                    .writes(2, affine.magnitudes())
                    .check()
                    .getFirst();
            affine.assertClose("affine", 2, scaled);
            Contract.of("affine in place", (k, s) -> affine(k, -0.7f, 0.3f, s[0], s[0]))
                    .changes(x, 2, affine.magnitudes())
                    .check();
            Slab added = Contract.of("addScaled of " + n, (k, s) -> addScaled(k, 1.3f, s[0], s[1]))
                    .reads(x)
                    .changes(y, 2, sum.magnitudes())
                    .check()
                    .getFirst();
            sum.assertClose("addScaled", 2, added);
        }
    }

    static Stream<Arguments> preluSizes() {
        return Stream.of(
                Arguments.of(1, 1, 1),
                Arguments.of(2, 3, 7),
                Arguments.of(1, 1, 100_003),
                Arguments.of(3, 1, 33),
                Arguments.of(1, 207, 9),
                Arguments.of(207, 3, 1),
                Arguments.of(1, 64, 1),
                Arguments.of(2, 31, 17),
                Arguments.of(4, 24, 2700),
                Arguments.of(2, 0, 5));
    }

    @ParameterizedTest
    @MethodSource("preluSizes")
    void prelu(int batch, int channels, int area) {
        var random = new Random(channels);
        int n = batch * channels * area;
        Slab x = Slab.of(n, i -> random.nextInt(9) == 0 ? 0 : random.nextGaussian());
        Slab dy = Slab.normal(random, n);
        Slab slope = Slab.normal(random, channels);
        Slab y = Slab.poisoned(n);
        Slab dx = Slab.poisoned(n);
        var dslope = new Sums(channels);
        for (int i = 0; i < n; i++) {
            int c = i / area % channels;
            y.set(i, x.get(i) > 0 ? x.get(i) : slope.get(c) * x.get(i));
            dx.set(i, x.get(i) > 0 ? dy.get(i) : slope.get(c) * dy.get(i));
            dslope.add(c, x.get(i) > 0 ? 0 : (double) dy.get(i) * x.get(i));
        }
        String what = "prelu of %d x %d x %d".formatted(batch, channels, area);
        Slab forward = Contract.of(what, (k, s) -> prelu(k, batch, channels, area, s[0], s[1], s[2]))
                .reads(x, slope)
                .writes(n)
                .check()
                .getFirst();
        assertArrayEquals(y.toArray(), forward.toArray());
        Slab inPlace = Contract.of(what + " in place", (k, s) -> prelu(k, batch, channels, area, s[1], s[0], s[1]))
                .reads(slope)
                .changes(x, 0, null)
                .check()
                .getFirst();
        assertArrayEquals(y.toArray(), inPlace.toArray());
        var backward = Contract.of(
                        what + " backward",
                        (k, s) -> preluBackward(k, batch, channels, area, s[0], s[1], s[2], s[3], s[4]))
                .reads(x, slope, dy)
                .writes(n)
                .writes(SUM_UNITS, dslope.magnitudes())
                .check();
        assertArrayEquals(dx.toArray(), backward.get(0).toArray());
        dslope.assertClose(what, 1, backward.get(1));
        Contract.of(
                        what + " backward in place of dy",
                        (k, s) -> preluBackward(k, batch, channels, area, s[0], s[1], s[2], s[2], s[3]))
                .reads(x, slope)
                .changes(dy, 0, null)
                .writes(SUM_UNITS, dslope.magnitudes())
                .check();
        Contract.of(
                        what + " backward in place of x",
                        (k, s) -> preluBackward(k, batch, channels, area, s[2], s[0], s[1], s[2], s[3]))
                .reads(slope, dy)
                .changes(x, 0, null)
                .writes(SUM_UNITS, dslope.magnitudes())
                .check();
    }

    private static void fill(Kernels kernels, float value, Slab y) {
        kernels.elementwise().fill(y.length(), value, y.array(), y.offset());
    }

    private static void affine(Kernels kernels, float scale, float shift, Slab x, Slab y) {
        kernels.elementwise().affine(x.length(), scale, shift, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void addScaled(Kernels kernels, float scale, Slab x, Slab y) {
        kernels.elementwise().addScaled(x.length(), scale, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void prelu(Kernels kernels, int batch, int channels, int area, Slab x, Slab slope, Slab y) {
        kernels.elementwise()
                .preluForward(
                        batch,
                        channels,
                        area,
                        x.array(),
                        x.offset(),
                        slope.array(),
                        slope.offset(),
                        y.array(),
                        y.offset());
    }

    private static void preluBackward(
            Kernels kernels, int batch, int channels, int area, Slab x, Slab slope, Slab dy, Slab dx, Slab dslope) {
        kernels.elementwise()
                .preluBackward(
                        batch,
                        channels,
                        area,
                        x.array(),
                        x.offset(),
                        slope.array(),
                        slope.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset(),
                        dslope.array(),
                        dslope.offset());
    }
}
