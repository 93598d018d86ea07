/** Shapes, tensors, devices, and the arithmetic on them. Depends on the JDK alone. */
@SuppressWarnings("requires-automatic") // jblas and Aparapi know no modules
module io.github.dsrl4j.tensor {
    // Optional: where it is missing, the scalar kernels do the work.
    requires static jdk.incubator.vector;
    // Optional: another matrix product, if it is chosen.
    requires static jblas;
    // Optional: OpenCL devices.
    requires static aparapi;

    exports io.github.dsrl4j.tensor;
    exports io.github.dsrl4j.tensor.kernel;
    exports io.github.dsrl4j.tensor.kernel.jblas;
    exports io.github.dsrl4j.tensor.kernel.opencl;
    exports io.github.dsrl4j.tensor.kernel.scalar;
    exports io.github.dsrl4j.tensor.kernel.vector;

    // Aparapi reads the fields of the device program and translates its bytecode.
    opens io.github.dsrl4j.tensor.kernel.opencl to
            aparapi;
}
