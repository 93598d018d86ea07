package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.util.List;

/** The kernels that the contract is checked on. */
final class Implementations {
    /** What all others are measured against. */
    static final Kernels SCALAR = new ScalarKernels();

    /** Each list holds one implementation with several numbers of threads, which must agree to the bit. */
    static final List<List<Kernels>> ALL =
            List.of(List.of(SCALAR), List.of(new VectorKernels(1), new VectorKernels(2), new VectorKernels(3)));

    private Implementations() {}
}
