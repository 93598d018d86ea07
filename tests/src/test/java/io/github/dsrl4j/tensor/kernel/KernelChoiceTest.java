package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import org.junit.jupiter.api.Test;

final class KernelChoiceTest {
    private static KernelChoice choose(String kernels) {
        return choose(kernels, "own");
    }

    static KernelChoice choose(String kernels, String matrixProduct) {
        return with(kernels, matrixProduct, KernelChoice::best);
    }

    /** Runs {@code action} with these system properties. */
    static <T, X extends Exception> T with(String kernels, String matrixProduct, ScopedValue.CallableOp<T, X> action)
            throws X {
        String kernelsBefore = System.getProperty("dsrl4j.kernels");
        String productBefore = System.getProperty("dsrl4j.matrixProduct");
        System.setProperty("dsrl4j.kernels", kernels);
        System.setProperty("dsrl4j.matrixProduct", matrixProduct);
        try {
            return action.call();
        } finally {
            restore("dsrl4j.kernels", kernelsBefore);
            restore("dsrl4j.matrixProduct", productBefore);
        }
    }

    private static void restore(String property, String before) {
        if (before == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, before);
        }
    }

    @Test
    void scalarWhenAskedFor() {
        KernelChoice choice = choose("scalar");
        assertEquals("scalar", choice.kernels().name());
        assertEquals(1, choice.threads());
        assertEquals("scalar kernels, 1 thread (asked for by -Ddsrl4j.kernels=scalar)", choice.reason());
    }

    @Test
    void theReasonSaysWhatRuns() {
        KernelChoice choice = choose("vector");
        assertTrue(choice.reason().contains(choice.kernels().name()), choice.reason());
        assertTrue(choice.threads() >= 1);
    }

    @Test
    void asManyThreadsRunAsAreAskedFor() {
        String before = System.getProperty("dsrl4j.threads");
        try {
            for (int threads : new int[] {1, 3, 5}) {
                System.setProperty("dsrl4j.threads", Integer.toString(threads));
                KernelChoice choice = choose("vector");
                assertEquals(threads, choice.threads());
                assertEquals(
                        threads,
                        assertInstanceOf(VectorKernels.class, choice.kernels()).threads());
                assertTrue(choice.reason().contains(threads + " thread"), choice.reason());
            }
            for (String wrong : new String[] {"0", "-1", "two", "1025", ""}) {
                System.setProperty("dsrl4j.threads", wrong);
                var error = assertThrows(IllegalArgumentException.class, () -> choose("vector"));
                assertEquals(
                        "dsrl4j.threads: must be a whole number between 1 and 1024, not '" + wrong + "'",
                        error.getMessage());
            }
        } finally {
            restore("dsrl4j.threads", before);
        }
    }

    @Test
    void anUnknownNameIsAnError() {
        var error = assertThrows(IllegalArgumentException.class, () -> choose("magic"));
        assertEquals("dsrl4j.kernels: no kernels are called 'magic'; use vector or scalar", error.getMessage());
    }

    @Test
    void anUnknownMatrixProductIsAnError() {
        var error = assertThrows(IllegalArgumentException.class, () -> choose("scalar", "magic"));
        assertEquals("dsrl4j.matrixProduct: no matrix product is called 'magic'; use own or jblas", error.getMessage());
    }
}
