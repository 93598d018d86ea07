package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Kernels;

/** Convolutions; the bias may be null. */
final class ConvolutionSteps {
    private final Frame f;
    private final Kernels kernels;

    ConvolutionSteps(Frame frame, Kernels kernels) {
        this.f = frame;
        this.kernels = kernels;
    }

    Step forward(ConvolutionGeometry g, Operand x, Slot weight, Slot bias, Operand y) {
        var kernel = kernels.convolution(g);
        return () -> kernel.forward(
                g,
                f.array(x.slot()),
                f.offset(x.slot()),
                f.array(weight),
                f.offset(weight),
                bias == null ? null : f.array(bias),
                bias == null ? 0 : f.offset(bias),
                f.array(y.slot()),
                f.offset(y.slot()));
    }

    Step transposed(ConvolutionGeometry g, Operand x, Slot weight, Slot bias, Operand y) {
        var kernel = kernels.convolution(g);
        return () -> kernel.backwardData(
                g,
                f.array(x.slot()),
                f.offset(x.slot()),
                f.array(weight),
                f.offset(weight),
                bias == null ? null : f.array(bias),
                bias == null ? 0 : f.offset(bias),
                f.array(y.slot()),
                f.offset(y.slot()));
    }
}
