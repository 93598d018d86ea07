package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.ArrayList;
import java.util.List;

/** An operation of a certain size, of which a {@link KernelWork} asks one pass or both. */
public sealed interface Operation permits Operation.Product, AffinityOperation, ConvolutionOperation, PlaneOperation {
    String name();

    /** Of the forward pass. */
    Effort effort();

    /** Of both passes; as a rule there is one gradient of two inputs each, as costly as the output. */
    default Effort effortWithGradients() {
        return effort().times(3);
    }

    /** Whether rounding can change a result by more than rounding errors. */
    default boolean isChancy(int result) {
        return false;
    }

    /** Whether the inputs repeat themselves, so that the answer follows from a part of them. */
    default boolean repeats() {
        return false;
    }

    /** Draws inputs, among them the gradients of the outputs. */
    List<float[]> inputs(Inputs inputs);

    /** Allocates outputs. */
    Passes on(Kernels kernels, List<float[]> inputs);

    /** Both passes or the forward pass on the scalar kernels. */
    default Task specified(boolean backward, Inputs inputs) {
        return on(new ScalarKernels(), inputs(inputs)).task(backward);
    }

    /**
     * An operation on given kernels and inputs.
     *
     * @param forward writes the outputs
     * @param both writes outputs and gradients
     */
    record Passes(Runnable forward, List<float[]> outputs, Runnable both, List<float[]> gradients) {
        /** An operation whose gradients are computed after its outputs. */
        static Passes inTurn(Runnable forward, List<float[]> outputs, Runnable backward, List<float[]> gradients) {
            Runnable both = () -> {
                forward.run();
                backward.run();
            };
            return new Passes(forward, outputs, both, gradients);
        }

        /** The forward pass, or both. Results: the outputs, then what gradients were asked for. */
        Task task(boolean backward) {
            var results = new ArrayList<>(outputs);
            if (backward) {
                results.addAll(gradients);
            }
            return Task.of(backward ? both : forward, () -> results);
        }
    }

    /** The product of square matrices: C = A B, then dA = dC B' and dB = A' dC. Inputs: A, B and dC. Results: C, and dA, dB. */
    record Product(int size) implements Operation {
        @Override
        public String name() {
            return "matmul %1$dx%1$dx%1$d".formatted(size);
        }

        @Override
        public Effort effort() {
            return Effort.ofFloats(2L * size * size * size, 3L * size * size);
        }

        @Override
        public List<float[]> inputs(Inputs inputs) {
            return List.of(inputs.floats(size * size), inputs.floats(size * size), inputs.floats(size * size));
        }

        @Override
        public Passes on(Kernels kernels, List<float[]> inputs) {
            return by(kernels.matrixProduct(), inputs);
        }

        Passes by(MatrixProduct product, List<float[]> inputs) {
            int n = size;
            float[] a = inputs.get(0);
            float[] b = inputs.get(1);
            float[] dc = inputs.get(2);
            float[] c = new float[n * n];
            float[] da = new float[n * n];
            float[] db = new float[n * n];
            Runnable forward = () -> product.multiply(n, n, n, false, a, 0, n, false, b, 0, n, c, 0, n, false);
            Runnable backward = () -> {
                product.multiply(n, n, n, false, dc, 0, n, true, b, 0, n, da, 0, n, false);
                product.multiply(n, n, n, true, a, 0, n, false, dc, 0, n, db, 0, n, false);
            };
            return Passes.inTurn(forward, List.of(c), backward, List.of(da, db));
        }
    }
}
