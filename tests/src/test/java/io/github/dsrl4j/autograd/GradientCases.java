package io.github.dsrl4j.autograd;

import static io.github.dsrl4j.autograd.Values.awayFromZero;
import static io.github.dsrl4j.autograd.Values.distinct;
import static io.github.dsrl4j.autograd.Values.normal;
import static io.github.dsrl4j.autograd.Values.other;
import static io.github.dsrl4j.autograd.Values.positive;

import io.github.dsrl4j.autograd.op.Abs;
import io.github.dsrl4j.autograd.op.AdaptiveAveragePool2d;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.Affine;
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
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Every operation with every kind of option, on small tensors. */
final class GradientCases {
    static final List<GradientCase> ALL = Stream.of(
                    convolutions(),
                    depthwisePyramids(),
                    transposedConvolutions(),
                    normalizations(),
                    activations(),
                    arithmetic(),
                    products(),
                    pooling(),
                    resampling(),
                    softmax(),
                    losses(),
                    reductions(),
                    movement())
            .flatMap(List::stream)
            .toList();

    private GradientCases() {}

    private static GradientCase convolution(String name, ConvolutionOptions options, Tensor... inputs) {
        return GradientCase.of(
                Conv2d.class,
                name,
                inputs.length == 2 ? v -> v[0].conv2d(v[1], options) : v -> v[0].conv2d(v[1], v[2], options),
                inputs);
    }

    private static List<GradientCase> convolutions() {
        var plain = ConvolutionOptions.DEFAULT;
        return List.of(
                convolution("plain", plain, normal(2, 3, 5, 6), normal(4, 3, 3, 3), normal(4)),
                convolution("without bias", plain, normal(1, 2, 4, 4), normal(3, 2, 2, 3)),
                convolution("1 x 1", plain, normal(2, 4, 3, 4), normal(3, 4, 1, 1), normal(3)),
                convolution("padding", plain.padding(1), normal(1, 2, 4, 5), normal(3, 2, 3, 3), normal(3)),
                convolution("padding 2 x 1", plain.padding(2, 1), normal(1, 2, 4, 5), normal(3, 2, 3, 3)),
                convolution(
                        "stride", plain.withStride(2).padding(1), normal(1, 2, 6, 7), normal(3, 2, 3, 3), normal(3)),
                convolution(
                        "dilation", plain.dilation(2).padding(2), normal(1, 2, 6, 5), normal(3, 2, 3, 3), normal(3)),
                convolution("dilation 1 x 3", plain.dilation(1, 3), normal(1, 2, 4, 8), normal(3, 2, 2, 3)),
                convolution("groups", plain.groups(2).padding(1), normal(1, 4, 4, 5), normal(6, 2, 3, 3), normal(6)),
                convolution("depthwise", plain.groups(3).padding(1), normal(2, 3, 5, 4), normal(3, 1, 3, 3), normal(3)),
                convolution(
                        "depthwise, stride and dilation",
                        plain.groups(2).withStride(2).padding(2).dilation(2),
                        normal(1, 2, 7, 6),
                        normal(2, 1, 3, 3),
                        normal(2)),
                convolution(
                        "depthwise with a multiplier",
                        plain.groups(2),
                        normal(1, 2, 4, 5),
                        normal(4, 1, 3, 3),
                        normal(4)),
                convolution(
                        "everything",
                        new ConvolutionOptions(2, 3, 1, 2, 2, 1, 2),
                        normal(2, 4, 7, 8),
                        normal(4, 2, 3, 2),
                        normal(4)));
    }

    private static List<GradientCase> depthwisePyramids() {
        var plain = ConvolutionOptions.DEFAULT.groups(2);
        return List.of(
                depthwisePyramid("of one", List.of(plain), normal(1, 2, 4, 5), normal(2, 1, 3, 3)),
                depthwisePyramid(
                        "dilated",
                        List.of(plain.padding(1), plain.padding(2).dilation(2)),
                        normal(2, 2, 5, 4),
                        normal(2, 1, 3, 3),
                        other(2, 1, 3, 3)),
                depthwisePyramid(
                        "stride",
                        List.of(
                                plain.withStride(2).padding(1),
                                plain.withStride(2).padding(1),
                                plain.withStride(2).padding(3).dilation(3)),
                        normal(1, 2, 5, 6),
                        normal(2, 1, 3, 3),
                        other(2, 1, 3, 3),
                        normal(2, 1, 3, 3)));
    }

    private static GradientCase depthwisePyramid(String name, List<ConvolutionOptions> branches, Tensor... inputs) {
        return GradientCase.of(
                DepthwisePyramid.class, name, v -> Variable.apply(new DepthwisePyramid(branches), v), inputs);
    }

    private static GradientCase transposed(String name, TransposedConvolutionOptions options, Tensor... inputs) {
        return GradientCase.of(
                ConvTranspose2d.class,
                name,
                inputs.length == 2
                        ? v -> v[0].convTranspose2d(v[1], options)
                        : v -> v[0].convTranspose2d(v[1], v[2], options),
                inputs);
    }

    private static List<GradientCase> transposedConvolutions() {
        var plain = TransposedConvolutionOptions.DEFAULT;
        return List.of(
                transposed("plain", plain, normal(2, 3, 3, 4), normal(3, 2, 3, 3), normal(2)),
                transposed("without bias", plain, normal(1, 2, 3, 3), normal(2, 3, 2, 2)),
                transposed("1 x 1", plain, normal(1, 3, 3, 4), normal(3, 2, 1, 1), normal(2)),
                transposed(
                        "doubling",
                        plain.withStride(2).padding(1).outputPadding(1),
                        normal(1, 2, 3, 4),
                        normal(2, 3, 3, 3),
                        normal(3)),
                transposed(
                        "stride 2, kernel 2", plain.withStride(2), normal(1, 3, 3, 2), normal(3, 2, 2, 2), normal(2)),
                transposed("dilation", plain.dilation(2).padding(1), normal(1, 2, 4, 3), normal(2, 2, 3, 3), normal(2)),
                transposed(
                        "output padding up to the dilation",
                        plain.dilation(3).outputPadding(2, 1),
                        normal(1, 2, 3, 3),
                        normal(2, 2, 2, 2),
                        normal(2)),
                transposed("groups", plain.groups(2).withStride(2), normal(1, 4, 3, 3), normal(4, 3, 3, 3), normal(6)),
                transposed(
                        "depthwise",
                        plain.groups(3).withStride(2).padding(1).outputPadding(1),
                        normal(1, 3, 3, 4),
                        normal(3, 1, 3, 3),
                        normal(3)),
                transposed(
                        "everything",
                        new TransposedConvolutionOptions(2, 3, 1, 2, 1, 2, 2, 1, 2),
                        normal(2, 4, 3, 4),
                        normal(4, 2, 3, 2),
                        normal(4)));
    }

    private static GradientCase batchNorm(String name, boolean training, Tensor x, int channels) {
        return GradientCase.of(
                BatchNorm.class,
                name,
                v -> v[0].batchNorm(
                        v[1],
                        v[2],
                        other(channels).to(v[0].value().device()),
                        positive(channels).to(v[0].value().device()),
                        training,
                        0.1f,
                        1e-3f),
                x,
                normal(channels),
                other(channels));
    }

    private static List<GradientCase> normalizations() {
        return List.of(
                batchNorm("training", true, normal(2, 3, 3, 4), 3),
                batchNorm("training, [N, C]", true, normal(5, 3), 3),
                batchNorm("evaluation", false, normal(2, 3, 3, 4), 3),
                batchNorm("evaluation of one value", false, normal(1, 3, 1, 1), 3),
                batchNormPrelu("alone", 1, normal(2, 3, 3, 4)),
                batchNormPrelu("of two parts", 2, normal(2, 1, 3, 4), normal(2, 2, 3, 4)),
                batchNormPrelu("with residual", 1, normal(2, 3, 3, 4), alternating(2, 3, 3, 4)),
                batchNormPrelu("of parts, with residual", 2, normal(5, 2), other(5, 1), alternating(5, 3)),
                batchNormPrelu("residual of parts", 1, normal(5, 3), alternating(5, 1), alternating(5, 2)),
                batchNormPrelu("shuffled", 1, 2, normal(5, 6, 2)),
                batchNormPrelu("of parts, shuffled", 2, 2, normal(5, 4, 2), other(5, 2, 2)),
                batchNormPrelu("shuffled, in threes", 1, 3, normal(5, 6)),
                batchNormPrelu(
                        "shuffled, residual of parts", 1, 2, normal(5, 6), alternating(5, 2), alternating(5, 4)));
    }

    /** The bias keeps all of a channel on one side of the kink, or the residual each element on some side. */
    private static GradientCase batchNormPrelu(String name, int parts, Tensor... xAndResidual) {
        return batchNormPrelu(name, parts, 1, xAndResidual);
    }

    private static GradientCase batchNormPrelu(String name, int parts, int shuffle, Tensor... xAndResidual) {
        int channels = 0;
        for (int i = 0; i < parts; i++) {
            channels += xAndResidual[i].shape().dim(1);
        }
        int c = channels;
        var inputs = new ArrayList<>(List.of(xAndResidual));
        inputs.addAll(
                parts,
                List.of(
                        first(c, 0.6f, -0.5f, 0.6f, 0.4f, -0.7f, 0.5f),
                        first(c, 2, -2, 2.2f, -2.1f, 2.4f, -1.9f),
                        first(c, 0.25f, -0.1f, 0.5f, 0.4f, 0.1f, -0.3f)));
        return GradientCase.of(
                BatchNormPrelu.class,
                name,
                v -> Variable.apply(
                        new BatchNormPrelu(
                                other(c).to(v[0].value().device()),
                                positive(c).to(v[0].value().device()),
                                0.1f,
                                1e-3f,
                                parts,
                                shuffle),
                        v),
                inputs.toArray(Tensor[]::new));
    }

    /** The first {@code n} of these values. */
    private static Tensor first(int n, float... values) {
        return Tensor.of(Shape.of(n), Arrays.copyOf(values, n));
    }

    private static Tensor alternating(int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2 == 0 ? 4.5f : -4.5f;
        }
        return Tensor.of(Shape.of(dims), values);
    }

    private static List<GradientCase> activations() {
        Tensor x = awayFromZero(2, 3, 5);
        return List.of(
                GradientCase.of(
                        Prelu.class,
                        "a slope for each channel",
                        v -> v[0].prelu(v[1]),
                        awayFromZero(2, 3, 2, 4),
                        normal(3)),
                GradientCase.of(Prelu.class, "one slope", v -> v[0].prelu(v[1]), awayFromZero(2, 3, 5), normal(1)),
                GradientCase.of(Prelu.class, "[N, C]", v -> v[0].prelu(v[1]), awayFromZero(3, 4), normal(4)),
                GradientCase.of(Relu.class, "", v -> v[0].relu(), x),
                GradientCase.of(Sigmoid.class, "", v -> v[0].sigmoid(), x),
                GradientCase.of(Tanh.class, "", v -> v[0].tanh(), x),
                GradientCase.of(Exp.class, "", v -> v[0].exp(), x),
                GradientCase.of(Log.class, "", v -> v[0].log(), positive(2, 7)),
                GradientCase.of(Sqrt.class, "", v -> v[0].sqrt(), positive(2, 7)),
                GradientCase.of(Abs.class, "", v -> v[0].abs(), x),
                GradientCase.of(Square.class, "", v -> v[0].square(), x),
                GradientCase.of(Negate.class, "", v -> v[0].negate(), x),
                GradientCase.of(Dropout.class, "elements", v -> v[0].dropout(0.4f, new Random(3)), x),
                GradientCase.of(Dropout.class, "channels", v -> v[0].dropout2d(0.4f, new Random(3)), x));
    }

    private static List<GradientCase> arithmetic() {
        return List.of(
                GradientCase.of(Add.class, "equal shapes", v -> v[0].plus(v[1]), normal(3, 4), other(3, 4)),
                GradientCase.of(Add.class, "a bias", v -> v[0].plus(v[1]), normal(2, 3, 2, 4), normal(3, 1, 1)),
                GradientCase.of(Add.class, "a scalar", v -> v[0].plus(v[1]), normal(), normal(2, 3)),
                GradientCase.of(Add.class, "both stretched", v -> v[0].plus(v[1]), normal(2, 1, 3, 1), normal(4, 1, 5)),
                GradientCase.of(Add.class, "with itself", v -> v[0].plus(v[0]), normal(3, 4)),
                GradientCase.of(Subtract.class, "equal shapes", v -> v[0].minus(v[1]), normal(3, 4), other(3, 4)),
                GradientCase.of(Subtract.class, "stretched", v -> v[0].minus(v[1]), normal(3, 1), normal(2, 1, 4)),
                GradientCase.of(Multiply.class, "equal shapes", v -> v[0].times(v[1]), normal(3, 4), other(3, 4)),
                GradientCase.of(Multiply.class, "with itself", v -> v[0].times(v[0]), normal(3, 4)),
                GradientCase.of(
                        Multiply.class, "per channel", v -> v[0].times(v[1]), normal(2, 3, 2, 4), normal(1, 3, 1, 1)),
                GradientCase.of(
                        Multiply.class, "per plane", v -> v[0].times(v[1]), normal(2, 3, 2, 4), normal(2, 3, 1, 1)),
                GradientCase.of(Multiply.class, "one for all", v -> v[0].times(v[1]), normal(1, 1, 1), normal(2, 3, 4)),
                GradientCase.of(Multiply.class, "outer", v -> v[0].times(v[1]), normal(4, 1), normal(5)),
                GradientCase.of(Divide.class, "equal shapes", v -> v[0].dividedBy(v[1]), normal(3, 4), positive(3, 4)),
                GradientCase.of(
                        Divide.class, "stretched divisor", v -> v[0].dividedBy(v[1]), normal(2, 3, 4), positive(3, 1)),
                GradientCase.of(
                        Divide.class, "stretched dividend", v -> v[0].dividedBy(v[1]), normal(1), positive(2, 3)),
                GradientCase.of(Affine.class, "plus a constant", v -> v[0].plus(2.5f), normal(3, 4)),
                GradientCase.of(Affine.class, "minus a constant", v -> v[0].minus(2.5f), normal(3, 4)),
                GradientCase.of(Affine.class, "times a constant", v -> v[0].times(-1.5f), normal(3, 4)));
    }

    private static List<GradientCase> products() {
        return List.of(
                GradientCase.of(Matmul.class, "two matrices", v -> v[0].matmul(v[1]), normal(3, 5), normal(5, 4)),
                GradientCase.of(Matmul.class, "pairs", v -> v[0].matmul(v[1]), normal(2, 1, 3, 4), normal(2, 1, 4, 2)),
                GradientCase.of(Matmul.class, "with itself", v -> v[0].matmul(v[0]), normal(4, 4)),
                GradientCase.of(Linear.class, "", v -> v[0].linear(v[1], v[2]), normal(3, 5), normal(4, 5), normal(4)),
                GradientCase.of(Linear.class, "without bias", v -> v[0].linear(v[1], null), normal(3, 5), normal(4, 5)),
                GradientCase.of(
                        Linear.class, "rank 3", v -> v[0].linear(v[1], v[2]), normal(2, 3, 5), normal(4, 5), normal(4)),
                GradientCase.of(
                        Linear.class, "a vector", v -> v[0].linear(v[1], v[2]), normal(5), normal(4, 5), normal(4)));
    }

    private static List<GradientCase> pooling() {
        var three = PoolingOptions.kernel(3).stride(2).padding(1);
        return List.of(
                GradientCase.of(
                        MaxPool2d.class, "2", v -> v[0].maxPool2d(PoolingOptions.kernel(2)), distinct(2, 2, 4, 5)),
                GradientCase.of(
                        MaxPool2d.class, "3, stride 2, padding 1", v -> v[0].maxPool2d(three), distinct(1, 2, 5, 6)),
                GradientCase.of(
                        MaxPool2d.class,
                        "2 x 3, stride 1 x 2",
                        v -> v[0].maxPool2d(
                                PoolingOptions.kernel(2, 3).stride(1, 2).padding(1, 0)),
                        distinct(1, 2, 4, 6)),
                GradientCase.of(
                        AveragePool2d.class, "with padding", v -> v[0].averagePool2d(three, true), normal(1, 2, 5, 6)),
                GradientCase.of(
                        AveragePool2d.class,
                        "without padding",
                        v -> v[0].averagePool2d(three, false),
                        normal(1, 2, 5, 6)),
                GradientCase.of(
                        AveragePool2d.class,
                        "3 x 2, stride 1",
                        v -> v[0].averagePool2d(PoolingOptions.kernel(3, 2).stride(1), true),
                        normal(2, 1, 4, 4)),
                GradientCase.of(
                        AdaptiveAveragePool2d.class,
                        "1 x 1",
                        v -> v[0].adaptiveAveragePool2d(1, 1),
                        normal(2, 2, 3, 5)),
                GradientCase.of(
                        AdaptiveAveragePool2d.class,
                        "uneven",
                        v -> v[0].adaptiveAveragePool2d(3, 4),
                        normal(1, 2, 7, 5)),
                GradientCase.of(
                        AdaptiveAveragePool2d.class,
                        "larger",
                        v -> v[0].adaptiveAveragePool2d(5, 3),
                        normal(1, 2, 3, 2)));
    }

    private static List<GradientCase> resampling() {
        return List.of(
                GradientCase.of(
                        ResizeBilinear.class, "up, corners", v -> v[0].resizeBilinear(5, 7, true), normal(1, 2, 3, 4)),
                GradientCase.of(ResizeBilinear.class, "up", v -> v[0].resizeBilinear(6, 7, false), normal(1, 2, 3, 4)),
                GradientCase.of(
                        ResizeBilinear.class,
                        "down, corners",
                        v -> v[0].resizeBilinear(2, 3, true),
                        normal(1, 2, 5, 4)),
                GradientCase.of(
                        ResizeBilinear.class, "down", v -> v[0].resizeBilinear(2, 3, false), normal(1, 2, 5, 4)),
                GradientCase.of(
                        ResizeBilinear.class,
                        "from one pixel",
                        v -> v[0].resizeBilinear(3, 2, true),
                        normal(1, 2, 1, 1)),
                GradientCase.of(
                        ResizeBilinear.class,
                        "to one pixel",
                        v -> v[0].resizeBilinear(1, 1, false),
                        normal(1, 2, 3, 4)),
                GradientCase.of(ResizeNearest.class, "up", v -> v[0].resizeNearest(5, 8), normal(1, 2, 3, 4)),
                GradientCase.of(ResizeNearest.class, "down", v -> v[0].resizeNearest(2, 3), normal(1, 2, 5, 4)));
    }

    private static List<GradientCase> softmax() {
        return List.of(
                GradientCase.of(Softmax.class, "channels", v -> v[0].softmax(1), normal(2, 4, 3)),
                GradientCase.of(Softmax.class, "first", v -> v[0].softmax(0), normal(4, 3)),
                GradientCase.of(Softmax.class, "last", v -> v[0].softmax(-1), normal(2, 5)),
                GradientCase.of(LogSoftmax.class, "channels", v -> v[0].logSoftmax(1), normal(2, 4, 3)),
                GradientCase.of(LogSoftmax.class, "first", v -> v[0].logSoftmax(-2), normal(4, 3)),
                GradientCase.of(LogSoftmax.class, "last", v -> v[0].logSoftmax(-1), normal(5)));
    }

    private static List<GradientCase> losses() {
        Tensor labels = Tensor.of(Shape.of(2, 2, 2), 0, 3, 255, 2, 1, 1, 255, 0);
        Tensor weights = Tensor.of(Shape.of(4), 0.5f, 2, 1, 0.25f);
        return List.of(
                GradientCase.of(CrossEntropy.class, "", v -> v[0].crossEntropy(labels, 255, null), normal(2, 4, 2, 2)),
                GradientCase.of(
                        CrossEntropy.class,
                        "class weights",
                        v -> v[0].crossEntropy(labels, 255, weights),
                        normal(2, 4, 2, 2)),
                GradientCase.of(
                        CrossEntropy.class,
                        "[N, C]",
                        v -> v[0].crossEntropy(Tensor.of(Shape.of(3), 1, -100, 0), -100, null),
                        normal(3, 2)),
                GradientCase.of(
                        MeanSquaredError.class, "", v -> v[0].meanSquaredError(v[1]), normal(2, 3, 2), other(2, 3, 2)),
                GradientCase.of(
                        FeatureAffinity.class,
                        "",
                        v -> v[0].featureAffinity(v[1]),
                        normal(2, 4, 2, 3),
                        normal(2, 3, 2, 3)),
                GradientCase.of(
                        FeatureAffinity.class,
                        "one position",
                        v -> v[0].featureAffinity(v[1]),
                        normal(1, 3, 1),
                        normal(1, 2, 1)),
                GradientCase.of(
                        FeatureAffinity.class,
                        "a row",
                        v -> v[0].featureAffinity(v[1]),
                        normal(1, 3, 5),
                        other(1, 3, 5)));
    }

    private static List<GradientCase> reductions() {
        return List.of(
                GradientCase.of(Sum.class, "all", v -> v[0].sum(), normal(2, 3, 4)),
                GradientCase.of(Sum.class, "first", v -> v[0].sum(0), normal(2, 3, 4)),
                GradientCase.of(Sum.class, "middle", v -> v[0].sum(1), normal(2, 3, 4)),
                GradientCase.of(Sum.class, "last", v -> v[0].sum(-1), normal(2, 3, 4)),
                GradientCase.of(Mean.class, "all", v -> v[0].mean(), normal(2, 3, 4)),
                GradientCase.of(Mean.class, "first", v -> v[0].mean(0), normal(2, 3, 4)),
                GradientCase.of(Mean.class, "middle", v -> v[0].mean(-2), normal(2, 3, 4)),
                GradientCase.of(Mean.class, "last", v -> v[0].mean(2), normal(2, 3, 4)),
                GradientCase.of(Max.class, "first", v -> v[0].max(0), distinct(3, 4)),
                GradientCase.of(Max.class, "middle", v -> v[0].max(1), distinct(2, 5, 3)),
                GradientCase.of(Max.class, "last", v -> v[0].max(-1), distinct(3, 7)));
    }

    private static List<GradientCase> movement() {
        return List.of(
                GradientCase.of(
                        Concat.class, "two", v -> Variable.concat(1, v), normal(2, 3, 2, 2), normal(2, 1, 2, 2)),
                GradientCase.of(
                        Concat.class,
                        "three, last",
                        v -> Variable.concat(-1, v),
                        normal(2, 3),
                        normal(2, 1),
                        normal(2, 2)),
                GradientCase.of(Concat.class, "first", v -> Variable.concat(0, v), normal(2, 3), normal(1, 3)),
                GradientCase.of(Concat.class, "the same twice", v -> Variable.concat(1, v[0], v[0]), normal(2, 3)),
                GradientCase.of(Slice.class, "first", v -> v[0].slice(0, 1, 3), normal(4, 3)),
                GradientCase.of(Slice.class, "channels", v -> v[0].slice(1, 0, 2), normal(2, 3, 2, 2)),
                GradientCase.of(Slice.class, "last", v -> v[0].slice(-1, 2, 5), normal(2, 6)),
                GradientCase.of(Pad.class, "", v -> v[0].pad(1, 2, 0, 3), normal(2, 2, 3, 2)),
                GradientCase.of(Reshape.class, "", v -> v[0].reshape(3, -1, 2), normal(2, 3, 4)),
                GradientCase.of(Permute.class, "a matrix", v -> v[0].permute(1, 0), normal(3, 4)),
                GradientCase.of(Permute.class, "channels last", v -> v[0].permute(0, 2, 3, 1), normal(2, 3, 2, 4)),
                GradientCase.of(Permute.class, "from the end", v -> v[0].permute(-1, 0, -2), normal(2, 3, 4)),
                GradientCase.of(PixelShuffle.class, "2", v -> v[0].pixelShuffle(2), normal(2, 8, 2, 3)),
                GradientCase.of(PixelShuffle.class, "3", v -> v[0].pixelShuffle(3), normal(1, 9, 2, 1)),
                GradientCase.of(ChannelShuffle.class, "2", v -> v[0].channelShuffle(2), normal(2, 6, 2, 2)),
                GradientCase.of(ChannelShuffle.class, "3, [N, C]", v -> v[0].channelShuffle(3), normal(2, 6)));
    }
}
