package io.github.dsrl4j.tensor.kernel.vector;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.DepthwisePyramid;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Epilogue;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Movement;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.Parallel;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.Reduction;
import io.github.dsrl4j.tensor.kernel.Resampling;
import io.github.dsrl4j.tensor.kernel.Softmax;
import io.github.dsrl4j.tensor.kernel.Update;

/**
 * Kernels on the Vector API, of whatever width the machine prefers, shared out over a team of threads. All families use one team;
 * what a piece of work computes follows from the sizes alone, so that results are the same bits for any number of threads.
 */
public final class VectorKernels implements Kernels {
    private final Parallel parallel;
    private final MatrixProduct matrixProduct;
    private final VectorConvolution convolution;
    private final VectorDepthwise depthwise;
    private final Pooling pooling;
    private final Resampling resampling;
    private final Normalization normalization;
    private final NormalizedActivation normalizedActivation;
    private final Softmax softmax;
    private final Elementwise elementwise;
    private final Reduction reduction;
    private final Movement movement;
    private final Affinity affinity;
    private final Epilogue epilogue;
    private final Update update;

    /** Kernels that use {@code threads} threads, the calling one included. */
    public VectorKernels(int threads) {
        parallel = new Parallel(threads);
        matrixProduct = new VectorMatrixProduct(parallel);
        convolution = new VectorConvolution(parallel);
        depthwise = new VectorDepthwise(parallel, convolution);
        pooling = new VectorPooling(parallel);
        resampling = new VectorResampling(parallel);
        normalization = new VectorNormalization(parallel);
        normalizedActivation = new VectorNormalizedActivation(parallel);
        softmax = new VectorSoftmax(parallel);
        elementwise = new VectorElementwise(parallel);
        reduction = new VectorReduction(parallel);
        movement = new VectorMovement(parallel);
        affinity = new VectorAffinity(parallel);
        epilogue = new VectorEpilogue(parallel);
        update = new VectorUpdate(parallel);
    }

    @Override
    public String name() {
        return "vector";
    }

    /** Vector width and threads, in one line. */
    public String description() {
        return "vector kernels, %d-bit (%d float lanes), %d thread%s"
                .formatted(
                        Lanes.SPECIES.vectorBitSize(),
                        Lanes.LANES,
                        parallel.threads(),
                        parallel.threads() == 1 ? "" : "s");
    }

    /** How many floats a vector of this machine holds. */
    public int lanes() {
        return Lanes.LANES;
    }

    /** How many threads share the work, the calling one included. */
    public int threads() {
        return parallel.threads();
    }

    @Override
    public MatrixProduct matrixProduct() {
        return matrixProduct;
    }

    @Override
    public Convolution convolution() {
        return convolution;
    }

    @Override
    public Convolution depthwise() {
        return depthwise;
    }

    @Override
    public DepthwisePyramid depthwisePyramid() {
        return depthwise;
    }

    @Override
    public Pooling pooling() {
        return pooling;
    }

    @Override
    public Resampling resampling() {
        return resampling;
    }

    @Override
    public Normalization normalization() {
        return normalization;
    }

    @Override
    public NormalizedActivation normalizedActivation() {
        return normalizedActivation;
    }

    @Override
    public Softmax softmax() {
        return softmax;
    }

    @Override
    public Elementwise elementwise() {
        return elementwise;
    }

    @Override
    public Reduction reduction() {
        return reduction;
    }

    @Override
    public Movement movement() {
        return movement;
    }

    @Override
    public Affinity affinity() {
        return affinity;
    }

    @Override
    public Epilogue epilogue() {
        return epilogue;
    }

    @Override
    public Update update() {
        return update;
    }
}
