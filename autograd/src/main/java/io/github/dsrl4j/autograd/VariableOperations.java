package io.github.dsrl4j.autograd;

import io.github.dsrl4j.autograd.op.Abs;
import io.github.dsrl4j.autograd.op.AdaptiveAveragePool2d;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.Affine;
import io.github.dsrl4j.autograd.op.AveragePool2d;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.autograd.op.ChannelShuffle;
import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.CrossEntropy;
import io.github.dsrl4j.autograd.op.Divide;
import io.github.dsrl4j.autograd.op.Dropout;
import io.github.dsrl4j.autograd.op.Exp;
import io.github.dsrl4j.autograd.op.FeatureAffinity;
import io.github.dsrl4j.autograd.op.Linear;
import io.github.dsrl4j.autograd.op.Log;
import io.github.dsrl4j.autograd.op.LogSoftmax;
import io.github.dsrl4j.autograd.op.Matmul;
import io.github.dsrl4j.autograd.op.Max;
import io.github.dsrl4j.autograd.op.MaxPool2d;
import io.github.dsrl4j.autograd.op.Mean;
import io.github.dsrl4j.autograd.op.MeanSquaredError;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Negate;
import io.github.dsrl4j.autograd.op.Pad;
import io.github.dsrl4j.autograd.op.Permute;
import io.github.dsrl4j.autograd.op.PixelShuffle;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.Prelu;
import io.github.dsrl4j.autograd.op.Relu;
import io.github.dsrl4j.autograd.op.Reshape;
import io.github.dsrl4j.autograd.op.ResizeBilinear;
import io.github.dsrl4j.autograd.op.ResizeNearest;
import io.github.dsrl4j.autograd.op.Sigmoid;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.autograd.op.Softmax;
import io.github.dsrl4j.autograd.op.Sqrt;
import io.github.dsrl4j.autograd.op.Square;
import io.github.dsrl4j.autograd.op.Subtract;
import io.github.dsrl4j.autograd.op.Sum;
import io.github.dsrl4j.autograd.op.Tanh;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * The operations as methods of {@link Variable}, so that a network reads as a sentence. Formula, shapes and errors of each stand
 * with the operation that it names. A negative dimension counts from the end.
 */
abstract sealed class VariableOperations permits Variable {
    abstract Variable self();

    private Variable apply(Operation operation) {
        return Variable.apply(operation, self());
    }

    private Variable apply(Operation operation, Variable... others) {
        return Variable.apply(operation, Variable.prepend(self(), others));
    }

    /** {@link Conv2d} without bias. */
    public Variable conv2d(Variable weight, ConvolutionOptions options) {
        return apply(new Conv2d(options), weight);
    }

    /** {@link Conv2d}; {@code bias} may be null. */
    public Variable conv2d(Variable weight, Variable bias, ConvolutionOptions options) {
        return bias == null ? conv2d(weight, options) : apply(new Conv2d(options), weight, bias);
    }

    /** {@link ConvTranspose2d} without bias. */
    public Variable convTranspose2d(Variable weight, TransposedConvolutionOptions options) {
        return apply(new ConvTranspose2d(options), weight);
    }

    /** {@link ConvTranspose2d}; {@code bias} may be null. */
    public Variable convTranspose2d(Variable weight, Variable bias, TransposedConvolutionOptions options) {
        return bias == null ? convTranspose2d(weight, options) : apply(new ConvTranspose2d(options), weight, bias);
    }

    /** {@link BatchNorm}; with {@code training} the running statistics are updated in place. */
    public Variable batchNorm(
            Variable weight,
            Variable bias,
            Tensor runningMean,
            Tensor runningVariance,
            boolean training,
            float momentum,
            float epsilon) {
        return apply(new BatchNorm(runningMean, runningVariance, training, momentum, epsilon), weight, bias);
    }

    /** {@link Prelu} with a slope for each channel, {@code [C]}, or one for all, {@code [1]}. */
    public Variable prelu(Variable slope) {
        return apply(new Prelu(), slope);
    }

    /** {@link Relu}: max(x, 0). */
    public Variable relu() {
        return apply(new Relu());
    }

    /** {@link Sigmoid}: 1 / (1 + exp(-x)). */
    public Variable sigmoid() {
        return apply(new Sigmoid());
    }

    /** {@link Tanh}: the hyperbolic tangent. */
    public Variable tanh() {
        return apply(new Tanh());
    }

    /** {@link Exp}: the exponential function. */
    public Variable exp() {
        return apply(new Exp());
    }

    /** {@link Log}: the natural logarithm. */
    public Variable log() {
        return apply(new Log());
    }

    /** {@link Sqrt}: the square root. */
    public Variable sqrt() {
        return apply(new Sqrt());
    }

    /** {@link Abs}: the absolute value. */
    public Variable abs() {
        return apply(new Abs());
    }

    /** {@link Square}: x times x. */
    public Variable square() {
        return apply(new Square());
    }

    /** {@link Negate}: -x. */
    public Variable negate() {
        return apply(new Negate());
    }

    /** {@link Add}: the sum with a variable whose shape broadcasts with this one's. */
    public Variable plus(Variable other) {
        return apply(new Add(), other);
    }

    /** {@link Affine}: a constant added to each element. */
    public Variable plus(float constant) {
        return apply(new Affine(1, constant));
    }

    /** {@link Subtract}: the difference from a variable whose shape broadcasts with this one's. */
    public Variable minus(Variable other) {
        return apply(new Subtract(), other);
    }

    /** {@link Affine}: a constant taken from each element. */
    public Variable minus(float constant) {
        return apply(new Affine(1, -constant));
    }

    /** {@link Multiply}: the product, element by element, with a variable whose shape broadcasts with this one's. */
    public Variable times(Variable other) {
        return apply(new Multiply(), other);
    }

    /** {@link Affine}: each element times a constant. */
    public Variable times(float constant) {
        return apply(new Affine(constant, 0));
    }

    /** {@link Divide}: the quotient, element by element, by a variable whose shape broadcasts with this one's. */
    public Variable dividedBy(Variable other) {
        return apply(new Divide(), other);
    }

    /** {@link Matmul}: the matrix product with {@code other} on the right. */
    public Variable matmul(Variable other) {
        return apply(new Matmul(), other);
    }

    /** {@link Linear} with weight {@code [out, in]} and bias {@code [out]}, which may be null. */
    public Variable linear(Variable weight, Variable bias) {
        return bias == null ? apply(new Linear(), weight) : apply(new Linear(), weight, bias);
    }

    /** {@link MaxPool2d}. */
    public Variable maxPool2d(PoolingOptions options) {
        return apply(new MaxPool2d(options));
    }

    /** {@link AveragePool2d}; {@code countIncludePad} divides by the whole window's area, padding included. */
    public Variable averagePool2d(PoolingOptions options, boolean countIncludePad) {
        return apply(new AveragePool2d(options, countIncludePad));
    }

    /** {@link AdaptiveAveragePool2d} to {@code height x width} pixels. */
    public Variable adaptiveAveragePool2d(int height, int width) {
        return apply(new AdaptiveAveragePool2d(height, width));
    }

    /** {@link ResizeBilinear} to {@code height x width} pixels. */
    public Variable resizeBilinear(int height, int width, boolean alignCorners) {
        return apply(new ResizeBilinear(height, width, alignCorners));
    }

    /** {@link ResizeNearest} to {@code height x width} pixels. */
    public Variable resizeNearest(int height, int width) {
        return apply(new ResizeNearest(height, width));
    }

    /** {@link Softmax} along a dimension. */
    public Variable softmax(int dim) {
        return apply(new Softmax(dim));
    }

    /** {@link LogSoftmax} along a dimension. */
    public Variable logSoftmax(int dim) {
        return apply(new LogSoftmax(dim));
    }

    /**
     * {@link CrossEntropy} of these logits {@code [N, C, ...]} against labels {@code [N, ...]}, class ids as floats;
     * {@code classWeights [C]} may be null.
     */
    public Variable crossEntropy(Tensor labels, int ignoreIndex, Tensor classWeights) {
        return apply(new CrossEntropy(labels, ignoreIndex, classWeights));
    }

    /** {@link MeanSquaredError}: the mean of the squared differences from a target of the same shape. */
    public Variable meanSquaredError(Variable target) {
        return apply(new MeanSquaredError(), target);
    }

    /** {@link FeatureAffinity} loss between these features {@code [N, C_a, ...]} and others {@code [N, C_b, ...]}. */
    public Variable featureAffinity(Variable other) {
        return apply(new FeatureAffinity(), other);
    }

    /** {@link Sum} of all elements. */
    public Variable sum() {
        return apply(new Sum());
    }

    /** {@link Sum} along a dimension, which is left out of the result. */
    public Variable sum(int dim) {
        return apply(new Sum(dim));
    }

    /** {@link Mean} of all elements. */
    public Variable mean() {
        return apply(new Mean());
    }

    /** {@link Mean} along a dimension, which is left out of the result. */
    public Variable mean(int dim) {
        return apply(new Mean(dim));
    }

    /** {@link Max}: the largest values along a dimension, which is left out of the result. */
    public Variable max(int dim) {
        return apply(new Max(dim));
    }

    /** {@link Concat}: one after the other along a dimension. */
    public static Variable concat(int dim, Variable... parts) {
        return Variable.apply(new Concat(dim), parts);
    }

    /** {@link Slice}: entries {@code from} (inclusive) to {@code to} (exclusive) of a dimension. */
    public Variable slice(int dim, int from, int to) {
        return apply(new Slice(dim, from, to));
    }

    /** {@link Pad}: zeros around the images {@code [N, C, H, W]}. */
    public Variable pad(int top, int bottom, int left, int right) {
        return apply(new Pad(top, bottom, left, right));
    }

    /** {@link Reshape} to these extents, of which one may be -1: what the others leave. */
    public Variable reshape(int... dims) {
        return apply(new Reshape(Reshape.infer(self().shape(), dims)));
    }

    /** {@link Permute}: dimension {@code order[d]} becomes dimension d. */
    public Variable permute(int... order) {
        return apply(new Permute(order));
    }

    /** {@link PixelShuffle}: {@code [N, C r^2, H, W]} to {@code [N, C, H r, W r]}. */
    public Variable pixelShuffle(int factor) {
        return apply(new PixelShuffle(factor));
    }

    /** {@link ChannelShuffle} between groups of channels. */
    public Variable channelShuffle(int groups) {
        return apply(new ChannelShuffle(groups));
    }

    /** {@link Dropout} of single elements with probability {@code p}; what is random comes from {@code random} alone. */
    public Variable dropout(float p, RandomGenerator random) {
        return apply(new Dropout(Dropout.elementMask(self().value(), p, random)));
    }

    /** {@link Dropout} of whole channels of {@code [N, C, ...]} with probability {@code p}. */
    public Variable dropout2d(float p, RandomGenerator random) {
        return apply(new Dropout(Dropout.channelMask(self().value(), p, random)));
    }
}
