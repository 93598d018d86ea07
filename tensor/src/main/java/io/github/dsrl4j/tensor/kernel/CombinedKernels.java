package io.github.dsrl4j.tensor.kernel;

/** Kernels of one kind, but for the matrix product, which another library does. */
record CombinedKernels(Kernels base, String library, MatrixProduct matrixProduct) implements Kernels {
    @Override
    public String name() {
        return base.name() + "+" + library;
    }

    @Override
    public Convolution convolution() {
        return base.convolution();
    }

    @Override
    public Convolution depthwise() {
        return base.depthwise();
    }

    @Override
    public DepthwisePyramid depthwisePyramid() {
        return base.depthwisePyramid();
    }

    @Override
    public Pooling pooling() {
        return base.pooling();
    }

    @Override
    public Resampling resampling() {
        return base.resampling();
    }

    @Override
    public Normalization normalization() {
        return base.normalization();
    }

    @Override
    public NormalizedActivation normalizedActivation() {
        return base.normalizedActivation();
    }

    @Override
    public Softmax softmax() {
        return base.softmax();
    }

    @Override
    public Elementwise elementwise() {
        return base.elementwise();
    }

    @Override
    public Reduction reduction() {
        return base.reduction();
    }

    @Override
    public Movement movement() {
        return base.movement();
    }

    @Override
    public Affinity affinity() {
        return base.affinity();
    }

    @Override
    public Epilogue epilogue() {
        return base.epilogue();
    }

    @Override
    public Update update() {
        return base.update();
    }
}
