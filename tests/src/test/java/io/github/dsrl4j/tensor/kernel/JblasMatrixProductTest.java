package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** jblas as an optional part; what it computes is checked by {@link MatrixProductContractTest}, as it is of the others. */
final class JblasMatrixProductTest {
    private static void needsJblas() {
        JblasMatrixProduct.Probe probe = JblasMatrixProduct.probe();
        assumeTrue(probe.works(), () -> "jblas was not tested: " + probe.reason());
    }

    @Test
    void isTestedWithTheOthersWhereItWorks() {
        needsJblas();
        assertTrue(Implementations.ALL.stream()
                .flatMap(List::stream)
                .anyMatch(kernels -> kernels.name().equals("scalar+jblas")));
    }

    @Test
    void isTakenWhenAskedFor() {
        needsJblas();
        KernelChoice choice = KernelChoiceTest.choose("scalar", "jblas");
        assertEquals("scalar+jblas", choice.kernels().name());
        assertEquals("scalar", choice.kernels().base().name());
        assertEquals(
                "scalar kernels, 1 thread (asked for by -Ddsrl4j.kernels=scalar); matrix product by jblas"
                        + " (asked for by -Ddsrl4j.matrixProduct=jblas; jblas multiplies, on one thread)",
                choice.reason());
        float[] c = new float[1];
        choice.kernels()
                .matrixProduct()
                .multiply(1, 1, 2, false, new float[] {3, 4}, 0, 2, false, new float[] {5, 6}, 0, 1, c, 0, 1, false);
        assertArrayEquals(new float[] {39}, c);
    }

    @Test
    void withoutItAllGoesOnAndTheReasonIsSaid() throws Exception {
        // The kernels of this project alone, without the jar of jblas.
        URL kernels = KernelChoice.class.getProtectionDomain().getCodeSource().getLocation();
        try (var loader = new URLClassLoader(new URL[] {kernels}, ClassLoader.getPlatformClassLoader())) {
            Object probe = loader.loadClass(JblasMatrixProduct.class.getName())
                    .getMethod("probe")
                    .invoke(null);
            assertEquals(false, probe.getClass().getMethod("works").invoke(probe));
            assertEquals(
                    "jblas is not there: put org.jblas:jblas:1.2.5 on the class path, or on the module path with"
                            + " --add-modules jblas",
                    probe.getClass().getMethod("reason").invoke(probe));
            KernelChoiceTest.with("scalar", "jblas", () -> {
                Object choice = loader.loadClass(KernelChoice.class.getName())
                        .getMethod("best")
                        .invoke(null);
                String reason = (String) choice.getClass().getMethod("reason").invoke(choice);
                assertTrue(
                        reason.startsWith(
                                "scalar kernels, 1 thread (asked for by -Ddsrl4j.kernels=scalar); matrix product, too, though"
                                        + " -Ddsrl4j.matrixProduct=jblas was asked for: jblas is not there"),
                        reason);
                return null;
            });
        }
    }

    @Test
    void onlyTheMatrixProductIsAnotherOne() throws Exception {
        Kernels base = new ScalarKernels();
        Kernels combined = new CombinedKernels(base, "other", new JblasMatrixProduct());
        for (Method family : Kernels.class.getMethods()) {
            if (family.getParameterCount() == 0 && !List.of("name", "base").contains(family.getName())) {
                Object own = family.invoke(base);
                Object other = family.invoke(combined);
                if (family.getName().equals("matrixProduct")) {
                    assertNotSame(own, other);
                } else if (!Kernels.class.getMethod(family.getName()).isDefault()) {
                    assertSame(own, other, family.getName());
                } else {
                    assertEquals(own.getClass(), other.getClass(), family.getName());
                }
            }
        }
        assertSame(base, combined.base());
        assertSame(base, base.base());
        assertFalse(base.name().contains("+"));
    }
}
