package io.github.dsrl4j.autograd;

import io.github.dsrl4j.autograd.op.AdaptiveAveragePool2d;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.AveragePool2d;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.autograd.op.BatchNormPrelu;
import io.github.dsrl4j.autograd.op.ChannelShuffle;
import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.CrossEntropy;
import io.github.dsrl4j.autograd.op.DepthwisePyramid;
import io.github.dsrl4j.autograd.op.Divide;
import io.github.dsrl4j.autograd.op.Dropout;
import io.github.dsrl4j.autograd.op.FeatureAffinity;
import io.github.dsrl4j.autograd.op.Linear;
import io.github.dsrl4j.autograd.op.LogSoftmax;
import io.github.dsrl4j.autograd.op.Matmul;
import io.github.dsrl4j.autograd.op.Max;
import io.github.dsrl4j.autograd.op.MaxPool2d;
import io.github.dsrl4j.autograd.op.Mean;
import io.github.dsrl4j.autograd.op.MeanSquaredError;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Pad;
import io.github.dsrl4j.autograd.op.Permute;
import io.github.dsrl4j.autograd.op.PixelShuffle;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.autograd.op.Prelu;
import io.github.dsrl4j.autograd.op.Reshape;
import io.github.dsrl4j.autograd.op.ResizeBilinear;
import io.github.dsrl4j.autograd.op.ResizeNearest;
import io.github.dsrl4j.autograd.op.Slice;
import io.github.dsrl4j.autograd.op.Softmax;
import io.github.dsrl4j.autograd.op.Subtract;
import io.github.dsrl4j.autograd.op.Sum;
import io.github.dsrl4j.autograd.op.TransposedConvolutionOptions;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Shapes that do not fit, for every operation that does not take them all. */
final class ShapeErrorCases {
    static final List<ShapeErrorCase> ALL = Stream.of(
                    convolutions(),
                    depthwisePyramids(),
                    transposedConvolutions(),
                    layers(),
                    arithmetic(),
                    images(),
                    losses(),
                    dimensions(),
                    movement())
            .flatMap(List::stream)
            .toList();

    private ShapeErrorCases() {}

    private static Variable v(int... dims) {
        return Variable.parameter(Tensor.zeros(Shape.of(dims)));
    }

    private static Tensor t(int... dims) {
        return Tensor.zeros(Shape.of(dims));
    }

    private static ShapeErrorCase of(Class<? extends Operation> operation, Supplier<Variable> use, String message) {
        return new ShapeErrorCase(operation, use, message);
    }

    private static List<ShapeErrorCase> convolutions() {
        var plain = ConvolutionOptions.DEFAULT;
        Class<Conv2d> op = Conv2d.class;
        return List.of(
                of(
                        op,
                        () -> v(1, 3, 64, 64).conv2d(v(8, 4, 3, 3), plain),
                        "conv2d: input has 3 channels, weight expects 4 x groups 1; input [1, 3, 64, 64], weight [8, 4, 3, 3]"),
                of(
                        op,
                        () -> v(1, 4, 8, 8).conv2d(v(5, 2, 3, 3), plain.groups(2)),
                        "conv2d: 5 output channels do not divide into 2 groups; weight [5, 2, 3, 3]"),
                of(
                        op,
                        () -> v(3, 64, 64).conv2d(v(8, 3, 3, 3), plain),
                        "conv2d: input must be [N, C, H, W], not of rank 3: [3, 64, 64]"),
                of(
                        op,
                        () -> v(1, 3, 8, 8).conv2d(v(8, 3), plain),
                        "conv2d: weight must be [out, in / groups, height, width], not of rank 2: [8, 3]"),
                of(
                        op,
                        () -> v(1, 3, 8, 8).conv2d(v(8, 3, 3, 3), v(7), plain),
                        "conv2d: bias must be [8], one value a channel, not [7]"),
                of(
                        op,
                        () -> v(1, 3, 4, 9)
                                .conv2d(v(8, 3, 3, 3), plain.dilation(3).padding(1)),
                        "conv2d: the dilated kernel is larger than the padded input; input [1, 3, 4, 9], weight [8, 3, 3, 3], padding 1 x 1, dilation 3 x 3"));
    }

    private static List<ShapeErrorCase> depthwisePyramids() {
        var plain = ConvolutionOptions.DEFAULT;
        Class<DepthwisePyramid> op = DepthwisePyramid.class;
        return List.of(
                of(
                        op,
                        () -> depthwisePyramid(
                                List.of(plain.groups(4), plain.groups(4).dilation(2)),
                                v(1, 4, 8, 9),
                                v(4, 1, 3, 3),
                                v(4, 1, 3, 3)),
                        "depthwisePyramid: branch 1 comes to 4 x 5 with stride 1 x 1, branch 0 to 6 x 7 with stride 1 x 1; choose padding = dilation (kernel - 1) / 2; input [1, 4, 8, 9], weight [4, 1, 3, 3]"),
                of(
                        op,
                        () -> depthwisePyramid(List.of(plain.groups(2)), v(1, 4, 8, 9), v(4, 2, 3, 3)),
                        "depthwisePyramid: branch 0 has groups 2 and 4 filters, the input has 4 channels; all must be the same; input [1, 4, 8, 9], weight [4, 2, 3, 3]"));
    }

    private static Variable depthwisePyramid(List<ConvolutionOptions> branches, Variable... inputs) {
        return Variable.apply(new DepthwisePyramid(branches), inputs);
    }

    private static List<ShapeErrorCase> transposedConvolutions() {
        var plain = TransposedConvolutionOptions.DEFAULT;
        Class<ConvTranspose2d> op = ConvTranspose2d.class;
        return List.of(
                of(
                        op,
                        () -> v(1, 3, 8, 8).convTranspose2d(v(4, 2, 3, 3), plain),
                        "convTranspose2d: input has 3 channels, weight expects 4; input [1, 3, 8, 8], weight [4, 2, 3, 3]"),
                of(
                        op,
                        () -> v(1, 3, 8, 8).convTranspose2d(v(3, 2, 3, 3), plain.groups(2)),
                        "convTranspose2d: 3 input channels do not divide into 2 groups; input [1, 3, 8, 8], weight [3, 2, 3, 3]"),
                of(
                        op,
                        () -> v(1, 4, 8, 8).convTranspose2d(v(4, 3, 3, 3), v(3), plain.groups(2)),
                        "convTranspose2d: bias must be [6], one value a channel, not [3]"),
                of(
                        op,
                        () -> v(1, 4, 8, 8)
                                .convTranspose2d(
                                        v(4, 3, 3, 3), plain.withStride(2).outputPadding(1, 2)),
                        "convTranspose2d: output padding must be less than the stride or the dilation; width has output padding 2, stride 2, dilation 1"),
                of(
                        op,
                        () -> v(1, 4, 1, 8).convTranspose2d(v(4, 3, 2, 2), plain.padding(1)),
                        "convTranspose2d: the padding leaves an output of 0 x 7; input [1, 4, 1, 8], weight [4, 3, 2, 2], padding 1 x 1"),
                of(
                        op,
                        () -> v(4, 8, 8).convTranspose2d(v(4, 3, 2, 2), plain),
                        "convTranspose2d: input must be [N, C, H, W], not of rank 3: [4, 8, 8]"));
    }

    /** The inputs are the parts, three values a channel, and perhaps a residual. */
    private static Variable batchNormPrelu(int parts, Variable... inputs) {
        return Variable.apply(new BatchNormPrelu(t(3), t(3), 0.1f, 1e-5f, parts, 1), inputs);
    }

    private static Variable batchNorm(Variable x, int weight, int bias, int mean, int variance) {
        return x.batchNorm(v(weight), v(bias), t(mean), t(variance), true, 0.1f, 1e-5f);
    }

    private static List<ShapeErrorCase> layers() {
        Class<BatchNorm> norm = BatchNorm.class;
        Class<BatchNormPrelu> fused = BatchNormPrelu.class;
        Class<Linear> linear = Linear.class;
        return List.of(
                of(
                        fused,
                        () -> batchNormPrelu(1, v(5), v(3), v(3), v(3)),
                        "batchNormPrelu: input must be [N, C, ...], not of rank 1: [5]"),
                of(
                        fused,
                        () -> batchNormPrelu(2, v(2, 1, 4), v(2, 2, 5), v(3), v(3), v(3)),
                        "batchNormPrelu: inputs must agree in all dimensions but 1; input 0 is [2, 1, 4], input 1 is [2, 2, 5]"),
                of(
                        fused,
                        () -> batchNormPrelu(2, v(2, 2, 4), v(2, 2, 4), v(3), v(3), v(3)),
                        "batchNormPrelu: weight must be [4], one value a channel, not [3]"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(2, 3, 4), v(3), v(2), v(3)),
                        "batchNormPrelu: bias must be [3], one value a channel, not [2]"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(2, 3, 4), v(3), v(3), v(1)),
                        "batchNormPrelu: slope must be [3], one value a channel, not [1]"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(2, 2, 4), v(2), v(2), v(2)),
                        "batchNormPrelu: running mean must be [2], one value a channel, not [3]"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(1, 3, 1, 1), v(3), v(3), v(3)),
                        "batchNormPrelu: training needs at least 2 values a channel; input [1, 3, 1, 1] has 1 (use a larger batch or image, or evaluation mode)"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(2, 3, 4), v(3), v(3), v(3), v(2, 3, 5)),
                        "batchNormPrelu: the residual must be [2, 3, 4], as the input, not [2, 3, 5]"),
                of(
                        fused,
                        () -> batchNormPrelu(1, v(2, 3, 4), v(3), v(3), v(3), v(2, 3, 4), v(2, 1, 4)),
                        "batchNormPrelu: the residual must be [2, 3, 4], as the input, not [2, 4, 4]"),
                of(
                        fused,
                        () -> Variable.apply(
                                new BatchNormPrelu(t(3), t(3), 0.1f, 1e-5f, 1, 2), v(2, 3, 4), v(3), v(3), v(3)),
                        "batchNormPrelu: 3 channels do not divide into 2 groups; input [2, 3, 4]"),
                of(norm, () -> batchNorm(v(5), 5, 5, 5, 5), "batchNorm: input must be [N, C, ...], not of rank 1: [5]"),
                of(
                        norm,
                        () -> batchNorm(v(2, 3, 4), 2, 3, 3, 3),
                        "batchNorm: weight must be [3], one value a channel, not [2]"),
                of(
                        norm,
                        () -> batchNorm(v(2, 3, 4), 3, 2, 3, 3),
                        "batchNorm: bias must be [3], one value a channel, not [2]"),
                of(
                        norm,
                        () -> batchNorm(v(2, 3, 4), 3, 3, 2, 3),
                        "batchNorm: running mean must be [3], one value a channel, not [2]"),
                of(
                        norm,
                        () -> batchNorm(v(2, 3, 4), 3, 3, 3, 2),
                        "batchNorm: running variance must be [3], one value a channel, not [2]"),
                of(
                        norm,
                        () -> batchNorm(v(1, 3, 1, 1), 3, 3, 3, 3),
                        "batchNorm: training needs at least 2 values a channel; input [1, 3, 1, 1] has 1 (use a larger batch or image, or evaluation mode)"),
                of(
                        Prelu.class,
                        () -> v(2, 3, 4).prelu(v(4)),
                        "prelu: slope must be [3], one a channel, or [1], not [4]; input [2, 3, 4]"),
                of(Prelu.class, () -> v(4).prelu(v(4)), "prelu: input must be [N, C, ...], not of rank 1: [4]"),
                of(
                        Dropout.class,
                        () -> Variable.apply(new Dropout(t(2, 3)), v(3)),
                        "dropout: input and its product with the mask must have one shape, not [3] and [2, 3]"),
                of(
                        Dropout.class,
                        () -> v(4).dropout2d(0.5f, new Random(1)),
                        "dropout: input must be [N, C, ...], not of rank 1: [4]"),
                of(
                        linear,
                        () -> v(2, 5).linear(v(3, 4), null),
                        "linear: input has rows of 5, weight expects 4; input [2, 5], weight [3, 4]"),
                of(linear, () -> v(2, 5).linear(v(5), null), "linear: weight must be [out, in], not of rank 1: [5]"),
                of(linear, () -> v().linear(v(3, 1), null), "linear: input must be [..., in], not of rank 0: []"),
                of(
                        linear,
                        () -> v(2, 5).linear(v(3, 5), v(5)),
                        "linear: bias must be [3], one value a channel, not [5]"));
    }

    private static List<ShapeErrorCase> arithmetic() {
        Class<Matmul> matmul = Matmul.class;
        return List.of(
                of(
                        Add.class,
                        () -> v(2, 3).plus(v(2, 4)),
                        "plus: shapes [2, 3] and [2, 4] do not broadcast: dimension 1 from the end is 3 and 4"),
                of(
                        Subtract.class,
                        () -> v(2, 3).minus(v(2)),
                        "minus: shapes [2, 3] and [2] do not broadcast: dimension 1 from the end is 3 and 2"),
                of(
                        Multiply.class,
                        () -> v(4, 1, 3).times(v(5, 2, 3)),
                        "times: shapes [4, 1, 3] and [5, 2, 3] do not broadcast: dimension 3 from the end is 4 and 5"),
                of(
                        Divide.class,
                        () -> v(2).dividedBy(v(3)),
                        "dividedBy: shapes [2] and [3] do not broadcast: dimension 1 from the end is 2 and 3"),
                of(
                        matmul,
                        () -> v(2, 3).matmul(v(2, 3)),
                        "matmul: a has rows of 3, b has columns of 2; a [2, 3], b [2, 3]"),
                of(matmul, () -> v(3).matmul(v(3, 2)), "matmul: a must be [..., m, k], not of rank 1: [3]"),
                of(matmul, () -> v(2, 3).matmul(v(3)), "matmul: b must be [..., k, n], not of rank 1: [3]"),
                of(
                        matmul,
                        () -> v(4, 2, 3).matmul(v(5, 3, 2)),
                        "matmul: the leading dimensions must be equal; a [4, 2, 3], b [5, 3, 2]"));
    }

    private static List<ShapeErrorCase> images() {
        var three = PoolingOptions.kernel(3);
        return List.of(
                of(
                        MaxPool2d.class,
                        () -> v(3, 8, 8).maxPool2d(three),
                        "maxPool2d: input must be [N, C, H, W], not of rank 3: [3, 8, 8]"),
                of(
                        MaxPool2d.class,
                        () -> v(1, 3, 2, 8).maxPool2d(three),
                        "maxPool2d: the kernel 3 x 3 is larger than the padded input; input [1, 3, 2, 8], padding 0 x 0"),
                of(
                        AveragePool2d.class,
                        () -> v(1, 3, 8, 0).averagePool2d(three.padding(1), true),
                        "averagePool2d: the kernel 3 x 3 is larger than the padded input; input [1, 3, 8, 0], padding 1 x 1"),
                of(
                        AdaptiveAveragePool2d.class,
                        () -> v(1, 3, 8, 8).adaptiveAveragePool2d(0, 2),
                        "adaptiveAveragePool2d: the output must be at least 1 x 1, not 0 x 2"),
                of(
                        AdaptiveAveragePool2d.class,
                        () -> v(1, 3, 0, 8).adaptiveAveragePool2d(2, 2),
                        "adaptiveAveragePool2d: the planes of input [1, 3, 0, 8] have no pixels"),
                of(
                        ResizeBilinear.class,
                        () -> v(3, 8, 8).resizeBilinear(4, 4, true),
                        "resizeBilinear: input must be [N, C, H, W], not of rank 3: [3, 8, 8]"),
                of(
                        ResizeBilinear.class,
                        () -> v(1, 3, 8, 8).resizeBilinear(4, -1, true),
                        "resizeBilinear: the output must be at least 1 x 1, not 4 x -1"),
                of(
                        ResizeNearest.class,
                        () -> v(1, 3, 8, 8).resizeNearest(0, 4),
                        "resizeNearest: the output must be at least 1 x 1, not 0 x 4"),
                of(Pad.class, () -> v(8, 8).pad(1, 1, 1, 1), "pad: input must be [N, C, H, W], not of rank 2: [8, 8]"),
                of(
                        PixelShuffle.class,
                        () -> v(1, 6, 2, 2).pixelShuffle(2),
                        "pixelShuffle: 6 channels do not divide by factor^2 = 4; input [1, 6, 2, 2]"),
                of(
                        PixelShuffle.class,
                        () -> v(4, 2, 2).pixelShuffle(2),
                        "pixelShuffle: input must be [N, C r^2, H, W], not of rank 3: [4, 2, 2]"),
                of(
                        ChannelShuffle.class,
                        () -> v(1, 6, 2, 2).channelShuffle(4),
                        "channelShuffle: 6 channels do not divide into 4 groups; input [1, 6, 2, 2]"),
                of(
                        ChannelShuffle.class,
                        () -> v(6).channelShuffle(2),
                        "channelShuffle: input must be [N, C, ...], not of rank 1: [6]"));
    }

    private static List<ShapeErrorCase> losses() {
        Class<CrossEntropy> entropy = CrossEntropy.class;
        Class<FeatureAffinity> affinity = FeatureAffinity.class;
        return List.of(
                of(
                        entropy,
                        () -> v(2, 5, 4, 6).crossEntropy(t(2, 6, 4), 255, null),
                        "crossEntropy: labels must be [2, 4, 6], one class id a position, not [2, 6, 4]; input [2, 5, 4, 6]"),
                of(
                        entropy,
                        () -> v(2, 5, 4, 6).crossEntropy(t(2, 4, 6), 255, t(4)),
                        "crossEntropy: class weights must be [5], one a class, not [4]; input [2, 5, 4, 6]"),
                of(
                        entropy,
                        () -> v(5).crossEntropy(t(), 255, null),
                        "crossEntropy: input must be [N, C, ...], not of rank 1: [5]"),
                of(
                        MeanSquaredError.class,
                        () -> v(2, 3).meanSquaredError(v(3)),
                        "meanSquaredError: input and target must have one shape, not [2, 3] and [3]"),
                of(
                        MeanSquaredError.class,
                        () -> v(0, 3).meanSquaredError(v(0, 3)),
                        "meanSquaredError: input [0, 3] has no elements"),
                of(
                        affinity,
                        () -> v(2, 4, 3, 3).featureAffinity(v(2, 5, 3, 4)),
                        "featureAffinity: the feature maps must agree in all but the channels, dimension 1; a [2, 4, 3, 3], b [2, 5, 3, 4]"),
                of(
                        affinity,
                        () -> v(2, 4).featureAffinity(v(2, 4)),
                        "featureAffinity: a must be [N, C, positions...], not of rank 2: [2, 4]"),
                of(
                        affinity,
                        () -> v(2, 4, 0).featureAffinity(v(2, 4, 0)),
                        "featureAffinity: there is no pair of positions; a [2, 4, 0], b [2, 4, 0]"));
    }

    private static List<ShapeErrorCase> dimensions() {
        return List.of(
                of(Softmax.class, () -> v(2, 3).softmax(2), "softmax: no dimension 2 in input [2, 3]"),
                of(LogSoftmax.class, () -> v(2, 3).logSoftmax(-3), "logSoftmax: no dimension -3 in input [2, 3]"),
                of(Sum.class, () -> v(2, 3).sum(2), "sum: no dimension 2 in input [2, 3]"),
                of(Mean.class, () -> v().mean(0), "mean: no dimension 0 in input []"),
                of(
                        Mean.class,
                        () -> v(2, 0).mean(1),
                        "mean: there is nothing to take the mean of in input [2, 0] along dimension 1"),
                of(Mean.class, () -> v(2, 0).mean(), "mean: there is nothing to take the mean of in input [2, 0]"),
                of(Max.class, () -> v(2, 3).max(3), "max: no dimension 3 in input [2, 3]"),
                of(Max.class, () -> v(2, 0).max(-1), "max: dimension -1 of input [2, 0] is empty"));
    }

    private static List<ShapeErrorCase> movement() {
        return List.of(
                of(
                        Concat.class,
                        () -> Variable.concat(1, v(2, 3, 4), v(2, 5, 4), v(2, 3, 5)),
                        "concat: inputs must agree in all dimensions but 1; input 0 is [2, 3, 4], input 2 is [2, 3, 5]"),
                of(
                        Concat.class,
                        () -> Variable.concat(0, v(2, 3), v(2)),
                        "concat: inputs must agree in all dimensions but 0; input 0 is [2, 3], input 1 is [2]"),
                of(Concat.class, () -> Variable.concat(2, v(2, 3)), "concat: no dimension 2 in input [2, 3]"),
                of(Concat.class, () -> Variable.concat(0), "concat: there is nothing to concatenate"),
                of(
                        Slice.class,
                        () -> v(2, 3).slice(-1, 1, 4),
                        "slice: no entries 1 to 4 in dimension 1, which has 3; input [2, 3]"),
                of(Slice.class, () -> v(2, 3).slice(2, 0, 1), "slice: no dimension 2 in input [2, 3]"),
                of(Reshape.class, () -> v(2, 3).reshape(4, 2), "reshape: [2, 3] holds 6 elements, [4, 2] holds 8"),
                of(
                        Reshape.class,
                        () -> v(2, 3).reshape(4, -1),
                        "reshape: no extent in place of -1 makes [4, -1] hold the 6 elements of [2, 3]"),
                of(
                        Reshape.class,
                        () -> v(2, 3).reshape(-1, 2, -1),
                        "reshape: only one extent may be -1, not two of [-1, 2, -1]"),
                of(
                        Permute.class,
                        () -> v(2, 3).permute(0, 0),
                        "permute: [0, 0] must name each dimension of input [2, 3] once (1 to 8 dimensions)"),
                of(
                        Permute.class,
                        () -> v(2, 3).permute(0, 1, 2),
                        "permute: [0, 1, 2] must name each dimension of input [2, 3] once (1 to 8 dimensions)"));
    }
}
