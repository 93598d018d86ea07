package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.jblas.JblasMatrixProduct;
import io.github.dsrl4j.tensor.kernel.opencl.HostKernels;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import io.github.dsrl4j.tensor.kernel.vector.VectorKernels;
import java.util.List;
import java.util.stream.Stream;

/** The kernels that the contract is checked on. */
final class Implementations {
    /** What all others are measured against. */
    static final Kernels SCALAR = new ScalarKernels();

    /** Each list holds one implementation with several numbers of threads, which must agree to the bit; the last has several. */
    static final List<List<Kernels>> ALL = Stream.of(
                    Stream.of(List.of(SCALAR)),
                    jblas(),
                    HostKernels.all().stream().map(List::of),
                    Stream.of(List.<Kernels>of(new VectorKernels(1), new VectorKernels(2), new VectorKernels(3))))
            .flatMap(implementations -> implementations)
            .toList();

    private Implementations() {}

    /** Nothing where jblas does not work, which {@link JblasMatrixProductTest} then says. */
    private static Stream<List<Kernels>> jblas() {
        return JblasMatrixProduct.probe().works()
                ? Stream.of(List.of(new CombinedKernels(SCALAR, "jblas", new JblasMatrixProduct())))
                : Stream.of();
    }
}
