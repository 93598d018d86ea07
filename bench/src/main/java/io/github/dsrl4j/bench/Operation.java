package io.github.dsrl4j.bench;

import io.github.dsrl4j.bench.Work.Effort;
import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.List;

/** An operation of a certain size, of which a {@link KernelWork} asks one pass or both. */
sealed interface Operation permits Operation.Product, Operation.AffinityLoss, ConvolutionOperation, PlaneOperation {
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

    /** Draws inputs, among them the gradients of the outputs, and allocates outputs. */
    Passes on(Kernels kernels, Inputs inputs);

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
    }

    /** The product of square matrices: C = A B, then dA = dC B' and dB = A' dC. Results: C, and dA, dB. */
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
        public Passes on(Kernels kernels, Inputs inputs) {
            int n = size;
            float[] a = inputs.floats(n * n);
            float[] b = inputs.floats(n * n);
            float[] dc = inputs.floats(n * n);
            float[] c = new float[n * n];
            float[] da = new float[n * n];
            float[] db = new float[n * n];
            var product = kernels.matrixProduct();
            Runnable forward = () -> product.multiply(n, n, n, false, a, 0, n, false, b, 0, n, c, 0, n, false);
            Runnable backward = () -> {
                product.multiply(n, n, n, false, dc, 0, n, true, b, 0, n, da, 0, n, false);
                product.multiply(n, n, n, true, a, 0, n, false, dc, 0, n, db, 0, n, false);
            };
            return Passes.inTurn(forward, List.of(c), backward, List.of(da, db));
        }
    }

    /** The feature affinity loss of two maps with as many channels. Results: the loss, and da, db. */
    record AffinityLoss(int batch, int channels, int positions) implements Operation {
        @Override
        public String name() {
            return "affinity %d channels, %s%d positions"
                    .formatted(channels, batch == 1 ? "" : batch + " x ", positions);
        }

        /** Using the symmetry of both similarity matrices; their gradients take twice as much. */
        @Override
        public Effort effort() {
            return Effort.ofFloats(2L * batch * channels * positions * positions, 2L * batch * channels * positions);
        }

        /**
         * Where two similarities agree but for rounding, the sign of their difference, which the gradient is made of, is chance.
         * That happens in about N^2 10^-7 pairs, and changes the gradient at two positions by 2 / sqrt(N) of itself.
         */
        @Override
        public boolean isChancy(int result) {
            return result > 0;
        }

        @Override
        public Passes on(Kernels kernels, Inputs inputs) {
            var g = new Affinity.Geometry(batch, positions, channels, channels);
            float[] a = inputs.floats(batch * channels * positions);
            float[] b = inputs.floats(batch * channels * positions);
            float[] loss = new float[1];
            float[] da = new float[a.length];
            float[] db = new float[b.length];
            var affinity = kernels.affinity();
            Runnable forward = () -> affinity.lossAndGradient(g, a, 0, b, 0, loss, 0, null, 0, null, 0);
            Runnable both = () -> affinity.lossAndGradient(g, a, 0, b, 0, loss, 0, da, 0, db, 0);
            return new Passes(forward, List.of(loss), both, List.of(da, db));
        }
    }
}
