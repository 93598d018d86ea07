package io.github.dsrl4j.nn;

import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;

/**
 * Initial values of parameters. All use the given random source in row-major order and nothing else, so that a seed gives the
 * same weights everywhere.
 *
 * <p>A weight's fans are computed from its shape as PyTorch does, {@code fanIn = dim(1) x kernel area} and
 * {@code fanOut = dim(0) x kernel area}, with two consequences worth knowing. For a grouped convolution
 * {@code [out, in / groups, KH, KW]} the fan out counts all output channels, not those of one group. For a transposed
 * convolution {@code [in, out / groups, KH, KW]} the two change places: {@link FanMode#IN} means
 * {@code out / groups x kernel area}.
 */
public final class Init {
    /** The gain of a rectifier, {@code sqrt(2)}: half of the variance is lost where the input is negative. */
    public static final double RELU_GAIN = Math.sqrt(2);

    /** PyTorch initialises convolutions and linear layers with the gain of a leaky rectifier of slope sqrt(5). */
    private static final double DEFAULT_GAIN = leakyReluGain(Math.sqrt(5));

    private Init() {}

    /** Which of a weight's fans the variance is divided by. */
    public enum FanMode {
        /** Keeps the variance of activations in the forward pass. */
        IN,
        /** Keeps the variance of gradients in the backward pass. */
        OUT;

        /**
         * The fan of a weight of this shape: {@code dim(1)} (IN) or {@code dim(0)} (OUT) times all further extents.
         *
         * @throws IllegalArgumentException if the shape has fewer than two dimensions
         */
        public int of(Shape weight) {
            if (weight.rank() < 2) {
                throw new IllegalArgumentException(
                        "init: a fan needs a weight of at least two dimensions, not shape " + weight);
            }
            return weight.dim(this == IN ? 1 : 0) * weight.span(2, weight.rank());
        }
    }

    /** The gain of a leaky rectifier: {@code sqrt(2 / (1 + slope^2))}. */
    public static double leakyReluGain(double slope) {
        return Math.sqrt(2 / (1 + slope * slope));
    }

    /** {@link #kaimingNormal(RandomGenerator, Shape, FanMode, double)} with fan in and the rectifier's gain. */
    public static Tensor kaimingNormal(RandomGenerator random, Shape weight) {
        return kaimingNormal(random, weight, FanMode.IN, RELU_GAIN);
    }

    /** {@link #kaimingNormal(RandomGenerator, Shape, FanMode, double)} with the rectifier's gain. */
    public static Tensor kaimingNormal(RandomGenerator random, Shape weight, FanMode mode) {
        return kaimingNormal(random, weight, mode, RELU_GAIN);
    }

    /** Normal with mean 0 and standard deviation {@code gain / sqrt(fan)} (He et al., 2015). */
    public static Tensor kaimingNormal(RandomGenerator random, Shape weight, FanMode mode, double gain) {
        return normal(random, weight, 0, gain / Math.sqrt(mode.of(weight)));
    }

    /** Uniform in {@code [-b, b)} with {@code b = gain sqrt(3 / fan)}, which has the variance of {@link #kaimingNormal}. */
    public static Tensor kaimingUniform(RandomGenerator random, Shape weight, FanMode mode, double gain) {
        double bound = gain * Math.sqrt(3.0 / mode.of(weight));
        return uniform(random, weight, -bound, bound);
    }

    /**
     * What PyTorch gives the weight of a new convolution, transposed convolution or linear layer: {@link #kaimingUniform} with
     * fan in and slope sqrt(5), that is, uniform in {@code 1 / sqrt(fanIn)} around 0.
     */
    public static Tensor defaultWeight(RandomGenerator random, Shape weight) {
        return kaimingUniform(random, weight, FanMode.IN, DEFAULT_GAIN);
    }

    /**
     * What PyTorch gives the bias of a new layer: uniform in {@code 1 / sqrt(fanIn)} around 0.
     *
     * @param weight the shape of the weight that the bias belongs to
     * @param length the number of biases
     */
    public static Tensor defaultBias(RandomGenerator random, Shape weight, int length) {
        double bound = 1 / Math.sqrt(FanMode.IN.of(weight));
        return uniform(random, Shape.of(length), -bound, bound);
    }

    /** Independent normal samples. */
    public static Tensor normal(RandomGenerator random, Shape shape, double mean, double standardDeviation) {
        return fill(shape, () -> random.nextGaussian(mean, standardDeviation));
    }

    /** Independent samples, uniform from {@code from} (inclusive) to {@code to} (exclusive). */
    public static Tensor uniform(RandomGenerator random, Shape shape, double from, double to) {
        return fill(shape, () -> random.nextDouble(from, to));
    }

    /** Every element equal to {@code value}. */
    public static Tensor constant(Shape shape, float value) {
        return Tensor.full(shape, value);
    }

    private static Tensor fill(Shape shape, DoubleSupplier samples) {
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) samples.getAsDouble();
        }
        return Tensor.of(shape, values);
    }
}
