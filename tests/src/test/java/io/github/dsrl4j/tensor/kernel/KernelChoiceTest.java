package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class KernelChoiceTest {
    private static KernelChoice choose(String kernels) {
        String before = System.getProperty("dsrl4j.kernels");
        System.setProperty("dsrl4j.kernels", kernels);
        try {
            return KernelChoice.best();
        } finally {
            if (before == null) {
                System.clearProperty("dsrl4j.kernels");
            } else {
                System.setProperty("dsrl4j.kernels", before);
            }
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
}
