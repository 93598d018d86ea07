package io.github.dsrl4j.tensor.kernel.scalar;

import io.github.dsrl4j.tensor.kernel.Affinity;
import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.Elementwise;
import io.github.dsrl4j.tensor.kernel.Epilogue;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.MatrixProduct;
import io.github.dsrl4j.tensor.kernel.Movement;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.Pooling;
import io.github.dsrl4j.tensor.kernel.Reduction;
import io.github.dsrl4j.tensor.kernel.Resampling;
import io.github.dsrl4j.tensor.kernel.Softmax;
import io.github.dsrl4j.tensor.kernel.Update;

/**
 * The specification of the arithmetic: plain loops on one thread, to be read beside the formulas of the interfaces. Sums run
 * in double precision and are rounded once, so that every other implementation can be measured against these.
 */
public final class ScalarKernels implements Kernels {
    private final MatrixProduct matrixProduct = new ScalarMatrixProduct();
    private final Convolution convolution = new ScalarConvolution();
    private final Pooling pooling = new ScalarPooling();
    private final Resampling resampling = new ScalarResampling();
    private final Normalization normalization = new ScalarNormalization();
    private final Softmax softmax = new ScalarSoftmax();
    private final Elementwise elementwise = new ScalarElementwise();
    private final Reduction reduction = new ScalarReduction();
    private final Movement movement = new ScalarMovement();
    private final Affinity affinity = new ScalarAffinity();
    private final Epilogue epilogue = new ScalarEpilogue();
    private final Update update = new ScalarUpdate();

    /** The kernels; they hold no state. */
    public ScalarKernels() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public MatrixProduct matrixProduct() {
        return matrixProduct;
    }

    @Override
    public Convolution convolution() {
        return convolution;
    }

    /** The loops of {@link #convolution()}: a depthwise convolution is one whose groups hold a single channel. */
    @Override
    public Convolution depthwise() {
        return convolution;
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
