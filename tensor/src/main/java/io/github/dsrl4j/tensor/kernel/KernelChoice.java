package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.List;

/**
 * Kernels and the reason why they were chosen, decided once and said in one line; there is no silent fallback.
 *
 * <p>System properties: {@code dsrl4j.kernels} is {@code vector} or {@code scalar} (default: the best that runs);
 * {@code dsrl4j.threads} is the number of threads (default: all processors); {@code dsrl4j.matrixProduct} is {@code own} (default) or
 * {@code jblas}, which is taken if it works here.
 */
public record KernelChoice(Kernels kernels, int threads, String reason) {
    /** What {@code dsrl4j.matrixProduct} may be. */
    public static final List<String> MATRIX_PRODUCTS = List.of("own", "jblas");

    /** The most threads: more than any machine has that this runs on, and few enough to be started at once. */
    public static final int MAX_THREADS = 1024;

    /** The best kernels that this Java machine can run, or those that the system properties ask for. */
    public static KernelChoice best() {
        int threads = threads(System.getProperty("dsrl4j.threads"));
        return withMatrixProduct(System.getProperty("dsrl4j.matrixProduct", "own"), own(threads));
    }

    private static int threads(String wanted) {
        if (wanted == null) {
            return Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
        }
        if (!wanted.matches("[1-9][0-9]{0,3}") || Integer.parseInt(wanted) > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "dsrl4j.threads: must be a whole number between 1 and %d, not '%s'".formatted(MAX_THREADS, wanted));
        }
        return Integer.parseInt(wanted);
    }

    private static KernelChoice own(int threads) {
        String wanted = System.getProperty("dsrl4j.kernels", "vector");
        return switch (wanted) {
            case "scalar" -> scalar("asked for by -Ddsrl4j.kernels=scalar");
            case "vector" -> vectorOrScalar(threads);
            default ->
                throw new IllegalArgumentException(
                        "dsrl4j.kernels: no kernels are called '" + wanted + "'; use vector or scalar");
        };
    }

    private static KernelChoice withMatrixProduct(String wanted, KernelChoice own) {
        return switch (wanted) {
            case "own" -> own;
            case "jblas" -> {
                JblasMatrixProduct.Probe probe = JblasMatrixProduct.probe();
                yield probe.works()
                        ? new KernelChoice(
                                new CombinedKernels(own.kernels, wanted, new JblasMatrixProduct()),
                                own.threads,
                                own.reason + "; matrix product by jblas (asked for by -Ddsrl4j.matrixProduct=jblas; "
                                        + probe.reason() + ")")
                        : new KernelChoice(
                                own.kernels,
                                own.threads,
                                own.reason
                                        + "; matrix product, too, though -Ddsrl4j.matrixProduct=jblas was asked for: "
                                        + probe.reason());
            }
            default ->
                throw new IllegalArgumentException(
                        "dsrl4j.matrixProduct: no matrix product is called '" + wanted + "'; use own or jblas");
        };
    }

    /** The specification: plain loops on one thread. */
    public static KernelChoice scalar(String why) {
        return new KernelChoice(new ScalarKernels(), 1, "scalar kernels, 1 thread (" + why + ")");
    }

    private static KernelChoice vectorOrScalar(int threads) {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return scalar("the Vector API is missing: start java with --add-modules jdk.incubator.vector");
        }
        if (!hasOptimisingCompiler()) {
            return scalar(
                    "this Java machine runs without the C2 compiler, under which the Vector API is slower than scalar");
        }
        return VectorAccess.choose(threads);
    }

    private static boolean hasOptimisingCompiler() {
        String info = System.getProperty("java.vm.info", "");
        return !info.contains("interpreted")
                && !System.getProperty("java.vm.name", "").contains("Zero");
    }

    /** Kept apart so that the Vector API's classes are loaded only where they exist. */
    private static final class VectorAccess {
        static KernelChoice choose(int threads) {
            var kernels = new io.github.dsrl4j.tensor.kernel.vector.VectorKernels(threads);
            return new KernelChoice(kernels, threads, kernels.description());
        }
    }
}
