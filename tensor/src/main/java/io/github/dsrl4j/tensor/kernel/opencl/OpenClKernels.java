package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Epilogue;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Movement;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.Reduction;
import io.github.dsrl4j.tensor.kernel.Resampling;
import io.github.dsrl4j.tensor.kernel.Softmax;
import io.github.dsrl4j.tensor.kernel.Update;

/**
 * Kernels on an OpenCL device. The arrays that they take are the mirrors of its arenas, in which only the offset means anything; any
 * other array is refused. Sums have a fixed order, so the same device gives the same bits.
 */
public final class OpenClKernels implements Kernels {
    private final MatrixProduct matrixProduct;
    private final Convolution convolution;
    private final Affinity affinity;
    private final Pooling pooling;
    private final Resampling resampling;
    private final Normalization normalization;
    private final NormalizedActivation normalizedActivation;
    private final Softmax softmax;
    private final Elementwise elementwise;
    private final Reduction reduction;
    private final Movement movement;
    private final Epilogue epilogue;
    private final Update update;

    /** The kernels of an open device. */
    public OpenClKernels(OpenClContext context) {
        matrixProduct = new OpenClMatrixProduct(context);
        convolution = new OpenClConvolution(context);
        affinity = new OpenClAffinity(context);
        pooling = new OpenClPooling(context);
        resampling = new OpenClResampling(context);
        normalization = new OpenClNormalization(context);
        normalizedActivation = new OpenClNormalizedActivation(context, this);
        softmax = new OpenClSoftmax(context);
        elementwise = new OpenClElementwise(context);
        reduction = new OpenClReduction(context);
        movement = new OpenClMovement(context);
        epilogue = new OpenClEpilogue(context);
        update = new OpenClUpdate(context);
    }

    @Override
    public String name() {
        return "opencl";
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
        return convolution;
    }

    @Override
    public Affinity affinity() {
        return affinity;
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
    public Epilogue epilogue() {
        return epilogue;
    }

    @Override
    public Update update() {
        return update;
    }
}
