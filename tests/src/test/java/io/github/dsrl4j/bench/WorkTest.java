package io.github.dsrl4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.dsrl4j.bench.MachineWork.Bandwidth;
import io.github.dsrl4j.bench.PlaneOperation.Kind;
import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That contenders do the same work, that a wrong answer is caught, and what is counted. */
final class WorkTest {
    static Stream<Operation> operations() {
        return Stream.concat(
                Stream.of(Kind.values()).map(kind -> new PlaneOperation(kind, 2, 5, 6, 17)),
                Stream.of(
                        new Operation.Product(33),
                        new AffinityOperation(2, 8, 70),
                        ConvolutionOperation.of(2, 6, 9, 11, 4, 3, 2, 1, 2),
                        ConvolutionOperation.of(4, 16, 12, 15, 16, 3, 1, 2, 16),
                        ConvolutionOperation.doubling(2, 3, 5, 7)));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void kernelsAnswerAlike(Operation operation, @TempDir Path folder) throws Exception {
        for (boolean backward : new boolean[] {false, true}) {
            var work = new KernelWork(operation, backward);
            Path file = folder.resolve("reference");
            Reference.write(work, file);
            for (int threads = 1; threads <= 2; threads++) {
                Task task = Engine.VECTOR.prepare(work, threads);
                task.run();
                Reference.check(work, task.results(), Reference.read(file));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryIsMovedAsTheFormulaSays(boolean triad) {
        var work = new Bandwidth(triad, 1);
        Task task = work.on(2);
        task.run();
        assertArrayEquals(work.expected(), task.results().getFirst());
    }

    /** The scalar kernels compute one period of 1024 positions alone, from which the answer for all is derived. */
    @Test
    void repeatedMapsHaveTheAnswerOfOnePeriod() {
        var work = new KernelWork(new AffinityOperation(2, 4, 2048), true);
        Task derived = Engine.SCALAR.prepare(work, 1);
        derived.run();
        Task whole = work.on(new ScalarKernels());
        whole.run();
        Reference.check(work, derived.results(), whole.results());
    }

    @Test
    void plainFormulaNeedsMatricesOfAllPairs() {
        assertEquals(5L * 4 * 32768 * 32768, new AffinityOperation(1, 32, 32768).plainBytes());
        assertEquals(Optional.empty(), Memory.shortage(1000, "it is small"));
    }

    @Test
    void wrongAnswersAreCaught() {
        var work = new KernelWork(new Operation.Product(2), false);
        float[] right = new float[1 << 20];
        Arrays.fill(right, 1);
        assertDoesNotThrow(() -> Reference.check(work, List.of(right), List.of(right.clone())));
        float[] oneWrong = right.clone();
        oneWrong[12345] = 1.02f;
        assertRefused(
                "wrong answer: result 1 of 1 is off by 2.0e-05 of its norm, where 1e-05 is allowed",
                work,
                right,
                oneWrong);
        float[] notANumber = right.clone();
        notANumber[0] = Float.NaN;
        assertRefused(
                "wrong answer: result 1 of 1 is off by NaN of its norm, where 1e-05 is allowed",
                work,
                right,
                notANumber);
        assertRefused(
                "wrong answer: result 1 of 1 is off by Infinity of its norm, where 1e-05 is allowed",
                work,
                right,
                new float[3]);
        assertRefused("wrong answer: 2 results instead of 1", work, right, right, right);
    }

    private static void assertRefused(String message, Work work, float[] expected, float[]... results) {
        var e = assertThrows(
                IllegalStateException.class, () -> Reference.check(work, List.of(results), List.of(expected)));
        assertEquals(message, e.getMessage());
    }

    static Stream<Arguments> efforts() {
        long matrix = 4L * 1024 * 1024;
        var product = new Operation.Product(1024);
        var depthwise = ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 1, 64);
        var dense = ConvolutionOperation.of(1, 64, 128, 256, 64, 3, 1, 1, 1);
        long maps = 2L * 4 * 64 * 128 * 256;
        var affinity = new AffinityOperation(1, 32, 8192);
        long features = 4L * 32 * 8192;
        var loss = new PlaneOperation(Kind.CROSS_ENTROPY, 1, 11, 10, 10);
        return Stream.of(
                Arguments.of(product, false, new Effort(1L << 31, 3 * matrix)),
                Arguments.of(product, true, new Effort(3L << 31, 9 * matrix)),
                Arguments.of(depthwise, false, new Effort(2L * 64 * 128 * 256 * 9, maps + 4 * 64 * 9)),
                Arguments.of(dense, true, new Effort(6L * 64 * 64 * 128 * 256 * 9, 3 * (maps + 4L * 64 * 64 * 9))),
                // Each of the 100 positions that are doubled gives 3 x 3 products for each pair of channels.
                Arguments.of(
                        ConvolutionOperation.doubling(1, 11, 10, 10),
                        false,
                        new Effort(2L * 11 * 11 * 9 * 100, 4L * (1100 + 4400 + 1089))),
                Arguments.of(affinity, false, new Effort(2L * 32 * 8192 * 8192, 2 * features)),
                Arguments.of(affinity, true, new Effort(6L * 32 * 8192 * 8192, 4 * features)),
                Arguments.of(loss, false, new Effort(0, 4 * (1100 + 100))),
                Arguments.of(loss, true, new Effort(0, 4 * (3300 + 200))));
    }

    @ParameterizedTest
    @MethodSource("efforts")
    void effortIsCounted(Operation operation, boolean backward, Effort expected) {
        assertEquals(expected, new KernelWork(operation, backward).effort());
    }
}
