package io.github.dsrl4j.bench.peer;

import io.github.dsrl4j.bench.AffinityOperation;
import io.github.dsrl4j.bench.ConvolutionOperation;
import io.github.dsrl4j.bench.Operation;
import io.github.dsrl4j.bench.PlaneOperation;
import io.github.dsrl4j.bench.Task;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * An operation as libtorch function.
 *
 * @param function from the leaves to the result that is differentiated
 * @param leaves what gradients are asked of
 * @param gradient of the result; null where that is a single number
 * @param answer the results of the forward pass, as the suite wants them, from what the function gave
 */
record TorchOperations(
        Function<List<Tensor>, Tensor> function,
        List<Tensor> leaves,
        Tensor gradient,
        Function<Tensor, List<float[]>> answer) {
    private static final double AFFINITY_EPSILON = 1e-12;
    private static final double MOMENTUM = 0.1;

    static TorchOperations of(Operation operation, List<float[]> inputs) {
        return switch (operation) {
            case Operation.Product(int size) -> product(size, inputs);
            case AffinityOperation affinity -> affinity(affinity, inputs);
            case ConvolutionOperation convolution -> convolution(convolution, inputs);
            case PlaneOperation plane ->
                switch (plane.kind()) {
                    case BATCH_NORM -> batchNorm(plane, inputs);
                    case PRELU -> prelu(plane, inputs);
                    case BILINEAR -> bilinear(plane, inputs);
                    case CROSS_ENTROPY -> crossEntropy(plane, inputs);
                };
        };
    }

    /** The forward pass without a tape, or both passes. */
    Task task(boolean backward) {
        return Task.of(
                backward ? () -> Torch.scoped(this::both) : () -> Torch.withoutGradients(this::forward),
                () -> results(backward));
    }

    private void forward() {
        var _ = function.apply(leaves);
    }

    private void both() {
        Torch.clearGradients(leaves);
        Tensor result = function.apply(leaves);
        if (gradient == null) {
            result.backward();
        } else {
            Torch.backward(result, gradient);
        }
    }

    private List<float[]> results(boolean backward) {
        try (var _ = new PointerScope()) {
            var outputs = answer.apply(function.apply(leaves)).stream();
            var gradients = backward ? leaves.stream().map(Torch::gradient) : Stream.<float[]>empty();
            return Stream.concat(outputs, gradients).toList();
        }
    }

    private static TorchOperations product(int n, List<float[]> inputs) {
        return new TorchOperations(
                x -> x.get(0).mm(x.get(1)),
                List.of(leaf(inputs.get(0), n, n), leaf(inputs.get(1), n, n)),
                Torch.tensor(inputs.get(2), n, n),
                TorchOperations::itself);
    }

    private static TorchOperations convolution(ConvolutionOperation operation, List<float[]> inputs) {
        var g = operation.geometry();
        long[] stride = {g.strideHeight(), g.strideWidth()};
        long[] padding = {g.paddingHeight(), g.paddingWidth()};
        long[] dilation = {g.dilationHeight(), g.dilationWidth()};
        long[] large = {g.batch(), g.inChannels(), g.inHeight(), g.inWidth()};
        long[] small = {g.batch(), g.outChannels(), g.outHeight(), g.outWidth()};
        Tensor weight = leaf(inputs.get(2), g.outChannels(), g.inChannelsPerGroup(), g.kernelHeight(), g.kernelWidth());
        if (!operation.transposed()) {
            return new TorchOperations(
                    x -> torch.conv2d(x.get(0), x.get(1), new TensorOptional(), stride, padding, dilation, g.groups()),
                    List.of(leaf(inputs.get(0), large), weight),
                    Torch.tensor(inputs.get(1), small),
                    TorchOperations::itself);
        }
        long[] outputPadding = {
            outputPadding(g.inHeight(), g.kernelHeight(), stride[0], padding[0], dilation[0]),
            outputPadding(g.inWidth(), g.kernelWidth(), stride[1], padding[1], dilation[1])
        };
        return new TorchOperations(
                x -> torch.conv_transpose2d(
                        x.get(0), x.get(1), new TensorOptional(), stride, padding, outputPadding, g.groups(), dilation),
                List.of(leaf(inputs.get(1), small), weight),
                Torch.tensor(inputs.get(0), large),
                TorchOperations::itself);
    }

    /** The rows that the convolution leaves over, and its transposed counterpart has to add. */
    private static long outputPadding(long extent, long kernel, long stride, long padding, long dilation) {
        return (extent + 2 * padding - dilation * (kernel - 1) - 1) % stride;
    }

    /** The formula as it is written: normalised features, two matrices of similarities, the mean of their absolute difference. */
    private static TorchOperations affinity(AffinityOperation operation, List<float[]> inputs) {
        long[] dims = {operation.batch(), operation.channels(), operation.positions()};
        return new TorchOperations(
                x -> Torch.function(() ->
                        similarities(x.get(0)).sub(similarities(x.get(1))).abs().mean()),
                List.of(leaf(inputs.get(0), dims), leaf(inputs.get(1), dims)),
                null,
                TorchOperations::itself);
    }

    private static Tensor similarities(Tensor features) {
        return Torch.function(() -> {
            Tensor norms = features.norm(new ScalarOptional(Torch.scalar(2)), new long[] {1}, true);
            Tensor normal = features.div(torch.clamp_min(norms, Torch.scalar(AFFINITY_EPSILON)));
            return normal.transpose(1, 2).bmm(normal);
        });
    }

    private static TorchOperations batchNorm(PlaneOperation operation, List<float[]> inputs) {
        var leaves = List.of(
                leaf(inputs.get(0), dims(operation, 1)),
                leaf(inputs.get(2), operation.channels()),
                leaf(inputs.get(3), operation.channels()));
        return new TorchOperations(
                x -> normalised(x).get0(), leaves, Torch.tensor(inputs.get(1), dims(operation, 1)), y -> {
                    var statistics = normalised(leaves);
                    // The second is 1 / sqrt(variance + epsilon).
                    float[] variance = Torch.values(statistics.get2());
                    for (int i = 0; i < variance.length; i++) {
                        variance[i] = 1 / (variance[i] * variance[i]) - PlaneOperation.EPSILON;
                    }
                    return List.of(Torch.values(y), Torch.values(statistics.get1()), variance);
                });
    }

    private static T_TensorTensorTensor_T normalised(List<Tensor> x) {
        return torch.native_batch_norm(
                x.get(0),
                new TensorOptional(x.get(1)),
                new TensorOptional(x.get(2)),
                new TensorOptional(),
                new TensorOptional(),
                true,
                MOMENTUM,
                PlaneOperation.EPSILON);
    }

    private static TorchOperations prelu(PlaneOperation operation, List<float[]> inputs) {
        return new TorchOperations(
                x -> torch.prelu(x.get(0), x.get(1)),
                List.of(leaf(inputs.get(0), dims(operation, 1)), leaf(inputs.get(2), operation.channels())),
                Torch.tensor(inputs.get(1), dims(operation, 1)),
                TorchOperations::itself);
    }

    private static TorchOperations bilinear(PlaneOperation operation, List<float[]> inputs) {
        long[] size = {2L * operation.height(), 2L * operation.width()};
        return new TorchOperations(
                x -> torch.upsample_bilinear2d(x.get(0), size, true),
                List.of(leaf(inputs.get(0), dims(operation, 1))),
                Torch.tensor(inputs.get(1), dims(operation, 2)),
                TorchOperations::itself);
    }

    private static TorchOperations crossEntropy(PlaneOperation operation, List<float[]> inputs) {
        float count = inputs.get(1).length;
        Tensor labels = Torch.labels(inputs.get(1), operation.batch(), operation.height(), operation.width());
        return new TorchOperations(
                x -> torch.cross_entropy_loss(x.get(0), labels),
                List.of(leaf(inputs.get(0), dims(operation, 1))),
                null,
                loss -> List.of(new float[] {loss.item_float() * count, count, 1 / count}));
    }

    private static long[] dims(PlaneOperation operation, long scale) {
        return new long[] {
            operation.batch(), operation.channels(), scale * operation.height(), scale * operation.width()
        };
    }

    private static Tensor leaf(float[] values, long... dims) {
        return Torch.leaf(Torch.tensor(values, dims));
    }

    private static List<float[]> itself(Tensor result) {
        return List.of(Torch.values(result));
    }
}
