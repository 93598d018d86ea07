package io.github.dsrl4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dsrl4j.tensor.OpenClTestDevice;
import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which kernels the contract tests are about on this machine; what is missing is skipped here, where it can be seen. */
final class ImplementationsTest {
    private static List<String> namesWith(String part) {
        return Implementations.ALL.stream()
                .map(team -> team.getFirst().name())
                .filter(name -> name.contains(part))
                .toList();
    }

    @Test
    void scalarAndVectorKernelsAreHeldToTheContract() {
        assertEquals(
                List.of("scalar"),
                namesWith("scalar").stream().filter(n -> !n.contains("jblas")).toList());
        assertEquals(1, namesWith("vector").size());
        assertEquals(3, Implementations.ALL.getLast().size(), "numbers of threads");
    }

    @Test
    void jblasIsHeldToTheContract() {
        JblasMatrixProduct.Probe probe = JblasMatrixProduct.probe();
        assumeTrue(probe.works(), () -> "skipped: " + probe.reason());
        assertEquals(1, namesWith("jblas").size());
    }

    @Test
    void bothOpenClProgramsAreHeldToTheContract() {
        OpenClTestDevice.require();
        assertEquals(List.of("opencl-cpu", "opencl-gpu"), namesWith("opencl"));
    }
}
