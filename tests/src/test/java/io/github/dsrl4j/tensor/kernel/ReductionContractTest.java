package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReductionContractTest {
    /** Sums are held to be as good as double: no unit for each term, only a few in all. */
    private static final double UNITS = 4;

    static Stream<Arguments> sizes() {
        Stream<Arguments> odd = IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207)
                .boxed()
                .flatMap(n -> Stream.of(
                        Arguments.of(2, n, 3), Arguments.of(n, 5, 1), Arguments.of(1, n, 1), Arguments.of(3, 4, n)));
        Stream<Arguments> larger = Stream.of(
                Arguments.of(1, 100_003, 1),
                Arguments.of(2, 3, 20_011),
                Arguments.of(3000, 7, 5),
                Arguments.of(48, 2700, 1),
                Arguments.of(1, 2700, 48));
        return Stream.concat(odd, larger);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sumMaxAndArgMax(int outer, int length, int inner) {
        String size = " of [%d, %d, %d]".formatted(outer, length, inner);
        var random = new Random(size.hashCode());
        Slab x = Slab.normal(random, outer * length * inner);
        Slab ties = Slab.integers(random, x.length(), -3, 3);
        var sums = new Sums(outer * inner);
        Slab largest = Slab.of(outer * inner, i -> Double.NEGATIVE_INFINITY);
        Slab first = Slab.of(outer * inner, i -> -1);
        for (int i = 0; i < x.length(); i++) {
            int at = i / (length * inner) * inner + i % inner;
            sums.add(at, x.get(i));
            largest.set(at, Math.max(largest.get(at), ties.get(i)));
        }
        for (int i = x.length() - 1; i >= 0; i--) {
            int at = i / (length * inner) * inner + i % inner;
            first.set(at, ties.get(i) == largest.get(at) ? i / inner % length : first.get(at));
        }
        Slab sum = Contract.of(
                        "sum" + size,
                        (k, s) -> k.reduction()
                                .sum(outer, length, inner, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(x)
                .writes(UNITS, sums.magnitudes())
                .check()
                .getFirst();
        sums.assertClose("sum" + size, 1, sum);
        Slab max = Contract.of(
                        "max" + size,
                        (k, s) -> k.reduction()
                                .max(outer, length, inner, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(ties)
                .writes(outer * inner)
                .check()
                .getFirst();
        assertArrayEquals(largest.toArray(), max.toArray(), "max" + size);
        Slab argMax = Contract.of(
                        "argMax" + size,
                        (k, s) -> k.reduction()
                                .argMax(outer, length, inner, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(ties)
                .writes(outer * inner)
                .check()
                .getFirst();
        assertArrayEquals(first.toArray(), argMax.toArray(), "argMax" + size);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void maxOfNaNAndInfinity(int outer, int length, int inner) {
        var random = new Random(length);
        Slab x = Slab.of(outer * length * inner, i -> switch (random.nextInt(4 * length)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> random.nextGaussian();
            default -> Double.NEGATIVE_INFINITY;
        });
        Slab largest = Slab.of(outer * inner, i -> Double.NEGATIVE_INFINITY);
        for (int i = 0; i < x.length(); i++) {
            int at = i / (length * inner) * inner + i % inner;
            largest.set(at, Math.max(largest.get(at), x.get(i)));
        }
        Slab max = Contract.of(
                        "max of NaN",
                        (k, s) -> k.reduction()
                                .max(outer, length, inner, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(x)
                .writes(outer * inner)
                .check()
                .getFirst();
        assertArrayEquals(largest.toArray(), max.toArray());
    }

    @Test
    void sumOfNothingIsZero() {
        Slab y = Contract.of(
                        "sum of nothing",
                        (k, s) -> k.reduction().sum(3, 0, 5, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(Slab.of())
                .writes(15)
                .check()
                .getFirst();
        assertArrayEquals(new float[15], y.toArray());
    }

    /**
     * In float, one after another, the numbers would add up to 3 % less. Blocks of some dozen equal terms all err in
     * the same direction, hence more units than above.
     */
    @Test
    void longSumsLoseNothing() {
        int n = 3_000_000;
        Slab x = Slab.of(n, i -> 0.1f);
        for (var team : Implementations.ALL) {
            for (Kernels kernels : team) {
                float[] y = new float[1];
                kernels.reduction().sum(1, n, 1, x.array(), x.offset(), y, 0);
                assertEquals(n * (double) 0.1f, y[0], 8 * UNITS * Contract.UNIT * n * 0.1, kernels.name() + " sum");
                kernels.reduction().squaredNorm(n, x.array(), x.offset(), y, 0);
                assertEquals(
                        n * (double) 0.1f * 0.1f,
                        y[0],
                        8 * UNITS * Contract.UNIT * n * 0.01,
                        kernels.name() + " squaredNorm");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003})
    void squares(int n) {
        var random = new Random(n);
        Slab a = Slab.normal(random, n);
        Slab b = Slab.normal(random, n);
        var difference = new Sums(1);
        var norm = new Sums(1);
        for (int i = 0; i < n; i++) {
            difference.add(0, Math.pow((double) a.get(i) - b.get(i), 2));
            norm.add(0, Math.pow(a.get(i), 2));
        }
        Slab distance = Contract.of(
                        "squaredDifference of " + n,
                        (k, s) -> k.reduction()
                                .squaredDifference(
                                        n,
                                        s[0].array(),
                                        s[0].offset(),
                                        s[1].array(),
                                        s[1].offset(),
                                        s[2].array(),
                                        s[2].offset()))
                .reads(a, b)
                .writes(UNITS, difference.magnitudes())
                .check()
                .getFirst();
        difference.assertClose("squaredDifference of " + n, 1, distance);
        Slab square = Contract.of(
                        "squaredNorm of " + n,
                        (k, s) ->
                                k.reduction().squaredNorm(n, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(a)
                .writes(UNITS, norm.magnitudes())
                .check()
                .getFirst();
        norm.assertClose("squaredNorm of " + n, 1, square);
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "3, 0", "1, 1", "2, 7", "3, 16", "5, 33", "207, 9", "4, 1024", "3, 2100", "2, 100003"})
    void rowProducts(int rows, int length) {
        var random = new Random(rows * 31 + length);
        Slab a = Slab.normal(random, rows * length);
        Slab b = Slab.normal(random, rows * length);
        var products = new Sums(rows);
        for (int i = 0; i < rows * length; i++) {
            products.add(i / length, (double) a.get(i) * b.get(i));
        }
        String what = "rowProducts of %d x %d".formatted(rows, length);
        Slab result = Contract.of(
                        what,
                        (k, s) -> k.reduction()
                                .rowProducts(
                                        rows,
                                        length,
                                        s[0].array(),
                                        s[0].offset(),
                                        s[1].array(),
                                        s[1].offset(),
                                        s[2].array(),
                                        s[2].offset()))
                .reads(a, b)
                .writes(UNITS, products.magnitudes())
                .check()
                .getFirst();
        products.assertClose(what, 1, result);
    }
}
