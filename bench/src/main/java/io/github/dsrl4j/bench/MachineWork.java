package io.github.dsrl4j.bench;

import io.github.dsrl4j.tensor.kernel.Parallel;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What the machine can do at most: the limits that all other works are held against. */
public sealed interface MachineWork extends Work {
    /** Runs on that many threads. */
    Task on(int threads);

    /** The result, from its formula. */
    float[] expected();

    /**
     * Fused multiply-adds on registers alone. Ten chains {@code x = x / 2 + 1} cover the latency of two units (8 on x86), and with their
     * two constants stay within 16 registers. Result: where they end, which is 2, for every piece of the work.
     */
    record FmaPeak() implements MachineWork {
        private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
        private static final int CHAINS = 10;
        private static final int LENGTH = 200_000;
        /** More pieces than threads, so that a thread that the system interrupts does not keep the others waiting. */
        private static final int PIECES = 16;

        @Override
        public String name() {
            return "fma peak";
        }

        @Override
        public Effort effort() {
            return new Effort(2L * PIECES * LENGTH * CHAINS * SPECIES.length(), 0);
        }

        @Override
        public float[] expected() {
            float[] ends = new float[PIECES];
            Arrays.fill(ends, 2);
            return ends;
        }

        @Override
        public Task on(int threads) {
            var team = new Parallel(threads);
            float[] ends = new float[PIECES];
            return Task.of(() -> team.forEach(PIECES, piece -> ends[piece] = chains()), () -> List.of(ends));
        }

        private static float chains() {
            var half = FloatVector.broadcast(SPECIES, 0.5f);
            var one = FloatVector.broadcast(SPECIES, 1);
            // Different beginnings, lest the compiler make one chain of all.
            var x0 = FloatVector.broadcast(SPECIES, 0);
            var x1 = FloatVector.broadcast(SPECIES, 1);
            var x2 = FloatVector.broadcast(SPECIES, 2);
            var x3 = FloatVector.broadcast(SPECIES, 3);
            var x4 = FloatVector.broadcast(SPECIES, 4);
            var x5 = FloatVector.broadcast(SPECIES, 5);
            var x6 = FloatVector.broadcast(SPECIES, 6);
            var x7 = FloatVector.broadcast(SPECIES, 7);
            var x8 = FloatVector.broadcast(SPECIES, 8);
            var x9 = FloatVector.broadcast(SPECIES, 9);
            for (int i = 0; i < LENGTH; i++) {
                x0 = x0.fma(half, one);
                x1 = x1.fma(half, one);
                x2 = x2.fma(half, one);
                x3 = x3.fma(half, one);
                x4 = x4.fma(half, one);
                x5 = x5.fma(half, one);
                x6 = x6.fma(half, one);
                x7 = x7.fma(half, one);
                x8 = x8.fma(half, one);
                x9 = x9.fma(half, one);
            }
            var sum = x0.add(x1)
                    .add(x2)
                    .add(x3)
                    .add(x4)
                    .add(x5)
                    .add(x6)
                    .add(x7)
                    .add(x8)
                    .add(x9);
            return sum.reduceLanes(VectorOperators.ADD) / (CHAINS * SPECIES.length());
        }
    }

    /**
     * Memory bandwidth, counted as in STREAM (McCalpin, 1995): what is read and written, not what the processor reads only because it is
     * about to be overwritten. Result: first, middle and last element of the array that is written.
     *
     * @param triad whether {@code c = a + 3 b} is computed, else {@code c = a}
     * @param mebibytes of all arrays together
     */
    record Bandwidth(boolean triad, int mebibytes) implements MachineWork {
        private static final int PIECES = 64;
        private static final float SCALE = 3;

        @Override
        public String name() {
            return "memory %s %d MiB".formatted(triad ? "triad" : "copy", mebibytes);
        }

        @Override
        public Effort effort() {
            return Effort.ofFloats(0, (long) arrays() * PIECES * pieceLength());
        }

        private int arrays() {
            return triad ? 3 : 2;
        }

        private int pieceLength() {
            return (mebibytes << 20) / Float.BYTES / arrays() / PIECES;
        }

        @Override
        public float[] expected() {
            float c = triad ? 1 + SCALE * 2 : 1;
            return new float[] {c, c, c};
        }

        @Override
        public Task on(int threads) {
            var team = new Parallel(threads);
            int piece = pieceLength();
            float[] a = new float[PIECES * piece];
            float[] b = new float[triad ? a.length : 0];
            float[] c = new float[a.length];
            Arrays.fill(a, 1);
            Arrays.fill(b, 2);
            IntConsumer work = triad ? p -> triad(a, b, c, p * piece, piece) : p -> copy(a, c, p * piece, piece);
            return Task.of(
                    () -> team.forEach(PIECES, work),
                    () -> List.of(new float[] {c[0], c[c.length / 2], c[c.length - 1]}));
        }

        // Plain loops, which the compiler makes vector code of.

        private static void copy(float[] a, float[] c, int from, int length) {
            for (int i = from; i < from + length; i++) {
                c[i] = a[i];
            }
        }

        private static void triad(float[] a, float[] b, float[] c, int from, int length) {
            for (int i = from; i < from + length; i++) {
                c[i] = a[i] + SCALE * b[i];
            }
        }
    }
}
