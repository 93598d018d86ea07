package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.kernel.Affinity.Geometry;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The feature affinity loss against the plain formula with whole N x N matrices, in double. */
final class AffinityContractTest {
    /** Inner products and sums over positions in float blocks, divided by float norms. */
    private static final double UNITS = 32;

    /** Differences of similarities below this may change their sign in float, and with it the gradient. */
    private static final double AMBIGUOUS = 1e-5;

    static Stream<Geometry> geometries() {
        Stream<Geometry> odd = IntStream.of(1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 207)
                .boxed()
                .flatMap(n -> Stream.of(new Geometry(2, n, 3, 5), new Geometry(1, n, 20, 3)));
        Stream<Geometry> channels =
                IntStream.of(1, 2, 7, 8, 9, 16, 17, 33, 64).mapToObj(c -> new Geometry(1, 23, c, 4 * c % 13 + 1));
        return Stream.of(odd, channels, Stream.of(new Geometry(2, 660, 12, 12))).flatMap(stream -> stream);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void lossAndGradient(Geometry g) {
        var random = new Random(g.hashCode());
        Slab a = Slab.normal(random, g.batch() * g.channelsA() * g.positions());
        Slab b = Slab.normal(random, g.batch() * g.channelsB() * g.positions());
        check("random " + g, g, a, b);
        check("far from unit length " + g, g, scaled(a, 1e6), scaled(b, 1e-6));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void vectorsOfNoLength(Geometry g) {
        var random = new Random(g.hashCode());
        Slab a = Slab.normal(random, g.batch() * g.channelsA() * g.positions());
        Slab b = Slab.normal(random, g.batch() * g.channelsB() * g.positions());
        for (int i = 0; i < g.positions(); i += 3) {
            float tiny = i % 2 == 0 ? 0 : 1e-14f;
            for (int c = 0; c < g.batch() * g.channelsA(); c++) {
                a.set(c * g.positions() + i, tiny);
            }
            for (int c = 0; c < g.batch() * g.channelsB() && i % 4 == 0; c++) {
                b.set(c * g.positions() + i, -tiny);
            }
        }
        List<Slab> results = check("vectors of no length " + g, g, a, b);
        for (int i = 0; i < g.positions(); i += 3) {
            for (int c = 0; c < g.batch() * g.channelsA(); c++) {
                assertEquals(
                        0, Math.abs(results.get(1).get(c * g.positions() + i)), "gradient of a vector of no length");
            }
        }
    }

    @Test
    void nothingButZeros() {
        var g = new Geometry(2, 33, 4, 6);
        Slab zerosA = Slab.of(g.batch() * 4 * 33, i -> 0);
        Slab zerosB = Slab.of(g.batch() * 6 * 33, i -> 0);
        List<Slab> results = check("zeros", g, zerosA, zerosB);
        results.forEach(result -> assertZeros("zeros", result));
    }

    /** Equal features differ nowhere, so nothing pulls at them. */
    @Test
    void equalFeaturesGiveZero() {
        var g = new Geometry(2, 50, 12, 12);
        Slab a = Slab.normal(new Random(1), g.batch() * 12 * 50);
        for (var team : Implementations.ALL) {
            for (Kernels kernels : team) {
                Slab loss = Slab.poisoned(1);
                Slab da = Slab.poisoned(a.length());
                Slab db = Slab.poisoned(a.length());
                run(kernels, g, a, a.copy(), loss, da, db);
                assertZeros(kernels.name() + " loss", loss);
                assertZeros(kernels.name() + " da", da);
                assertZeros(kernels.name() + " db", db);
            }
        }
    }

    /** Zeros of either sign. */
    private static void assertZeros(String what, Slab slab) {
        assertArrayEquals(new float[slab.length()], slab.absolute().toArray(), what);
    }

    /** The gradient of one side alone, or none, changes nothing of the rest. */
    @Test
    void gradientsMayBeLeftOut() {
        var g = new Geometry(2, 37, 5, 9);
        var random = new Random(4);
        Slab a = Slab.normal(random, g.batch() * 5 * 37);
        Slab b = Slab.normal(random, g.batch() * 9 * 37);
        for (var team : Implementations.ALL) {
            for (Kernels kernels : team) {
                Slab loss = Slab.poisoned(1);
                Slab da = Slab.poisoned(a.length());
                Slab db = Slab.poisoned(b.length());
                run(kernels, g, a, b, loss, da, db);
                Slab[] others = {Slab.poisoned(1), Slab.poisoned(1), Slab.poisoned(1)};
                Slab onlyA = Slab.poisoned(a.length());
                Slab onlyB = Slab.poisoned(b.length());
                run(kernels, g, a, b, others[0], null, null);
                run(kernels, g, a, b, others[1], onlyA, null);
                run(kernels, g, a, b, others[2], null, onlyB);
                for (Slab other : others) {
                    other.assertSameBits(loss, kernels.name() + " loss");
                }
                onlyA.assertSameBits(da, kernels.name() + " da alone");
                onlyB.assertSameBits(db, kernels.name() + " db alone");
            }
        }
    }

    /** Central differences of the plain formula; differences that are 0 stay 0, since diagonals of S are always 1. */
    @Test
    void gradientAgreesWithFiniteDifferences() {
        var g = new Geometry(2, 6, 3, 4);
        var random = new Random(8);
        Slab a = Slab.normal(random, g.batch() * 3 * 6);
        Slab b = Slab.normal(random, g.batch() * 4 * 6);
        Slab loss = Slab.poisoned(1);
        Slab da = Slab.poisoned(a.length());
        Slab db = Slab.poisoned(b.length());
        run(Implementations.SCALAR, g, a, b, loss, da, db);
        double[] x = doubles(a);
        double[] y = doubles(b);
        assertEquals(plainLoss(g, x, y), loss.get(0), 1e-7);
        assertGradient(x, () -> plainLoss(g, x, y), da);
        assertGradient(y, () -> plainLoss(g, x, y), db);
    }

    private static void assertGradient(double[] x, DoubleSupplier loss, Slab gradient) {
        double step = 1e-6;
        for (int i = 0; i < x.length; i++) {
            double value = x[i];
            x[i] = value + step;
            double above = loss.getAsDouble();
            x[i] = value - step;
            double below = loss.getAsDouble();
            x[i] = value;
            // Rounding of the loss in double over the step is below 1e-9, truncation of order step^2.
            assertEquals((above - below) / (2 * step), gradient.get(i), 1e-7, "gradient " + i);
        }
    }

    @Test
    void workedByHand() {
        var g = new Geometry(1, 2, 2, 1);
        Slab a = Slab.of(3, 0, 4, 2);
        Slab b = Slab.of(-1, 5);
        Slab loss = Slab.poisoned(1);
        Slab da = Slab.poisoned(4);
        Slab db = Slab.poisoned(2);
        run(Implementations.SCALAR, g, a, b, loss, da, db);
        assertEquals(2 * (0.8f + 1) / 4, loss.get(0), 1e-7f);
        // Unit vectors (0.6, 0.8) and (0, 1): each gains half of the other, less what lies along itself, over its norm.
        assertArrayEquals(new float[] {-0.6f * 0.8f / 10, 0.6f / 4, 0.36f / 10, 0}, da.toArray(), 1e-7f);
        assertArrayEquals(new float[2], db.toArray(), 1e-7f);
    }

    private static List<Slab> check(String what, Geometry g, Slab a, Slab b) {
        var definition = new Definition(g, doubles(a), doubles(b));
        List<Slab> results = Contract.of(what, (k, s) -> run(k, g, s[0], s[1], s[2], s[3], s[4]))
                .reads(a, b)
                .writes(UNITS, definition.loss.magnitudes())
                .writes(UNITS, definition.da.magnitudes())
                .writes(UNITS, definition.db.magnitudes())
                .check();
        definition.loss.assertClose(what + " loss", 1, results.get(0));
        definition.da.assertClose(what + " da", 1, results.get(1));
        definition.db.assertClose(what + " db", 1, results.get(2));
        return results;
    }

    private static Slab scaled(Slab slab, double factor) {
        return Slab.of(slab.length(), i -> factor * slab.get(i));
    }

    private static double[] doubles(Slab slab) {
        return IntStream.range(0, slab.length()).mapToDouble(slab::get).toArray();
    }

    private static double plainLoss(Geometry g, double[] a, double[] b) {
        return new Definition(g, a, b).loss.value(0);
    }

    /** The formula with whole matrices. */
    private static final class Definition {
        final Sums loss = new Sums(1);
        final Sums da;
        final Sums db;
        private final double scale;

        Definition(Geometry g, double[] a, double[] b) {
            int n = g.positions();
            da = new Sums(a.length);
            db = new Sums(b.length);
            scale = 1.0 / g.batch() / n / n;
            for (int image = 0; image < g.batch(); image++) {
                double[][] unitA = new double[n][];
                double[][] unitB = new double[n][];
                double[] normA = new double[n];
                double[] normB = new double[n];
                for (int i = 0; i < n; i++) {
                    normA[i] = unit(unitA, i, a, image * g.channelsA() * n + i, g.channelsA(), n);
                    normB[i] = unit(unitB, i, b, image * g.channelsB() * n + i, g.channelsB(), n);
                }
                double[][] differences = new double[n][n];
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        differences[i][j] = dot(unitA[i], unitA[j]) - dot(unitB[i], unitB[j]);
                        loss.set(
                                0,
                                loss.value(0) + scale * Math.abs(differences[i][j]),
                                loss.magnitudes()[0] + scale * 2);
                    }
                }
                for (int i = 0; i < n; i++) {
                    addGradient(da, image * g.channelsA() * n + i, unitA, normA, differences, i, 1);
                    addGradient(db, image * g.channelsB() * n + i, unitB, normB, differences, i, -1);
                }
            }
        }

        private static double unit(double[][] units, int i, double[] x, int first, int channels, int n) {
            double[] vector = new double[channels];
            Arrays.setAll(vector, c -> x[first + c * n]);
            double norm = Math.sqrt(dot(vector, vector));
            units[i] =
                    Arrays.stream(vector).map(v -> norm < 1e-12 ? 0 : v / norm).toArray();
            return norm;
        }

        private static double dot(double[] u, double[] v) {
            double sum = 0;
            for (int c = 0; c < u.length; c++) {
                sum += u[c] * v[c];
            }
            return sum;
        }

        /** {@code dL/du[i] = 2 scale sum_j sign_ij u[j]}, then through the normalisation: {@code (I - u u^T) / norm}. */
        private void addGradient(
                Sums dx, int first, double[][] units, double[] norms, double[][] differences, int i, int sign) {
            if (norms[i] < 1e-12) {
                return;
            }
            int n = units.length;
            double[] upstream = new double[units[i].length];
            double slack = 0;
            double magnitude = 0;
            for (int j = 0; j < n; j++) {
                double s = sign * 2 * scale * Math.signum(differences[i][j]);
                for (int c = 0; c < upstream.length; c++) {
                    upstream[c] += s * units[j][c];
                }
                boolean ambiguous = i != j && Math.abs(differences[i][j]) < AMBIGUOUS;
                slack += ambiguous ? 4 * scale : 0;
                magnitude += 2 * scale;
            }
            double along = dot(units[i], upstream);
            for (int c = 0; c < upstream.length; c++) {
                double value = (upstream[c] - units[i][c] * along) / norms[i];
                dx.set(first + c * n, value, (magnitude + slack / (UNITS * Contract.UNIT)) / norms[i]);
            }
        }
    }

    private static void run(Kernels kernels, Geometry g, Slab a, Slab b, Slab loss, Slab da, Slab db) {
        kernels.affinity()
                .lossAndGradient(
                        g,
                        a.array(),
                        a.offset(),
                        b.array(),
                        b.offset(),
                        loss.array(),
                        loss.offset(),
                        da == null ? null : da.array(),
                        da == null ? 0 : da.offset(),
                        db == null ? null : db.array(),
                        db == null ? 0 : db.offset());
    }
}
