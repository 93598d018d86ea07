package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several depthwise convolutions at once, against one after the other. */
final class DepthwisePyramidContractTest {
    /** Sums of up to some thousand terms, and sums of such sums. */
    private static final double UNITS = 32;

    /** Branches of equal stride; the kernel of each is 3, its padding the dilation. */
    record Case(int batch, int channels, int height, int width, int stride, int... dilations) {
        List<ConvolutionGeometry> branches() {
            return IntStream.of(dilations)
                    .mapToObj(d -> new ConvolutionGeometry(
                            batch,
                            channels,
                            height,
                            width,
                            channels,
                            ConvolutionGeometry.outputExtent(height, 3, stride, d, d),
                            ConvolutionGeometry.outputExtent(width, 3, stride, d, d),
                            3,
                            3,
                            stride,
                            stride,
                            d,
                            d,
                            d,
                            d,
                            channels))
                    .toList();
        }

        @Override
        public String toString() {
            return "[%d, %d, %d, %d] stride %d dilations %s"
                    .formatted(batch, channels, height, width, stride, Arrays.toString(dilations));
        }

        int inSize() {
            return batch * channels * height * width;
        }

        int outSize() {
            return batch * channels * branches().getFirst().outArea();
        }
    }

    static Stream<Case> cases() {
        Stream<Case> sizes = IntStream.of(1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 100)
                .boxed()
                .flatMap(width ->
                        IntStream.rangeClosed(1, 3).mapToObj(stride -> new Case(2, 3, 6, width, stride, 1, 2, 3, 4)));
        Stream<Case> others = Stream.of(
                new Case(1, 1, 1, 1, 1, 1),
                new Case(3, 2, 9, 5, 1, 2),
                new Case(2, 2, 9, 5, 2, 2, 2),
                new Case(1, 2, 5, 20, 1, 4, 1),
                new Case(4, 40, 16, 32, 1, 1, 1, 2, 3),
                new Case(4, 9, 64, 33, 2, 1, 2, 3, 4),
                // More than a band.
                new Case(1, 2, 260, 257, 1, 1, 4),
                new Case(1, 2, 260, 500, 2, 1, 3));
        return Stream.concat(sizes, others);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithOneAfterTheOther(Case c) {
        var random = new Random(c.hashCode());
        int branches = c.dilations.length;
        Slab x = Slab.normal(random, c.inSize());
        Slab weights = Slab.normal(random, branches * c.channels * 9);
        double[] ofY = new double[branches * c.outSize()];
        double[] ofDx = new double[c.inSize()];
        double[] ofWeights = new double[weights.length()];
        // Some 9 products of two normal numbers, of as many branches as there are in a row.
        Arrays.fill(ofY, 9.0 * branches);
        Arrays.fill(ofDx, 9.0 * branches * branches);
        Arrays.fill(ofWeights, (double) branches * c.outSize() / c.channels + 9);
        Contract.of("forward " + c, (k, s) -> forward(k, c, s[0], s[1], s[2]))
                .reads(x, weights)
                .writes(UNITS, ofY)
                .check();
        Slab dy = Slab.normal(random, ofY.length);
        Contract.of("backward " + c, (k, s) -> backward(k, c, s[0], s[1], s[2], s[3], s[4]))
                .reads(x, weights, dy)
                .writes(UNITS, ofDx)
                .writes(UNITS, ofWeights)
                .check();
        Contract.of("gradient of data " + c, (k, s) -> backward(k, c, s[0], s[1], s[2], s[3], null))
                .reads(x, weights, dy)
                .writes(UNITS, ofDx)
                .check();
        Contract.of("gradient of weights " + c, (k, s) -> backward(k, c, s[0], s[1], s[2], null, s[3]))
                .reads(x, weights, dy)
                .writes(UNITS, ofWeights)
                .check();
    }

    /** The part of each branch. */
    private static List<Place> split(Case c, Slab weights) {
        if (weights == null) {
            return null;
        }
        var places = new ArrayList<Place>();
        for (int b = 0; b < c.dilations.length; b++) {
            places.add(new Place(weights.array(), weights.offset() + b * c.channels * 9));
        }
        return places;
    }

    private static void forward(Kernels kernels, Case c, Slab x, Slab weights, Slab y) {
        var kernel = kernels.depthwisePyramid();
        Slab work = Slab.poisoned(kernel.workingMemory(c.branches()));
        kernel.forward(c.branches(), Slab.place(x), split(c, weights), Slab.place(y), Slab.place(work));
        work.assertCanariesAlive("working memory");
    }

    private static void backward(Kernels kernels, Case c, Slab x, Slab weights, Slab dy, Slab dx, Slab dweights) {
        var kernel = kernels.depthwisePyramid();
        Slab work = Slab.poisoned(kernel.workingMemory(c.branches()));
        kernel.backward(
                c.branches(),
                Slab.place(x),
                split(c, weights),
                Slab.place(dy),
                Slab.place(dx),
                split(c, dweights),
                Slab.place(work));
        work.assertCanariesAlive("working memory");
    }

    @Test
    void workedByHand() {
        // Two branches on a row of three pixels, whose filters see the middle row alone.
        var c = new Case(1, 1, 1, 3, 1, 1, 2);
        Slab x = Slab.of(1, 2, 3);
        Slab weights = Slab.of(0, 0, 0, 10, 1, 100, 0, 0, 0, 0, 0, 0, 1000, 2, 0, 0, 0, 0);
        Slab y = Slab.poisoned(6);
        forward(Implementations.SCALAR, c, x, weights, y);
        assertArrayEquals(new float[] {201, 312, 23, 203, 316, 1029}, y.toArray());
        Slab dx = Slab.poisoned(3);
        Slab dweights = Slab.poisoned(18);
        // The first branch gets (1, 0, 0) + (0, 0, 1), the second one (0, 0, 1).
        backward(Implementations.SCALAR, c, x, weights, Slab.of(1, 0, 0, 0, 0, 1), dx, dweights);
        assertArrayEquals(new float[] {1001, 110, 3}, dx.toArray());
        assertArrayEquals(new float[] {0, 0, 0, 2, 4, 2, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 0}, dweights.toArray());
    }
}
