package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Element-wise arithmetic, also where the output is the memory of an input. */
final class ElementwiseContractTest {
    /** Approximations of transcendental functions err by a few units; the others have two or three operations. */
    private static final double UNITS = 6;

    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207, 100_003};
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @ParameterizedTest
    @EnumSource
    void unary(Unary f) {
        for (int n : SIZES) {
            Slab x = inputs(f, n);
            Slab dy = Slab.normal(new Random(n), n);
            var y = new Sums(n);
            for (int i = 0; i < n; i++) {
                double value = apply(f, x.get(i));
                y.set(i, value, Math.abs(value));
            }
            String what = f + " of " + n;
            Slab result = Contract.of(what, (k, s) -> unary(k, f, s[0], s[1]))
                    .reads(x)
                    .writes(isExact(f) ? 0 : UNITS, y.magnitudes())
                    .check()
                    .getFirst();
            y.assertClose(what, 1, result);
            Slab inPlace = Contract.of(what + " in place", (k, s) -> unary(k, f, s[0], s[0]))
                    .changes(x, isExact(f) ? 0 : UNITS, y.magnitudes())
                    .check()
                    .getFirst();
            assertArrayEquals(result.toArray(), inPlace.toArray(), what + " in place");
            checkBackward(f, x, result, dy);
        }
    }

    private static void checkBackward(Unary f, Slab x, Slab y, Slab dy) {
        var dx = new Sums(x.length());
        for (int i = 0; i < x.length(); i++) {
            double slope = derivative(f, x.get(i), y.get(i));
            // The derivatives of tanh and sigmoid subtract from 1, which errs by a unit of 1 however small the difference.
            double scale = f == Unary.TANH || f == Unary.SIGMOID ? 1 : Math.abs(slope);
            dx.set(i, dy.get(i) * slope, Math.abs(dy.get(i)) * scale);
        }
        String what = f + " backward of " + x.length();
        Slab result = Contract.of(what, (k, s) -> unaryBackward(k, f, s[0], s[1], s[2], s[3]))
                .reads(x, y, dy)
                .writes(UNITS, dx.magnitudes())
                .check()
                .getFirst();
        dx.assertClose(what, 3, result);
        Slab overDy = Contract.of(what + " in place of dy", (k, s) -> unaryBackward(k, f, s[0], s[1], s[2], s[2]))
                .reads(x, y)
                .changes(dy, UNITS, dx.magnitudes())
                .check()
                .getFirst();
        assertArrayEquals(result.toArray(), overDy.toArray(), what + " in place of dy");
        Slab overY = Contract.of(what + " in place of y", (k, s) -> unaryBackward(k, f, s[0], s[2], s[1], s[2]))
                .reads(x, dy)
                .changes(y, UNITS, dx.magnitudes())
                .check()
                .getFirst();
        assertArrayEquals(result.toArray(), overY.toArray(), what + " in place of y");
        Slab overX = Contract.of(what + " in place of x", (k, s) -> unaryBackward(k, f, s[2], s[0], s[1], s[2]))
                .reads(y, dy)
                .changes(x, UNITS, dx.magnitudes())
                .check()
                .getFirst();
        assertArrayEquals(result.toArray(), overX.toArray(), what + " in place of x");
    }

    private static Slab inputs(Unary f, int n) {
        var random = new Random(n);
        return switch (f) {
            case LOG, SQRT -> Slab.of(n, i -> Math.exp(10 * random.nextGaussian()));
            case EXP -> Slab.of(n, i -> 15 * random.nextGaussian());
            case TANH, SIGMOID -> Slab.of(n, i -> Math.exp(3 * random.nextGaussian()) * (random.nextBoolean() ? 1 : -1));
            default -> Slab.of(n, i -> random.nextInt(9) == 0 ? 0 : random.nextGaussian());
        };
    }

    private static boolean isExact(Unary f) {
        return switch (f) {
            case RELU, ABS, NEGATE, SQUARE, SQRT -> true;
            case SIGMOID, TANH, EXP, LOG -> false;
        };
    }

    private static double apply(Unary f, double x) {
        return switch (f) {
            case RELU -> x > 0 ? x : 0;
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SQRT -> Math.sqrt(x);
            case ABS -> Math.abs(x);
            case NEGATE -> -x;
            case SQUARE -> x * x;
        };
    }

    private static double derivative(Unary f, double x, double y) {
        return switch (f) {
            case RELU -> x > 0 ? 1 : 0;
            case SIGMOID -> y * (1 - y);
            case TANH -> 1 - y * y;
            case EXP -> y;
            case LOG -> 1 / x;
            case SQRT -> 0.5 / y;
            case ABS -> Math.signum(x);
            case NEGATE -> -1;
            case SQUARE -> 2 * x;
        };
    }

    static Stream<Arguments> specialValues() {
        return Stream.of(
                Arguments.of(Unary.RELU, new float[] {0, -0f, NAN, INFINITY, -INFINITY}, new float[] {0, 0, NAN, INFINITY, 0}),
                Arguments.of(
                        Unary.SIGMOID,
                        new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f},
                        new float[] {0.5f, NAN, 1, 0, 1, 0, 0.5f}),
                Arguments.of(
                        Unary.TANH,
                        new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f},
                        new float[] {0, NAN, 1, -1, 1, -1, 1e-30f}),
                Arguments.of(
                        Unary.EXP,
                        new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f, 89, 88.7f},
                        new float[] {1, NAN, INFINITY, 0, INFINITY, 0, 1, INFINITY, (float) Math.exp(88.7f)}),
                Arguments.of(
                        Unary.LOG,
                        new float[] {0, NAN, INFINITY, -1, 1, Float.MAX_VALUE, Float.MIN_NORMAL, 1e-40f},
                        new float[] {
                            -INFINITY, NAN, INFINITY, NAN, 0, (float) Math.log(Float.MAX_VALUE), (float) Math.log(Float.MIN_NORMAL),
                            (float) Math.log(1e-40f)
                        }),
                Arguments.of(Unary.SQRT, new float[] {0, NAN, INFINITY, -1, 4}, new float[] {0, NAN, INFINITY, NAN, 2}),
                Arguments.of(
                        Unary.ABS, new float[] {0, -0f, NAN, -INFINITY, -3}, new float[] {0, 0, NAN, INFINITY, 3}),
                Arguments.of(
                        Unary.NEGATE, new float[] {0, NAN, INFINITY, 3}, new float[] {0, NAN, -INFINITY, -3}),
                Arguments.of(
                        Unary.SQUARE, new float[] {-0f, NAN, -INFINITY, 1e30f, -3}, new float[] {0, NAN, INFINITY, INFINITY, 9}));
    }

    /** Each special value once in a full vector and once in the tail. */
    @ParameterizedTest
    @MethodSource
    void specialValues(Unary f, float[] x, float[] expected) {
        for (int n : new int[] {1, 64 * x.length}) {
            for (int first = 0; first < x.length; first++) {
                int shift = first;
                Slab in = Slab.of(n, i -> x[(i + shift) % x.length]);
                double[] magnitude = new double[n];
                for (int i = 0; i < n; i++) {
                    magnitude[i] = Math.abs(expected[(i + shift) % x.length]);
                    magnitude[i] = Double.isFinite(magnitude[i]) ? magnitude[i] : 0;
                }
                Slab out = Contract.of("special values of " + f, (k, s) -> unary(k, f, s[0], s[1]))
                        .reads(in)
                        .writes(UNITS, magnitude)
                        .check()
                        .getFirst();
                for (int i = 0; i < n; i++) {
                    float value = expected[(i + shift) % x.length];
                    assertEquals(value + 0f, out.get(i) + 0f, "scalar " + f + " of " + x[(i + shift) % x.length]);
                }
            }
        }
    }

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
            Slab c = Contract.of(f + " broadcast", (k, s) -> broadcast(k, f, dims, s[0], aStrides, s[1], bStrides, s[2]))
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

    @Test
    void fillAffineAndAddScaled() {
        for (int n : SIZES) {
            var random = new Random(n);
            Slab x = Slab.normal(random, n);
            Slab y = Slab.normal(random, n);
            for (float value : new float[] {0, -1.5f, NAN, INFINITY}) {
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
                .writes(2 * UNITS, dslope.magnitudes())
                .check();
        assertArrayEquals(dx.toArray(), backward.get(0).toArray());
        dslope.assertClose(what, 1, backward.get(1));
        Contract.of(
                        what + " backward in place of dy",
                        (k, s) -> preluBackward(k, batch, channels, area, s[0], s[1], s[2], s[2], s[3]))
                .reads(x, slope)
                .changes(dy, 0, null)
                .writes(2 * UNITS, dslope.magnitudes())
                .check();
        Contract.of(
                        what + " backward in place of x",
                        (k, s) -> preluBackward(k, batch, channels, area, s[2], s[0], s[1], s[2], s[3]))
                .reads(slope, dy)
                .changes(x, 0, null)
                .writes(2 * UNITS, dslope.magnitudes())
                .check();
    }

    private static void fill(Kernels kernels, float value, Slab y) {
        kernels.elementwise().fill(y.length(), value, y.array(), y.offset());
    }

    private static void unary(Kernels kernels, Unary f, Slab x, Slab y) {
        kernels.elementwise().unary(f, x.length(), x.array(), x.offset(), y.array(), y.offset());
    }

    private static void unaryBackward(Kernels kernels, Unary f, Slab x, Slab y, Slab dy, Slab dx) {
        kernels.elementwise()
                .unaryBackward(
                        f, x.length(), x.array(), x.offset(), y.array(), y.offset(), dy.array(), dy.offset(), dx.array(),
                        dx.offset());
    }

    private static void binary(Kernels kernels, Binary f, Slab a, Slab b, Slab c) {
        kernels.elementwise()
                .binary(f, a.length(), a.array(), a.offset(), b.array(), b.offset(), c.array(), c.offset());
    }

    private static void broadcast(
            Kernels kernels, Binary f, int[] dims, Slab a, int[] aStrides, Slab b, int[] bStrides, Slab c) {
        kernels.elementwise()
                .binaryBroadcast(
                        f, dims, a.array(), a.offset(), aStrides, b.array(), b.offset(), bStrides, c.array(), c.offset());
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
                        batch, channels, area, x.array(), x.offset(), slope.array(), slope.offset(), y.array(), y.offset());
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
