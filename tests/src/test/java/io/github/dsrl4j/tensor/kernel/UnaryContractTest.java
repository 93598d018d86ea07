package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Elementwise.Unary;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of one number and their derivatives, also where the output is the memory of an input. */
final class UnaryContractTest {
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
            // The derivatives of tanh and sigmoid subtract from 1, which errs by a unit of 1 however small the
            // difference.
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
            case TANH, SIGMOID ->
                Slab.of(n, i -> Math.exp(3 * random.nextGaussian()) * (random.nextBoolean() ? 1 : -1));
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
                Arguments.of(
                        Unary.RELU, new float[] {0, -0f, NAN, INFINITY, -INFINITY}, new float[] {0, 0, NAN, INFINITY, 0
                        }),
                Arguments.of(
                        Unary.SIGMOID,
                        new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f},
                        new float[] {0.5f, NAN, 1, 0, 1, 0, 0.5f}),
                Arguments.of(Unary.TANH, new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f}, new float[] {
                    0, NAN, 1, -1, 1, -1, 1e-30f
                }),
                Arguments.of(
                        Unary.EXP,
                        new float[] {0, NAN, INFINITY, -INFINITY, 1e4f, -1e4f, 1e-30f, 89, 88.7f},
                        new float[] {1, NAN, INFINITY, 0, INFINITY, 0, 1, INFINITY, (float) Math.exp(88.7f)}),
                Arguments.of(
                        Unary.LOG,
                        new float[] {0, NAN, INFINITY, -1, 1, Float.MAX_VALUE, Float.MIN_NORMAL, 1e-40f},
                        new float[] {
                            -INFINITY,
                            NAN,
                            INFINITY,
                            NAN,
                            0,
                            (float) Math.log(Float.MAX_VALUE),
                            (float) Math.log(Float.MIN_NORMAL),
                            (float) Math.log(1e-40f)
                        }),
                Arguments.of(Unary.SQRT, new float[] {0, NAN, INFINITY, -1, 4}, new float[] {0, NAN, INFINITY, NAN, 2}),
                Arguments.of(Unary.ABS, new float[] {0, -0f, NAN, -INFINITY, -3}, new float[] {0, 0, NAN, INFINITY, 3}),
                Arguments.of(Unary.NEGATE, new float[] {0, NAN, INFINITY, 3}, new float[] {0, NAN, -INFINITY, -3}),
                Arguments.of(Unary.SQUARE, new float[] {-0f, NAN, -INFINITY, 1e30f, -3}, new float[] {
                    0, NAN, INFINITY, INFINITY, 9
                }));
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

    private static void unary(Kernels kernels, Unary f, Slab x, Slab y) {
        kernels.elementwise().unary(f, x.length(), x.array(), x.offset(), y.array(), y.offset());
    }

    private static void unaryBackward(Kernels kernels, Unary f, Slab x, Slab y, Slab dy, Slab dx) {
        kernels.elementwise()
                .unaryBackward(
                        f,
                        x.length(),
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset());
    }
}
