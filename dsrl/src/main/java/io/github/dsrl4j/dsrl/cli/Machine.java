package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.kernel.KernelChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of all commands that compute. */
final class Machine {
    private static final String THREADS = "dsrl4j.threads";
    private static final String MATRIX_PRODUCT = "dsrl4j.matrixProduct";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    private String words = "";

    /** Takes effect when the device is first used, which is after the options were read. */
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute; all processors if not given. The result is the same for any number.")
    @SuppressWarnings("UnusedMethod") // picocli calls it
    private void threads(int threads) {
        if (threads < 1 || threads > KernelChoice.MAX_THREADS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threads must lie between 1 and %d, not %d".formatted(KernelChoice.MAX_THREADS, threads));
        }
        words += " --threads " + threads;
        System.setProperty(THREADS, Integer.toString(threads));
    }

    @Option(
            names = "--matrix-product",
            paramLabel = "NAME",
            completionCandidates = Choices.OfMatrixProducts.class,
            description =
                    "What multiplies matrices: ${COMPLETION-CANDIDATES}; own if not given. jblas is taken where it works.")
    @SuppressWarnings("UnusedMethod") // picocli calls it
    private void matrixProduct(String name) {
        if (!KernelChoice.MATRIX_PRODUCTS.contains(name)) {
            throw new ParameterException(
                    spec.commandLine(), "--matrix-product: there is no '" + name + "'; choose own or jblas");
        }
        words += " --matrix-product " + name;
        System.setProperty(MATRIX_PRODUCT, name);
    }

    /** The options as they were given, for another command line. */
    String words() {
        return words;
    }

    /** Says on standard error which kernels were chosen and why. */
    void announce() {
        System.err.println(Device.cpu().description());
    }
}
