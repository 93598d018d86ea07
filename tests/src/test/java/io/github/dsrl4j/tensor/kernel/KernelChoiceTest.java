package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
