package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "OpenJDK 64-Bit Server VM, 'mixed mode, sharing', true",
        "Java HotSpot(TM) 64-Bit Server VM, mixed mode, true",
        "OpenJDK 64-Bit Server VM, 'interpreted mode, sharing', false",
        "OpenJDK 64-Bit Zero VM, interpreted mode, false",
        "OpenJDK 64-Bit Zero VM, mixed mode, false",
        "Eclipse OpenJ9 VM, JRE 25 Linux amd64-64-Bit Compressed References, false"
    })
    void vectorsNeedACompilerForThem(String name, String info, boolean compiled) {
        assertEquals(compiled, KernelChoice.compilesVectors(name, info));
    }

    /** What a program says on standard error that uses the processor's device with these options of java. */
    private static String warning(String... options) throws Exception {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelChoiceTest.class.getName()));
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return said;
    }

    /** Uses the device twice. */
    public static void main(String[] arguments) {
        Device.cpu();
        Device.cpu();
    }

    @Test
    void slowKernelsThatNobodyAskedForAreAWarningInTheLog() throws Exception {
        String missing = warning();
        assertTrue(
                missing.contains(
                        "dsrl4j computes many times slower than it could: scalar kernels, 1 thread (the Vector API is"
                                + " missing: start java with --add-modules jdk.incubator.vector)"),
                missing);
        assertEquals(missing.indexOf("dsrl4j computes"), missing.lastIndexOf("dsrl4j computes"), "once");
        String interpreted = warning("--add-modules", "jdk.incubator.vector", "-Xint");
        assertTrue(interpreted.contains("does not compile the Vector API"), interpreted);
        assertFalse(warning("--add-modules", "jdk.incubator.vector").contains("dsrl4j"));
        assertFalse(warning("-Ddsrl4j.kernels=scalar").contains("dsrl4j"), "what is asked for");
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
