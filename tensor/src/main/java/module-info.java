/** Shapes, tensors, devices, and the arithmetic on them. Depends on the JDK alone. */
module io.github.dsrl4j.tensor {
    // Optional: where it is missing, the scalar kernels do the work.
    requires static jdk.incubator.vector;

    exports io.github.dsrl4j.tensor;
    exports io.github.dsrl4j.tensor.kernel;
    exports io.github.dsrl4j.tensor.kernel.scalar;
    exports io.github.dsrl4j.tensor.kernel.vector;
}
