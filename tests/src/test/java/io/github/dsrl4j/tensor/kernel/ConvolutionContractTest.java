package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolution, depthwise convolution and their adjoints: {@code <conv(x), dy> = <x, convT(dy)> = <w, dw>}. */
final class ConvolutionContractTest {
    /** Float sums of up to some thousand terms in blocks. */
    private static final double UNITS = 16;

    private static final int[][] KERNELS = {{1, 1}, {3, 3}, {1, 3}, {4, 2}, {5, 5}};
    private static final int[][] STRIDES = {{1, 1}, {2, 2}, {3, 1}, {2, 3}};
    private static final int[][] PADDINGS = {{0, 0}, {1, 1}, {2, 0}, {1, 3}};
    private static final int[][] DILATIONS = {{1, 1}, {2, 2}, {1, 3}};

    /** Input channels, output channels, groups; the last is depthwise, the one before has two filters a channel. */
    private static final int[][] CHANNELS = {{3, 5, 1}, {4, 6, 2}, {3, 6, 3}, {5, 5, 5}};

    static Stream<Arguments> kernelsAndStrides() {
        return Stream.of(KERNELS).flatMap(kernel -> Stream.of(STRIDES).map(stride -> Arguments.of(kernel, stride)));
    }

    @ParameterizedTest(name = "kernel {0}, stride {1}")
    @MethodSource("kernelsAndStrides")
    void everyPaddingDilationAndGrouping(int[] kernel, int[] stride) {
        for (int[] padding : PADDINGS) {
            for (int[] dilation : DILATIONS) {
                for (int[] channels : CHANNELS) {
                    if (dilation[0] * (kernel[0] - 1) < 10 + 2 * padding[0]) {
                        check(geometry(2, channels, 10, 13, kernel, stride, padding, dilation));
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "kernel {0}, stride {1}")
    @MethodSource("kernelsAndStrides")
    void everyOutputPaddingOfTheTransposedConvolution(int[] kernel, int[] stride) {
        for (int[] padding : PADDINGS) {
            for (int[] dilation : DILATIONS) {
                for (int vertical = 0; vertical < Math.max(stride[0], dilation[0]); vertical++) {
                    int horizontal = Math.max(stride[1], dilation[1]) - 1 - vertical;
                    if (horizontal >= 0) {
                        int[] channels = CHANNELS[(vertical + padding[0] + dilation[1]) % CHANNELS.length];
                        int[] outputPadding = {vertical, horizontal};
                        checkIfNotEmpty(
                                transposed(2, channels, 6, 7, kernel, stride, padding, dilation, outputPadding));
                    }
                }
            }
        }
    }

    private static void checkIfNotEmpty(ConvolutionGeometry g) {
        if (g.inHeight() > 0 && g.inWidth() > 0) {
            check(g);
        }
    }

    static IntStream sizes() {
        return IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void everyWidth(int width) {
        for (int[] channels : new int[][] {{3, 4, 1}, {5, 5, 5}, {4, 2, 2}}) {
            for (int stride = 1; stride <= 2; stride++) {
                for (int dilation = 1; dilation <= 4; dilation *= 2) {
                    int[] both = {dilation, dilation};
                    check(geometry(1, channels, 5, width, pair(3), pair(stride), both, both));
                }
                check(geometry(2, channels, 3, width, pair(1), pair(stride), pair(0), pair(1)));
                check(transposed(1, channels, 2, width, pair(2), pair(2), pair(0), pair(1), pair(0)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void everyNumberOfChannels(int n) {
        check(geometry(2, new int[] {n, 17, 1}, 3, 11, pair(1), pair(1), pair(0), pair(1)));
        check(geometry(1, new int[] {9, n, 1}, 3, 11, pair(1), pair(1), pair(0), pair(1)));
        check(geometry(1, new int[] {n, 3, 1}, 5, 6, pair(3), pair(1), pair(1), pair(1)));
        check(geometry(1, new int[] {3, n, 1}, 5, 6, pair(3), pair(2), pair(1), pair(1)));
        check(geometry(1, new int[] {n, n, n}, 5, 9, pair(3), pair(1), pair(1), pair(1)));
        check(geometry(1, new int[] {4 * n, 4 * n, 4}, 3, 3, pair(1), pair(1), pair(0), pair(1)));
    }

    static Stream<ConvolutionGeometry> largerThanABlock() {
        return Stream.of(
                geometry(2, new int[] {3, 16, 1}, 61, 83, pair(3), pair(2), pair(1), pair(1)),
                geometry(1, new int[] {40, 70, 1}, 19, 23, pair(3), pair(1), pair(1), pair(1)),
                geometry(1, new int[] {300, 20, 1}, 37, 41, pair(1), pair(1), pair(0), pair(1)),
                geometry(3, new int[] {20, 300, 1}, 17, 19, pair(1), pair(1), pair(0), pair(1)),
                geometry(1, new int[] {128, 64, 4}, 33, 35, pair(1), pair(1), pair(0), pair(1)),
                geometry(2, new int[] {33, 33, 33}, 45, 60, pair(3), pair(1), pair(4), pair(4)),
                geometry(4, new int[] {16, 16, 16}, 12, 15, pair(3), pair(1), pair(2), pair(2)),
                geometry(1, new int[] {24, 24, 24}, 90, 120, pair(3), pair(2), pair(1), pair(1)),
                geometry(1, new int[] {12, 12, 12}, 31, 33, pair(7), pair(1), pair(3), pair(1)),
                geometry(1, new int[] {3, 8, 1}, 40, 45, pair(7), pair(2), pair(3), pair(1)),
                transposed(1, new int[] {12, 20, 1}, 33, 47, pair(2), pair(2), pair(0), pair(1), pair(0)),
                transposed(2, new int[] {11, 16, 1}, 23, 31, pair(4), pair(2), pair(1), pair(1), pair(0)),
                transposed(1, new int[] {16, 16, 1}, 23, 30, pair(3), pair(2), pair(1), pair(1), pair(1)));
    }

    @ParameterizedTest
    @MethodSource
    void largerThanABlock(ConvolutionGeometry g) {
        check(g);
    }

    /**
     * The vector kernels compute these weight gradients as sums of outer products: of the fewer channels' vectors under a 1 x 1 window,
     * one or two in a tile, over stretches of several rows, of one, or of a part of one.
     */
    static Stream<ConvolutionGeometry> manyWeights() {
        return Stream.of(
                geometry(2, new int[] {200, 40, 1}, 23, 29, pair(1), pair(1), pair(0), pair(1)),
                geometry(3, new int[] {64, 160, 2}, 25, 31, pair(1), pair(1), pair(0), pair(1)),
                geometry(1, new int[] {16, 20, 1}, 5, 300, pair(3), pair(1), pair(1), pair(1)),
                geometry(2, new int[] {13, 40, 1}, 41, 15, pair(3), pair(1), pair(2), pair(2)),
                geometry(1, new int[] {30, 24, 1}, 70, 67, pair(3), pair(2), pair(1), pair(1)));
    }

    @ParameterizedTest
    @MethodSource
    void manyWeights(ConvolutionGeometry g) {
        check(g);
    }

    /**
     * Many channels under a 3 x 3 window: the vector kernels transform them, in tiles of two output pixels a side. Of the
     * weights' gradient, the tiles of a unit make one stretch or, in the last but one, two; a row of the last has too many.
     */
    static Stream<ConvolutionGeometry> manyChannelsUnderThreeByThree() {
        return Stream.of(
                geometry(2, new int[] {32, 40, 1}, 33, 47, pair(3), pair(1), pair(1), pair(1)),
                geometry(1, new int[] {33, 32, 1}, 34, 64, pair(3), pair(1), pair(0), pair(1)),
                geometry(1, new int[] {34, 35, 1}, 31, 62, pair(3), pair(1), pair(2), pair(1)),
                geometry(1, new int[] {32, 32, 1}, 21, 64, pair(3), pair(1), pair(2), pair(2)),
                geometry(2, new int[] {40, 32, 1}, 23, 63, pair(3), pair(1), pair(1), pair(2)),
                geometry(1, new int[] {32, 37, 1}, 13, 90, pair(3), pair(1), pair(3), pair(3)),
                geometry(1, new int[] {32, 36, 1}, 16, 125, pair(3), pair(1), pair(4), pair(4)),
                geometry(1, new int[] {300, 32, 1}, 8, 32, pair(3), pair(1), pair(1), pair(1)),
                geometry(3, new int[] {65, 44, 1}, 30, 32, pair(3), pair(1), pair(1), pair(1)),
                geometry(1, new int[] {32, 32, 1}, 16, 200, pair(3), pair(1), pair(4), pair(4)),
                geometry(1, new int[] {32, 32, 1}, 4, 520, pair(3), pair(1), pair(1), pair(1)),
                // Of another kind, though large enough: unequal along the two axes, in groups, or with more padding
                // than window.
                geometry(1, new int[] {32, 36, 1}, 33, 64, pair(3), pair(1), pair(1), new int[] {1, 2}),
                geometry(1, new int[] {36, 32, 1}, 32, 65, pair(3), pair(1), pair(2), new int[] {2, 1}),
                geometry(1, new int[] {32, 32, 1}, 33, 64, pair(3), pair(1), new int[] {1, 2}, pair(1)),
                geometry(1, new int[] {64, 64, 2}, 33, 64, pair(3), pair(1), pair(1), pair(1)));
    }

    @ParameterizedTest
    @MethodSource
    void manyChannelsUnderThreeByThree(ConvolutionGeometry g) {
        check(g);
    }

    @Test
    void workedByHand() {
        var g = geometry(1, new int[] {1, 1, 1}, 2, 3, new int[] {2, 2}, pair(1), new int[] {0, 1}, pair(1));
        Slab x = Slab.of(1, 2, 3, 4, 5, 6);
        Slab w = Slab.of(1, 10, 100, 1000);
        Slab y = Slab.poisoned(4);
        Convolution kernel = Implementations.SCALAR.convolution();
        forward(kernel, g, x, w, Slab.of(0.5f), y);
        assertArrayEquals(new float[] {4010.5f, 5421.5f, 6532.5f, 603.5f}, y.toArray());

        Slab dy = Slab.of(1, 2, 3, 4);
        Slab dx = Slab.poisoned(6);
        backwardData(kernel, g, dy, w, null, dx);
        assertArrayEquals(new float[] {12, 23, 34, 1200, 2300, 3400}, dx.toArray());

        Slab dw = Slab.poisoned(4);
        backwardWeight(kernel, g, x, dy, dw);
        assertArrayEquals(new float[] {20, 14, 47, 32}, dw.toArray());
    }

    @Test
    void extents() {
        assertEquals(112, ConvolutionGeometry.outputExtent(224, 3, 2, 1, 1));
        assertEquals(5, ConvolutionGeometry.outputExtent(10, 3, 2, 2, 2));
        assertEquals(0, ConvolutionGeometry.outputExtent(2, 3, 1, 0, 1));
        assertEquals(224, ConvolutionGeometry.transposedExtent(112, 3, 2, 1, 1, 1));
        assertEquals(64, ConvolutionGeometry.transposedExtent(32, 2, 2, 0, 1, 0));
    }

    private static int[] pair(int both) {
        return new int[] {both, both};
    }

    private static ConvolutionGeometry geometry(
            int batch,
            int[] channels,
            int height,
            int width,
            int[] kernel,
            int[] stride,
            int[] padding,
            int[] dilation) {
        int outHeight = ConvolutionGeometry.outputExtent(height, kernel[0], stride[0], padding[0], dilation[0]);
        int outWidth = ConvolutionGeometry.outputExtent(width, kernel[1], stride[1], padding[1], dilation[1]);
        return new ConvolutionGeometry(
                batch,
                channels[0],
                height,
                width,
                channels[1],
                outHeight,
                outWidth,
                kernel[0],
                kernel[1],
                stride[0],
                stride[1],
                padding[0],
                padding[1],
                dilation[0],
                dilation[1],
                channels[2]);
    }

    /** The geometry whose adjoint is a transposed convolution of a {@code height x width} input. */
    private static ConvolutionGeometry transposed(
            int batch,
            int[] channels,
            int height,
            int width,
            int[] kernel,
            int[] stride,
            int[] padding,
            int[] dilation,
            int[] outputPadding) {
        int inHeight = ConvolutionGeometry.transposedExtent(
                height, kernel[0], stride[0], padding[0], dilation[0], outputPadding[0]);
        int inWidth = ConvolutionGeometry.transposedExtent(
                width, kernel[1], stride[1], padding[1], dilation[1], outputPadding[1]);
        return new ConvolutionGeometry(
                batch,
                channels[0],
                inHeight,
                inWidth,
                channels[1],
                height,
                width,
                kernel[0],
                kernel[1],
                stride[0],
                stride[1],
                padding[0],
                padding[1],
                dilation[0],
                dilation[1],
                channels[2]);
    }

    /** Checks the three kernels on random data, with and without bias, against each other and the definition. */
    private static void check(ConvolutionGeometry g) {
        var random = new Random(g.hashCode());
        Slab x = Slab.normal(random, g.batch() * g.inChannels() * g.inArea());
        Slab dy = Slab.normal(random, g.batch() * g.outChannels() * g.outArea());
        Slab w = Slab.normal(random, g.outChannels() * g.inChannelsPerGroup() * g.kernelArea());
        boolean withBias = random.nextBoolean();
        Slab outBias = Slab.of(g.outChannels(), c -> withBias ? random.nextGaussian() : 0);
        Slab inBias = Slab.of(g.inChannels(), c -> withBias ? random.nextGaussian() : 0);
        var definition = new Definition(g, x, w, outBias, dy, inBias);

        for (boolean depthwise : g.isDepthwise() ? new boolean[] {false, true} : new boolean[] {false}) {
            String name = (depthwise ? "depthwise " : "convolution ") + g;
            Slab y = Contract.of(
                            name + " forward",
                            (k, s) -> forward(family(k, depthwise), g, s[0], s[1], withBias ? s[2] : null, s[3]))
                    .reads(x, w, outBias)
                    .writes(UNITS, definition.y.magnitudes())
                    .check()
                    .getFirst();
            definition.y.assertClose(name + " forward", 1, y);
            Slab dx = Contract.of(
                            name + " backwardData",
                            (k, s) -> backwardData(family(k, depthwise), g, s[0], s[1], withBias ? s[2] : null, s[3]))
                    .reads(dy, w, inBias)
                    .writes(UNITS, definition.dx.magnitudes())
                    .check()
                    .getFirst();
            definition.dx.assertClose(name + " backwardData", 1, dx);
            Slab dw = Contract.of(
                            name + " backwardWeight",
                            (k, s) -> backwardWeight(family(k, depthwise), g, s[0], s[1], s[2]))
                    .reads(x, dy)
                    .writes(UNITS, definition.dw.magnitudes())
                    .check()
                    .getFirst();
            definition.dw.assertClose(name + " backwardWeight", 1, dw);
            Contract.of(name + " backward", (k, s) -> backward(family(k, depthwise), g, s[0], s[1], s[2], s[3], s[4]))
                    .reads(x, w, dy)
                    .writes(UNITS, definition.dx.magnitudes())
                    .writes(UNITS, definition.dw.magnitudes())
                    .check();
        }
    }

    private static void forward(Convolution kernel, ConvolutionGeometry g, Slab x, Slab w, Slab bias, Slab y) {
        float[] biasArray = bias == null ? null : bias.array();
        int biasOffset = bias == null ? 0 : bias.offset();
        kernel.forward(g, x.array(), x.offset(), w.array(), w.offset(), biasArray, biasOffset, y.array(), y.offset());
    }

    private static void backwardData(Convolution kernel, ConvolutionGeometry g, Slab dy, Slab w, Slab bias, Slab dx) {
        float[] biasArray = bias == null ? null : bias.array();
        int biasOffset = bias == null ? 0 : bias.offset();
        kernel.backwardData(
                g, dy.array(), dy.offset(), w.array(), w.offset(), biasArray, biasOffset, dx.array(), dx.offset());
    }

    private static void backwardWeight(Convolution kernel, ConvolutionGeometry g, Slab x, Slab dy, Slab dw) {
        kernel.backwardWeight(g, x.array(), x.offset(), dy.array(), dy.offset(), dw.array(), dw.offset());
    }

    private static void backward(Convolution kernel, ConvolutionGeometry g, Slab x, Slab w, Slab dy, Slab dx, Slab dw) {
        kernel.backward(
                g,
                x.array(),
                x.offset(),
                w.array(),
                w.offset(),
                dy.array(),
                dy.offset(),
                dx.array(),
                dx.offset(),
                dw.array(),
                dw.offset());
    }

    private static Convolution family(Kernels kernels, boolean depthwise) {
        return depthwise ? kernels.depthwise() : kernels.convolution();
    }

    /** The formula, term by term: each term {@code w x dy} belongs to one y, one dx and one dw, which makes them adjoint. */
    private static final class Definition {
        final Sums y;
        final Sums dx;
        final Sums dw;

        Definition(ConvolutionGeometry g, Slab x, Slab w, Slab outBias, Slab dy, Slab inBias) {
            y = new Sums(dy.length());
            dx = new Sums(x.length());
            dw = new Sums(w.length());
            for (int i = 0; i < y.length(); i++) {
                y.add(i, outBias.get(i / g.outArea() % g.outChannels()));
            }
            for (int i = 0; i < dx.length(); i++) {
                dx.add(i, inBias.get(i / g.inArea() % g.inChannels()));
            }
            for (int n = 0; n < g.batch(); n++) {
                for (int o = 0; o < g.outChannels(); o++) {
                    for (int c = 0; c < g.inChannelsPerGroup(); c++) {
                        addPlane(g, x, w, dy, n, o, c);
                    }
                }
            }
        }

        private void addPlane(ConvolutionGeometry g, Slab x, Slab w, Slab dy, int n, int o, int c) {
            int group = o / g.outChannelsPerGroup();
            int xPlane = (n * g.inChannels() + group * g.inChannelsPerGroup() + c) * g.inArea();
            int yPlane = (n * g.outChannels() + o) * g.outArea();
            int wPlane = (o * g.inChannelsPerGroup() + c) * g.kernelArea();
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++) {
                    for (int k = 0; k < g.kernelHeight(); k++) {
                        for (int l = 0; l < g.kernelWidth(); l++) {
                            int row = i * g.strideHeight() + k * g.dilationHeight() - g.paddingHeight();
                            int column = j * g.strideWidth() + l * g.dilationWidth() - g.paddingWidth();
                            if (row >= 0 && row < g.inHeight() && column >= 0 && column < g.inWidth()) {
                                int xi = xPlane + row * g.inWidth() + column;
                                int yi = yPlane + i * g.outWidth() + j;
                                int wi = wPlane + k * g.kernelWidth() + l;
                                y.add(yi, (double) w.get(wi) * x.get(xi));
                                dx.add(xi, (double) w.get(wi) * dy.get(yi));
                                dw.add(wi, (double) x.get(xi) * dy.get(yi));
                            }
                        }
                    }
                }
            }
        }
    }
}
