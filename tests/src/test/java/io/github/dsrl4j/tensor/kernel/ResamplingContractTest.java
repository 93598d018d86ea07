package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.dsrl4j.tensor.kernel.Resampling.Geometry;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ResamplingContractTest {
    /** A few for each product and sum in float; a weight near 0 errs by a unit of 1, for 1 - f is taken of a rounded f. */
    private static final double UNITS = 4;

    static Stream<Geometry> geometries() {
        int[] sizes = {1, 2, 3, 7, 8, 9, 16, 17, 33};
        Stream<Geometry> heights = IntStream.of(sizes)
                .boxed()
                .flatMap(in -> IntStream.of(sizes).mapToObj(out -> new Geometry(3, in, 5, out, 9)));
        Stream<Geometry> widths = IntStream.of(sizes)
                .boxed()
                .flatMap(in -> IntStream.of(sizes).mapToObj(out -> new Geometry(2, 4, in, 3, out)));
        Stream<Geometry> larger = Stream.of(
                new Geometry(1, 31, 100, 62, 200),
                new Geometry(5, 45, 60, 90, 120),
                new Geometry(2, 64, 207, 15, 31),
                new Geometry(207, 2, 3, 4, 6),
                new Geometry(1, 100, 100, 100, 100));
        return Stream.of(heights, widths, larger).flatMap(stream -> stream);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void bilinear(Geometry g) {
        var random = new Random(g.hashCode());
        Slab x = Slab.normal(random, g.planes() * g.inHeight() * g.inWidth());
        Slab dy = Slab.normal(random, g.planes() * g.outHeight() * g.outWidth());
        for (boolean alignCorners : new boolean[] {false, true}) {
            var y = new Sums(dy.length());
            var dx = new Sums(x.length());
            double[] slackY = new double[dy.length()];
            double[] slackDx = new double[x.length()];
            forEachPixel(g, (out, plane, i, j) -> {
                double row = position(i, g.inHeight(), g.outHeight(), alignCorners);
                double column = position(j, g.inWidth(), g.outWidth(), alignCorners);
                for (int r = (int) row; r < Math.min(row + 1, g.inHeight()); r++) {
                    for (int c = (int) column; c < Math.min(column + 1, g.inWidth()); c++) {
                        double weight = hat(r, row, g.inHeight()) * hat(c, column, g.inWidth());
                        int at = (plane * g.inHeight() + r) * g.inWidth() + c;
                        y.add(out, weight * x.get(at));
                        dx.add(at, weight * dy.get(out));
                        slackY[out] += Math.abs(x.get(at));
                        slackDx[at] += Math.abs(dy.get(out));
                    }
                }
            });
            String what = "bilinear, alignCorners " + alignCorners + ", " + g;
            // A position is a double near some hundred; its fraction, a weight, errs by that many units of 2^-53.
            double units = 1 + 1e-4;
            Slab forward = Contract.of(what, (k, s) -> bilinearForward(k, g, alignCorners, s[0], s[1]))
                    .reads(x)
                    .writes(UNITS, slackY)
                    .check()
                    .getFirst();
            y.assertClose(what, units, forward);
            Slab backward = Contract.of(what + " backward", (k, s) -> bilinearBackward(k, g, alignCorners, s[0], s[1]))
                    .reads(dy)
                    .writes(UNITS, slackDx)
                    .check()
                    .getFirst();
            dx.assertClose(what + " backward", units, backward);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void nearest(Geometry g) {
        var random = new Random(g.hashCode());
        Slab x = Slab.normal(random, g.planes() * g.inHeight() * g.inWidth());
        Slab dy = Slab.normal(random, g.planes() * g.outHeight() * g.outWidth());
        Slab y = Slab.poisoned(dy.length());
        var dx = new Sums(x.length());
        forEachPixel(g, (out, plane, i, j) -> {
            int row = i * g.inHeight() / g.outHeight();
            int column = j * g.inWidth() / g.outWidth();
            int at = (plane * g.inHeight() + row) * g.inWidth() + column;
            y.set(out, x.get(at));
            dx.add(at, dy.get(out));
        });
        Slab forward = Contract.of(
                        "nearest " + g,
                        (k, s) -> k.resampling()
                                .nearestForward(g, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(x)
                .writes(y.length())
                .check()
                .getFirst();
        assertArrayEquals(y.toArray(), forward.toArray(), g::toString);
        Slab backward = Contract.of(
                        "nearest backward " + g,
                        (k, s) -> k.resampling()
                                .nearestBackward(g, s[0].array(), s[0].offset(), s[1].array(), s[1].offset()))
                .reads(dy)
                .writes(4 * UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose("nearest backward " + g, 1, backward);
    }

    @Test
    void workedByHand() {
        Kernels scalar = Implementations.SCALAR;
        var g = new Geometry(1, 1, 2, 1, 4);
        Slab x = Slab.of(0, 4);
        Slab y = Slab.poisoned(4);
        bilinearForward(scalar, g, false, x, y);
        assertArrayEquals(new float[] {0, 1, 3, 4}, y.toArray());
        Slab wider = Slab.poisoned(5);
        bilinearForward(scalar, new Geometry(1, 1, 2, 1, 5), true, x, wider);
        assertArrayEquals(new float[] {0, 1, 2, 3, 4}, wider.toArray());

        Slab dx = Slab.poisoned(2);
        bilinearBackward(scalar, g, false, Slab.of(1, 2, 3, 4), dx);
        assertArrayEquals(new float[] {1 + 1.5f + 0.75f, 0.5f + 2.25f + 4}, dx.toArray());
    }

    private interface PixelVisitor {
        void visit(int out, int plane, int i, int j);
    }

    private static void forEachPixel(Geometry g, PixelVisitor visitor) {
        int out = 0;
        for (int plane = 0; plane < g.planes(); plane++) {
            for (int i = 0; i < g.outHeight(); i++) {
                for (int j = 0; j < g.outWidth(); j++) {
                    visitor.visit(out++, plane, i, j);
                }
            }
        }
    }

    private static double position(int index, int in, int out, boolean alignCorners) {
        if (alignCorners) {
            return out == 1 ? 0 : index * (in - 1.0) / (out - 1.0);
        }
        return Math.max(0, (index + 0.5) * in / out - 0.5);
    }

    /** The weight of a pixel for a source position: a hat around the pixel, which at the border stays at 1. */
    private static double hat(int pixel, double position, int in) {
        return Math.max(0, 1 - Math.abs(pixel - Math.min(position, in - 1.0)));
    }

    private static void bilinearForward(Kernels kernels, Geometry g, boolean alignCorners, Slab x, Slab y) {
        kernels.resampling().bilinearForward(g, alignCorners, x.array(), x.offset(), y.array(), y.offset());
    }

    private static void bilinearBackward(Kernels kernels, Geometry g, boolean alignCorners, Slab dy, Slab dx) {
        kernels.resampling().bilinearBackward(g, alignCorners, dy.array(), dy.offset(), dx.array(), dx.offset());
    }
}
