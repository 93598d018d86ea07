package io.github.dsrl4j.tensor.kernel;

/**
 * The arithmetic of a device: one interface a family. A kernel takes plain arrays and offsets, checks nothing (operations
 * check shapes before they call), keeps no state between calls and gives the same bits for any number of threads. Unless
 * said otherwise a kernel overwrites its output and its output does not overlap its inputs.
 */
public interface Kernels {
    /** A short name for tables and errors, such as {@code vector}. */
    String name();

    /** The kernels that do everything but what another library was chosen for; these themselves where none was. */
    default Kernels base() {
        return this;
    }

    MatrixProduct matrixProduct();

    /** Convolution with any stride, padding, dilation and groups; its adjoint is the transposed convolution. */
    Convolution convolution();

    /** Convolution where every channel is convolved with one filter of its own: groups = input = output channels. */
    Convolution depthwise();

    /** Depthwise convolutions of one input, added up; made of {@link #depthwise} and sums where nothing faster is there. */
    default DepthwisePyramid depthwisePyramid() {
        return new ComposedDepthwisePyramid(this);
    }

    Pooling pooling();

    Resampling resampling();

    Normalization normalization();

    /** Batch normalisation and PReLU in one; made of {@link #normalization} and {@link #elementwise} where nothing faster is there. */
    default NormalizedActivation normalizedActivation() {
        return new ComposedNormalizedActivation(this);
    }

    Softmax softmax();

    Elementwise elementwise();

    Reduction reduction();

    Movement movement();

    Affinity affinity();

    Epilogue epilogue();

    Update update();

    /** The kernels for this geometry: {@link #depthwise} where it applies, else {@link #convolution}. */
    default Convolution convolution(ConvolutionGeometry geometry) {
        return geometry.isDepthwise() ? depthwise() : convolution();
    }
}
