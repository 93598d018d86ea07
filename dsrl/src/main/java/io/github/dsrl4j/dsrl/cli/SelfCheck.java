package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.tensor.kernel.Convolution;
import io.github.dsrl4j.tensor.kernel.ConvolutionGeometry;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.scalar.ScalarKernels;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Compares the kernels of this machine with the scalar ones, which are their specification, on a few small convolutions. */
final class SelfCheck {
    private static final int REPETITIONS = 50;
    /** Of float32 sums over at most 144 products, relative to the largest value. */
    private static final double TOLERANCE = 1e-5;

    private SelfCheck() {}

    static Finding of(Kernels kernels) {
        var dense = geometry(16, 1);
        var depthwise = geometry(16, 16);
        double error =
                Math.max(error(dense, kernels.convolution(dense)), error(depthwise, kernels.convolution(depthwise)));
        String figures = "%s and scalar kernels differ by %.1e at most (relative) on 3x3 convolutions"
                .formatted(kernels.name(), error);
        return error <= TOLERANCE
                ? Finding.ok("self-check", figures)
                : Finding.failed(
                        "self-check",
                        figures
                                + ", more than rounding explains; work with -Ddsrl4j.kernels=scalar and report this machine");
    }

    private static ConvolutionGeometry geometry(int channels, int groups) {
        return new ConvolutionGeometry(1, channels, 24, 37, channels, 24, 37, 3, 3, 1, 1, 1, 1, 1, 1, groups);
    }

    /** The largest difference of the outputs, relative to the largest output. */
    private static double error(ConvolutionGeometry g, Convolution convolution) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        float[] x = values(random, g.batch() * g.inChannels() * g.inArea());
        float[] weight = values(random, g.outChannels() * g.inChannelsPerGroup() * g.kernelArea());
        float[] expected = new float[g.batch() * g.outChannels() * g.outArea()];
        new ScalarKernels().convolution(g).forward(g, x, 0, weight, 0, null, 0, expected, 0);
        float[] actual = new float[expected.length];
        // Several times, so that compiled code is checked, too.
        for (int i = 0; i < REPETITIONS; i++) {
            convolution.forward(g, x, 0, weight, 0, null, 0, actual, 0);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double here = Math.abs((double) expected[i] - actual[i]);
            difference = Double.isNaN(here) ? Double.POSITIVE_INFINITY : Math.max(difference, here);
        }
        return difference / largest;
    }

    private static float[] values(RandomGenerator random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
