package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PoolingContractTest {
    /** Float sums of the few dozen terms of a window. */
    private static final double UNITS = 8;

    private static final int[][] KERNELS = {{1, 1}, {2, 2}, {3, 3}, {2, 3}, {5, 4}, {7, 7}};
    private static final int[][] STRIDES = {{1, 1}, {2, 2}, {3, 1}, {2, 4}};

    static Stream<PoolingGeometry> geometries() {
        List<PoolingGeometry> geometries = new ArrayList<>();
        for (int[] kernel : KERNELS) {
            for (int[] stride : STRIDES) {
                for (int padding = 0; padding <= Math.min(kernel[0], kernel[1]) / 2; padding++) {
                    geometries.add(geometry(6, 9, 11, kernel, stride, padding));
                }
            }
        }
        IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207).forEach(size -> {
            geometries.add(geometry(2, 3, size, new int[] {3, 3}, new int[] {2, 2}, 1));
            geometries.add(geometry(2, 4, size, new int[] {3, 3}, new int[] {1, 1}, 1));
            geometries.add(geometry(2, size, 5, new int[] {3, 1}, new int[] {2, 1}, 0));
            geometries.add(geometry(size, 4, 6, new int[] {2, 2}, new int[] {2, 2}, 0));
        });
        geometries.add(geometry(40, 45, 60, new int[] {3, 3}, new int[] {2, 2}, 1));
        return geometries.stream().filter(g -> g.outHeight() > 0 && g.outWidth() > 0);
    }

    private static PoolingGeometry geometry(
            int planes, int height, int width, int[] kernel, int[] stride, int padding) {
        int outHeight = Math.floorDiv(height + 2 * padding - kernel[0], stride[0]) + 1;
        int outWidth = Math.floorDiv(width + 2 * padding - kernel[1], stride[1]) + 1;
        return new PoolingGeometry(
                planes, height, width, outHeight, outWidth, kernel[0], kernel[1], stride[0], stride[1], padding,
                padding);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void max(PoolingGeometry g) {
        var random = new Random(g.hashCode());
        checkMax("numbers", g, Slab.normal(random, inputs(g)));
        checkMax("ties", g, Slab.integers(random, inputs(g), -2, 2));
        Slab hostile = Slab.of(inputs(g), i -> switch (random.nextInt(6)) {
            case 0 -> Double.NaN;
            case 1 -> Double.NEGATIVE_INFINITY;
            case 2 -> Double.POSITIVE_INFINITY;
            default -> random.nextInt(3);
        });
        checkMax("NaN and infinity", g, hostile);
        checkMax("nothing but -infinity", g, Slab.of(inputs(g), i -> Double.NEGATIVE_INFINITY));
    }

    private static void checkMax(String what, PoolingGeometry g, Slab x) {
        var random = new Random(g.hashCode());
        Slab dy = Slab.normal(random, outputs(g));
        Slab winners = Slab.poisoned(outputs(g));
        var dx = new Sums(inputs(g));
        forEachWindow(g, (out, window, divisor) -> {
            int best = window[0];
            for (int at : window) {
                boolean firstNaN = Float.isNaN(x.get(at)) && !Float.isNaN(x.get(best));
                best = firstNaN || x.get(at) > x.get(best) ? at : best;
            }
            winners.set(out, x.get(best));
            dx.add(best, dy.get(out));
        });
        Slab y = Contract.of(what + " maxForward " + g, (k, s) -> maxForward(k, g, s[0], s[1]))
                .reads(x)
                .writes(outputs(g))
                .check()
                .getFirst();
        assertArrayEquals(winners.toArray(), y.toArray(), () -> what + " " + g);
        Slab gradient = Contract.of(what + " maxBackward " + g, (k, s) -> maxBackward(k, g, s[0], s[1], s[2]))
                .reads(x, dy)
                .writes(UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose(what + " maxBackward " + g, 1, gradient);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void average(PoolingGeometry g) {
        var random = new Random(g.hashCode());
        Slab x = Slab.normal(random, inputs(g));
        Slab dy = Slab.normal(random, outputs(g));
        for (boolean countIncludePad : new boolean[] {false, true}) {
            var y = new Sums(outputs(g));
            var dx = new Sums(inputs(g));
            int kernelArea = g.kernelHeight() * g.kernelWidth();
            forEachWindow(g, (out, window, inside) -> {
                double divisor = countIncludePad ? kernelArea : inside;
                for (int at : window) {
                    y.add(out, x.get(at) / divisor);
                    dx.add(at, dy.get(out) / divisor);
                }
            });
            String what = "average, countIncludePad " + countIncludePad + ", " + g;
            Slab forward = Contract.of(what, (k, s) -> averageForward(k, g, countIncludePad, s[0], s[1]))
                    .reads(x)
                    .writes(UNITS, y.magnitudes())
                    .check()
                    .getFirst();
            y.assertClose(what, 1, forward);
            Slab backward = Contract.of(what, (k, s) -> averageBackward(k, g, countIncludePad, false, s[0], s[1]))
                    .reads(dy)
                    .writes(UNITS, dx.magnitudes())
                    .check()
                    .getFirst();
            dx.assertClose(what + " backward", 1, backward);
            checkAdding(what, dx, dy, (k, add, s) -> averageBackward(k, g, countIncludePad, add, s[0], s[1]));
        }
    }

    static Stream<int[]> adaptiveSizes() {
        int[] sizes = {1, 2, 3, 7, 8, 9, 16, 17, 33};
        return IntStream.of(sizes).boxed().flatMap(in -> IntStream.of(sizes).mapToObj(out -> new int[] {in, out}));
    }

    @ParameterizedTest
    @MethodSource("adaptiveSizes")
    void adaptiveAverage(int[] sizes) {
        checkAdaptive(3, sizes[0], 10, sizes[1], 4);
        checkAdaptive(2, 10, sizes[0], 4, sizes[1]);
        checkAdaptive(1, sizes[0], sizes[0], sizes[1], sizes[1]);
    }

    @ParameterizedTest
    @CsvSource({"5, 207, 100, 1, 1", "40, 31, 33, 1, 1", "207, 4, 5, 2, 3", "1, 100, 207, 6, 64"})
    void adaptiveAverageOfManyPixels(int planes, int inHeight, int inWidth, int outHeight, int outWidth) {
        checkAdaptive(planes, inHeight, inWidth, outHeight, outWidth);
    }

    private static void checkAdaptive(int planes, int inHeight, int inWidth, int outHeight, int outWidth) {
        String what = "adaptive average of %d planes, %d x %d to %d x %d"
                .formatted(planes, inHeight, inWidth, outHeight, outWidth);
        var random = new Random(what.hashCode());
        Slab x = Slab.normal(random, planes * inHeight * inWidth);
        Slab dy = Slab.normal(random, planes * outHeight * outWidth);
        var y = new Sums(dy.length());
        var dx = new Sums(x.length());
        for (int out = 0; out < dy.length(); out++) {
            int plane = out / (outHeight * outWidth);
            int i = out / outWidth % outHeight;
            int j = out % outWidth;
            int top = (int) Math.floor((double) i * inHeight / outHeight);
            int bottom = (int) Math.ceil((i + 1.0) * inHeight / outHeight);
            int left = (int) Math.floor((double) j * inWidth / outWidth);
            int right = (int) Math.ceil((j + 1.0) * inWidth / outWidth);
            double count = (double) (bottom - top) * (right - left);
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    int at = (plane * inHeight + row) * inWidth + column;
                    y.add(out, x.get(at) / count);
                    dx.add(at, dy.get(out) / count);
                }
            }
        }
        Slab forward = Contract.of(
                        what,
                        (kernels, s) -> kernels.pooling()
                                .adaptiveAverageForward(
                                        planes,
                                        inHeight,
                                        inWidth,
                                        outHeight,
                                        outWidth,
                                        s[0].array(),
                                        s[0].offset(),
                                        s[1].array(),
                                        s[1].offset()))
                .reads(x)
                .writes(UNITS, y.magnitudes())
                .check()
                .getFirst();
        y.assertClose(what, 1, forward);
        AddingCall call = (kernels, add, s) -> kernels.pooling()
                .adaptiveAverageBackward(
                        planes,
                        inHeight,
                        inWidth,
                        outHeight,
                        outWidth,
                        add,
                        s[0].array(),
                        s[0].offset(),
                        s[1].array(),
                        s[1].offset());
        Slab backward = Contract.of(what + " backward", (kernels, s) -> call.run(kernels, false, s))
                .reads(dy)
                .writes(UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose(what + " backward", 1, backward);
        checkAdding(what, dx, dy, call);
    }

    /** A backward pass, from dy to dx, which may be told to add. */
    @FunctionalInterface
    private interface AddingCall {
        void run(Kernels kernels, boolean add, Slab... slabs);
    }

    /** That what is added to dx is what it is else; kernels that do not add leave that to the test. */
    private static void checkAdding(String what, Sums dx, Slab dy, AddingCall call) {
        Slab old = Slab.normal(new Random(what.hashCode()), dx.magnitudes().length);
        double[] magnitudes = dx.magnitudes().clone();
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] += 2 * Math.abs(old.get(i));
        }
        Contract.of(what + " backward, added", (kernels, s) -> {
                    if (kernels.pooling().addsGradients()) {
                        call.run(kernels, true, s);
                        return;
                    }
                    Slab apart = Slab.poisoned(s[1].length());
                    call.run(kernels, false, s[0], apart);
                    for (int i = 0; i < apart.length(); i++) {
                        s[1].set(i, s[1].get(i) + apart.get(i));
                    }
                })
                .reads(dy)
                .changes(old, UNITS, magnitudes)
                .check();
    }

    @Test
    void workedByHand() {
        var g = geometry(1, 3, 3, new int[] {2, 2}, new int[] {2, 2}, 1);
        Kernels scalar = Implementations.SCALAR;
        Slab x = Slab.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Slab y = Slab.poisoned(4);
        maxForward(scalar, g, x, y);
        assertArrayEquals(new float[] {1, 3, 7, 9}, y.toArray());
        averageForward(scalar, g, true, x, y);
        assertArrayEquals(new float[] {0.25f, 1.25f, 2.75f, 7}, y.toArray());
        averageForward(scalar, g, false, x, y);
        assertArrayEquals(new float[] {1, 2.5f, 5.5f, 7}, y.toArray());

        Slab dx = Slab.poisoned(9);
        Slab dy = Slab.of(1, 2, 3, 4);
        maxBackward(scalar, g, x, dy, dx);
        assertArrayEquals(new float[] {1, 0, 2, 0, 0, 0, 3, 0, 4}, dx.toArray());
        averageBackward(scalar, g, false, false, dy, dx);
        assertArrayEquals(new float[] {1, 1, 1, 1.5f, 1, 1, 1.5f, 1, 1}, dx.toArray());
    }

    private static int inputs(PoolingGeometry g) {
        return g.planes() * g.inHeight() * g.inWidth();
    }

    private static int outputs(PoolingGeometry g) {
        return g.planes() * g.outHeight() * g.outWidth();
    }

    /** Takes the index of an output, the indices in x that its window covers, row by row, and how many these are. */
    private interface WindowVisitor {
        void visit(int out, int[] window, int inside);
    }

    private static void forEachWindow(PoolingGeometry g, WindowVisitor visitor) {
        for (int out = 0; out < outputs(g); out++) {
            int plane = out / (g.outHeight() * g.outWidth());
            int i = out / g.outWidth() % g.outHeight();
            int j = out % g.outWidth();
            int[] window = IntStream.range(0, g.kernelHeight() * g.kernelWidth())
                    .map(tap -> at(
                            g,
                            plane,
                            i * g.strideHeight() - g.paddingHeight() + tap / g.kernelWidth(),
                            j * g.strideWidth() - g.paddingWidth() + tap % g.kernelWidth()))
                    .filter(at -> at >= 0)
                    .toArray();
            visitor.visit(out, window, window.length);
        }
    }

    /** The index of a pixel, or -1 outside the image. */
    private static int at(PoolingGeometry g, int plane, int row, int column) {
        boolean inside = row >= 0 && row < g.inHeight() && column >= 0 && column < g.inWidth();
        return inside ? (plane * g.inHeight() + row) * g.inWidth() + column : -1;
    }

    private static void maxForward(Kernels kernels, PoolingGeometry g, Slab x, Slab y) {
        kernels.pooling().maxForward(g, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void maxBackward(Kernels kernels, PoolingGeometry g, Slab x, Slab dy, Slab dx) {
        kernels.pooling().maxBackward(g, x.array(), x.offset(), dy.array(), dy.offset(), dx.array(), dx.offset());
    }

    private static void averageForward(Kernels kernels, PoolingGeometry g, boolean countIncludePad, Slab x, Slab y) {
        kernels.pooling().averageForward(g, countIncludePad, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void averageBackward(
            Kernels kernels, PoolingGeometry g, boolean countIncludePad, boolean add, Slab dy, Slab dx) {
        kernels.pooling().averageBackward(g, countIncludePad, add, dy.array(), dy.offset(), dx.array(), dx.offset());
    }
}
