package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MovementContractTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003})
    void copy(int n) {
        Slab x = Slab.normal(new Random(n), n);
        Slab y = Contract.of(
                        "copy of " + n,
                        (k, s) -> k.movement().copy(n, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(x)
                .writes(n)
                .check()
                .getFirst();
        assertArrayEquals(x.toArray(), y.toArray());
    }

    /** Copies of all these lengths at once, whose bits must be those of one after the other. */
    @Test
    void copyAll() {
        int[] lengths = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 128, 129, 207, 4096, 4097, 10_003};
        Slab[] x = Arrays.stream(lengths)
                .mapToObj(n -> Slab.normal(new Random(n), n))
                .toArray(Slab[]::new);
        var contract = Contract.of(
                "copies of " + Arrays.toString(lengths),
                (k, s) -> k.movement()
                        .copyAll(IntStream.range(0, lengths.length)
                                .mapToObj(i -> new Movement.Copy(
                                        lengths[i],
                                        new Place(s[i].array(), s[i].offset()),
                                        new Place(s[lengths.length + i].array(), s[lengths.length + i].offset())))
                                .toList()));
        for (Slab one : x) {
            contract.reads(one);
        }
        for (int n : lengths) {
            contract.writes(n);
        }
        var y = contract.check();
        for (int i = 0; i < lengths.length; i++) {
            assertArrayEquals(x[i].toArray(), y.get(i).toArray());
        }
        Implementations.ALL.forEach(team -> team.getFirst().movement().copyAll(List.of()));
    }

    /** A box, and where in x and y it begins and how it is laid out. */
    static final class Box {
        private final String name;
        private final int[] dims;
        private final int xFirst;
        private final int[] xStrides;
        private final int yFirst;
        private final int[] yStrides;

        Box(String name, int[] dims, int xFirst, int[] xStrides, int yFirst, int[] yStrides) {
            this.name = name;
            this.dims = dims;
            this.xFirst = xFirst;
            this.xStrides = xStrides;
            this.yFirst = yFirst;
            this.yStrides = yStrides;
        }

        @Override
        public String toString() {
            return name + " " + Arrays.toString(dims);
        }

        int extent(int first, int[] strides) {
            int last = first;
            for (int d = 0; d < dims.length; d++) {
                last += Math.max(0, strides[d]) * Math.max(0, dims[d] - 1);
            }
            return last + 4;
        }
    }

    static Stream<Box> boxes() {
        Stream<Box> odd = IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207)
                .boxed()
                .flatMap(n -> Stream.of(
                        new Box("row", new int[] {n}, 0, new int[] {1}, 0, new int[] {1}),
                        new Box("every third", new int[] {n}, 1, new int[] {3}, 2, new int[] {1}),
                        new Box("to every second", new int[] {n}, 0, new int[] {1}, 3, new int[] {2}),
                        new Box("repeated", new int[] {n, 5}, 2, new int[] {0, 1}, 0, new int[] {5, 1}),
                        new Box("stretched", new int[] {5, n}, 2, new int[] {1, 0}, 0, new int[] {n, 1}),
                        new Box("backwards", new int[] {n}, n - 1, new int[] {-1}, 0, new int[] {1}),
                        new Box("transposed", new int[] {n, 9}, 0, new int[] {1, n}, 0, new int[] {9, 1}),
                        new Box("transposed", new int[] {9, n}, 0, new int[] {1, 9}, 0, new int[] {n, 1}),
                        new Box("padded", new int[] {3, n}, 0, new int[] {n, 1}, n + 3, new int[] {n + 2, 1}),
                        new Box("cropped", new int[] {3, n}, n + 3, new int[] {n + 2, 1}, 0, new int[] {n, 1})));
        Stream<Box> many = Stream.of(
                new Box(
                        "pixel shuffle",
                        new int[] {2, 3, 2, 2, 5, 7},
                        0,
                        new int[] {420, 140, 70, 35, 7, 1},
                        0,
                        new int[] {420, 140, 14, 1, 28, 2}),
                new Box("channels last", new int[] {2, 5, 6, 7}, 0, new int[] {210, 42, 7, 1}, 0, new int[] {
                    210, 1, 35, 5
                }),
                new Box("flipped", new int[] {3, 4, 17}, 16, new int[] {68, 17, -1}, 0, new int[] {68, 17, 1}),
                new Box(
                        "eight dimensions",
                        new int[] {2, 1, 2, 3, 1, 2, 2, 3},
                        0,
                        new int[] {72, 72, 36, 12, 12, 6, 3, 1},
                        0,
                        new int[] {1, 5, 2, 4, 7, 12, 24, 48}),
                new Box("nothing", new int[] {3, 0, 5}, 0, new int[] {0, 5, 1}, 0, new int[] {0, 5, 1}),
                new Box("large", new int[] {2, 24, 45, 60}, 0, new int[] {64800, 2700, 60, 1}, 0, new int[] {
                    129600, 2700, 60, 1
                }),
                new Box("large transposed", new int[] {300, 400}, 0, new int[] {1, 300}, 0, new int[] {400, 1}));
        return Stream.concat(odd, many);
    }

    @ParameterizedTest
    @MethodSource("boxes")
    void stridedCopy(Box box) {
        var random = new Random(box.toString().hashCode());
        Slab x = Slab.normal(random, box.extent(box.xFirst, box.xStrides));
        Slab before = Slab.normal(random, box.extent(box.yFirst, box.yStrides));
        Slab expected = before.copy();
        int elements = IntStream.of(box.dims).reduce(1, (a, b) -> a * b);
        for (int i = 0; i < elements; i++) {
            int from = box.xFirst;
            int to = box.yFirst;
            for (int d = box.dims.length - 1, rest = i; d >= 0; rest /= box.dims[d], d--) {
                from += rest % box.dims[d] * box.xStrides[d];
                to += rest % box.dims[d] * box.yStrides[d];
            }
            expected.set(to, x.get(from));
        }
        Slab y = Contract.of(
                        "stridedCopy " + box,
                        (k, s) -> k.movement()
                                .stridedCopy(
                                        box.dims,
                                        s[0].array(),
                                        s[0].offset() + box.xFirst,
                                        box.xStrides,
                                        s[1].array(),
                                        s[1].offset() + box.yFirst,
                                        box.yStrides))
                .reads(x)
                .changes(before, 0, null)
                .check()
                .getFirst();
        assertArrayEquals(expected.toArray(), y.toArray(), box::toString);
    }

    @Test
    void workedByHand() {
        float[] y = {-1, -1, -1, -1, -1, -1, -1};
        Implementations.SCALAR
                .movement()
                .stridedCopy(
                        new int[] {2, 3}, new float[] {9, 1, 2, 3, 4, 5, 6}, 1, new int[] {3, 1}, y, 0, new int[] {1, 2
                        });
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6, -1}, y);
    }
}
