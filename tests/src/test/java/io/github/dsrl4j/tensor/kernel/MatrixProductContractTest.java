package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code C = op(A) op(B)} and {@code C += op(A) op(B)}. */
final class MatrixProductContractTest {
    /** Float sums of up to some thousand terms in blocks. */
    private static final double UNITS = 16;

    private static final int[] SMALL = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33};
    private static final int[] SIZES = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207};

    /** What one product is: sizes, how far the rows of the three matrices lie apart beyond their length, and the switches. */
    record Product(int m, int n, int k, int gap, boolean transposeA, boolean transposeB, boolean accumulate) {
        static Stream<Product> variants(int m, int n, int k) {
            return Stream.of(false, true)
                    .flatMap(ta -> Stream.of(false, true)
                            .flatMap(tb -> Stream.of(false, true)
                                    .map(accumulate -> new Product(m, n, k, (m + n + k) % 4, ta, tb, accumulate))));
        }

        int aLeading() {
            return (transposeA ? m : k) + gap;
        }

        int bLeading() {
            return (transposeB ? k : n) + gap;
        }

        int cLeading() {
            return n + gap;
        }

        int aIndex(int i, int p) {
            return transposeA ? p * aLeading() + i : i * aLeading() + p;
        }

        int bIndex(int p, int j) {
            return transposeB ? j * bLeading() + p : p * bLeading() + j;
        }

        Slab randomA(Random random) {
            return Slab.normal(random, (transposeA ? k : m) * aLeading());
        }

        Slab randomB(Random random) {
            return Slab.normal(random, (transposeB ? n : k) * bLeading());
        }

        /** The matrix that is overwritten: without accumulation its elements are NaN; the gaps hold numbers. */
        Slab initialC(Random random) {
            Slab c = Slab.normal(random, m * cLeading());
            for (int i = 0; i < m && !accumulate; i++) {
                for (int j = 0; j < n; j++) {
                    c.set(i * cLeading() + j, Float.NaN);
                }
            }
            return c;
        }

        void run(Kernels kernels, Slab a, Slab b, Slab c) {
            kernels.matrixProduct()
                    .multiply(
                            m,
                            n,
                            k,
                            transposeA,
                            a.array(),
                            a.offset(),
                            aLeading(),
                            transposeB,
                            b.array(),
                            b.offset(),
                            bLeading(),
                            c.array(),
                            c.offset(),
                            cLeading(),
                            accumulate);
        }

        Sums definition(Slab a, Slab b, Slab c) {
            var sums = new Sums(c.length());
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int at = i * cLeading() + j;
                    sums.add(at, accumulate ? c.get(at) : 0);
                    for (int p = 0; p < k; p++) {
                        sums.add(at, (double) a.get(aIndex(i, p)) * b.get(bIndex(p, j)));
                    }
                }
                for (int at = i * cLeading() + n; at < (i + 1) * cLeading(); at++) {
                    sums.set(at, c.get(at), 0);
                }
            }
            return sums;
        }

        void check() {
            var random = new Random(hashCode());
            Slab a = randomA(random);
            Slab b = randomB(random);
            Slab c = initialC(random);
            Sums definition = definition(a, b, c);
            Slab result = Contract.of(toString(), (kernels, s) -> run(kernels, s[0], s[1], s[2]))
                    .reads(a, b)
                    .changes(c, UNITS, definition.magnitudes())
                    .check()
                    .getFirst();
            definition.assertClose(toString(), 1, result);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33})
    void everySmallSize(int m) {
        for (int n : SMALL) {
            for (int k : SMALL) {
                Product.variants(m, n, k).forEach(Product::check);
            }
        }
    }

    static Stream<Product> variantsOfLongSides() {
        return Arrays.stream(SIZES)
                .boxed()
                .flatMap(size -> Stream.of(
                                Product.variants(size, 17, 9),
                                Product.variants(5, size, 33),
                                Product.variants(6, 19, size))
                        .flatMap(variants -> variants));
    }

    @ParameterizedTest
    @MethodSource
    void variantsOfLongSides(Product product) {
        product.check();
    }

    @ParameterizedTest
    @CsvSource({
        "207, 207, 207",
        "64, 1100, 70",
        "1100, 64, 70",
        "33, 65, 1100",
        "1, 3000, 40",
        "3000, 1, 40",
        "1, 1, 5000",
        "100, 31, 600",
        "20, 2700, 27"
    })
    void largerThanABlock(int m, int n, int k) {
        Product.variants(m, n, k).forEach(Product::check);
    }

    @Test
    void noTermsGiveZerosOrLeaveC() {
        Product.variants(5, 9, 0).forEach(Product::check);
    }

    @Test
    void infinityAndNaNAreNotLost() {
        var product = new Product(2, 3, 2, 0, false, false, false);
        Slab a = Slab.of(0, 1, Float.POSITIVE_INFINITY, 0);
        Slab b = Slab.of(Float.NaN, 2, 3, 4, 5, 6);
        Slab c = Contract.of("infinity and NaN", (kernels, s) -> product.run(kernels, s[0], s[1], s[2]))
                .reads(a, b)
                .writes(6)
                .check()
                .getFirst();
        float infinity = Float.POSITIVE_INFINITY;
        assertArrayEquals(new float[] {Float.NaN, 5, 6, Float.NaN, infinity, infinity}, c.toArray());
    }

    @Test
    void workedByHand() {
        var product = new Product(2, 2, 3, 0, false, true, true);
        Slab a = Slab.of(1, 2, 3, 4, 5, 6);
        Slab b = Slab.of(1, 0, -1, 2, 2, 2);
        Slab c = Slab.of(100, 200, 300, 400);
        product.run(Implementations.SCALAR, a, b, c);
        assertArrayEquals(new float[] {98, 212, 298, 430}, c.toArray());
    }
}
