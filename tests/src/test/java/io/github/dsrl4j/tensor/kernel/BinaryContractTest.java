package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of two numbers, which are exact; with broadcasting, and where the output is the memory of an operand. */
final class BinaryContractTest {
    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003};

    @ParameterizedTest
    @EnumSource
    void binary(Binary f) {
        for (int n : SIZES) {
            var random = new Random(n);
            Slab a = Slab.normal(random, n);
            Slab b = Slab.of(n, i -> random.nextInt(9) == 0 ? 0 : random.nextGaussian());
            String what = f + " of " + n;
            Slab c = Contract.of(what, (k, s) -> binary(k, f, s[0], s[1], s[2]))
                    .reads(a, b)
                    .writes(n)
                    .check()
                    .getFirst();
            for (int i = 0; i < n; i++) {
                assertEquals(apply(f, a.get(i), b.get(i)), c.get(i), what);
            }
            Slab overA = Contract.of(what + " in place of a", (k, s) -> binary(k, f, s[1], s[0], s[1]))
                    .reads(b)
                    .changes(a, 0, null)
                    .check()
                    .getFirst();
            assertArrayEquals(c.toArray(), overA.toArray(), what + " in place of a");
            Slab overB = Contract.of(what + " in place of b", (k, s) -> binary(k, f, s[0], s[1], s[1]))
                    .reads(a)
                    .changes(b, 0, null)
                    .check()
                    .getFirst();
            assertArrayEquals(c.toArray(), overB.toArray(), what + " in place of b");
        }
    }

    private static float apply(Binary f, float a, float b) {
        return switch (f) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
        };
    }

    /** Extents of the result; 1 or 0 for each dimension along which a and b extend or stretch. */
    static Stream<Arguments> broadcasts() {
        return Stream.of(
                Arguments.of(new int[] {}, new int[] {}, new int[] {}),
                Arguments.of(new int[] {33}, new int[] {1}, new int[] {0}),
                Arguments.of(new int[] {33}, new int[] {0}, new int[] {0}),
                Arguments.of(new int[] {207}, new int[] {1}, new int[] {1}),
                Arguments.of(new int[] {2, 5, 4, 7}, new int[] {1, 1, 1, 1}, new int[] {0, 1, 0, 0}),
                Arguments.of(new int[] {2, 5, 4, 7}, new int[] {0, 1, 0, 0}, new int[] {1, 1, 1, 1}),
                Arguments.of(new int[] {3, 6, 17, 31}, new int[] {1, 1, 1, 1}, new int[] {1, 1, 0, 0}),
                Arguments.of(new int[] {3, 6, 17, 31}, new int[] {1, 1, 1, 1}, new int[] {1, 0, 1, 1}),
                Arguments.of(new int[] {3, 6, 17, 31}, new int[] {1, 0, 1, 0}, new int[] {0, 1, 0, 1}),
                Arguments.of(new int[] {9, 100}, new int[] {1, 0}, new int[] {0, 1}),
                Arguments.of(new int[] {9, 100}, new int[] {1, 1}, new int[] {0, 1}),
                Arguments.of(new int[] {207, 3}, new int[] {1, 1}, new int[] {0, 1}),
                Arguments.of(new int[] {207, 3}, new int[] {1, 0}, new int[] {1, 1}),
                Arguments.of(new int[] {2, 3, 2, 3, 2, 3}, new int[] {1, 0, 1, 0, 1, 0}, new int[] {0, 1, 1, 1, 0, 1}),
                Arguments.of(new int[] {2, 0, 3}, new int[] {1, 1, 1}, new int[] {1, 1, 1}),
                Arguments.of(new int[] {1, 1, 9, 1}, new int[] {1, 1, 1, 1}, new int[] {0, 0, 0, 0}),
                Arguments.of(new int[] {2, 24, 45, 60}, new int[] {1, 1, 1, 1}, new int[] {0, 1, 0, 0}),
                Arguments.of(new int[] {70, 1000}, new int[] {1, 1}, new int[] {1, 0}));
    }

    @ParameterizedTest
    @MethodSource
    void broadcasts(int[] dims, int[] alongA, int[] alongB) {
        int size = IntStream.of(dims).reduce(1, (a, b) -> a * b);
        int[] aStrides = strides(dims, alongA);
        int[] bStrides = strides(dims, alongB);
        var random = new Random(size);
        Slab a = Slab.normal(random, product(dims, alongA));
        Slab b = Slab.normal(random, product(dims, alongB));
        for (Binary f : Binary.values()) {
            Slab c = Contract.of(
                            f + " broadcast", (k, s) -> broadcast(k, f, dims, s[0], aStrides, s[1], bStrides, s[2]))
                    .reads(a, b)
                    .writes(size)
                    .check()
                    .getFirst();
            for (int i = 0; i < size; i++) {
                float expected = apply(f, a.get(at(i, dims, aStrides)), b.get(at(i, dims, bStrides)));
                assertEquals(expected, c.get(i), f + " at " + i);
            }
            if (a.length() == size) {
                Slab overA = Contract.of(
                                f + " broadcast in place",
                                (k, s) -> broadcast(k, f, dims, s[1], aStrides, s[0], bStrides, s[1]))
                        .reads(b)
                        .changes(a, 0, null)
                        .check()
                        .getFirst();
                assertArrayEquals(c.toArray(), overA.toArray(), f + " in place");
            }
        }
    }

    private static int product(int[] dims, int[] along) {
        int product = 1;
        for (int d = 0; d < dims.length; d++) {
            product *= along[d] == 1 ? dims[d] : 1;
        }
        return product;
    }

    private static int[] strides(int[] dims, int[] along) {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int d = dims.length - 1; d >= 0; d--) {
            strides[d] = along[d] * stride;
            stride *= along[d] == 1 ? dims[d] : 1;
        }
        return strides;
    }

    private static int at(int index, int[] dims, int[] strides) {
        int position = 0;
        for (int d = dims.length - 1, rest = index; d >= 0; rest /= dims[d], d--) {
            position += rest % dims[d] * strides[d];
        }
        return position;
    }

    private static void binary(Kernels kernels, Binary f, Slab a, Slab b, Slab c) {
        kernels.elementwise()
                .binary(f, a.length(), a.array(), a.offset(), b.array(), b.offset(), c.array(), c.offset());
    }

    private static void broadcast(
            Kernels kernels, Binary f, int[] dims, Slab a, int[] aStrides, Slab b, int[] bStrides, Slab c) {
        kernels.elementwise()
                .binaryBroadcast(
                        f,
                        dims,
                        a.array(),
                        a.offset(),
                        aStrides,
                        b.array(),
                        b.offset(),
                        bStrides,
                        c.array(),
                        c.offset());
    }
}
