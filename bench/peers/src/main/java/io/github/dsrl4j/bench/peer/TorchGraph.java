package io.github.dsrl4j.bench.peer;

import io.github.dsrl4j.autograd.op.AdaptiveAveragePool2d;
import io.github.dsrl4j.autograd.op.Add;
import io.github.dsrl4j.autograd.op.AveragePool2d;
import io.github.dsrl4j.autograd.op.BatchNorm;
import io.github.dsrl4j.autograd.op.ChannelShuffle;
import io.github.dsrl4j.autograd.op.Concat;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Prelu;
import io.github.dsrl4j.autograd.op.ResizeBilinear;
import io.github.dsrl4j.autograd.op.Sigmoid;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of a network of this project, done by libtorch: each operation of the traced graph is the one libtorch function
 * that PyTorch programs call for it, in the same order, eagerly. That libtorch gets the operations from a list instead of from Python
 * costs it nothing.
 */
final class TorchGraph {
    private final Graph graph;
    private final boolean training;
    private final Map<String, Tensor> constants = new LinkedHashMap<>();

    /**
     * A copy of the graph's parameters and buffers.
     *
     * @param training whether batch normalisation uses the batch's statistics, and parameters are leaves of the tape
     * @param parameters the names of those constants that are trained
     */
    TorchGraph(Graph graph, boolean training, Set<String> parameters) {
        this.graph = graph;
        this.training = training;
        graph.constants().forEach((name, constant) -> {
            Tensor tensor = Torch.tensor(constant.tensor());
            constants.put(name, training && parameters.contains(name) ? Torch.leaf(tensor) : tensor);
        });
    }

    /** Parameters and buffers by name. */
    Map<String, Tensor> constants() {
        return constants;
    }

    /** Those of the named parameters that the graph reads. */
    List<Tensor> parameters(Set<String> names) {
        return constants.entrySet().stream()
                .filter(constant -> names.contains(constant.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** What the graph returns for its one input. */
    Tensor run(Tensor input) {
        var results = new HashMap<Integer, Tensor>();
        for (Node node : graph.nodes()) {
            var inputs = node.inputs().stream()
                    .map(value -> tensor(value, input, results))
                    .toArray(Tensor[]::new);
            results.put(node.output().id(), apply(node, inputs));
        }
        return tensor(graph.outputs().getFirst(), input, results);
    }

    private Tensor tensor(Value value, Tensor input, Map<Integer, Tensor> results) {
        return switch (value) {
            case Value.Input given -> input;
            case Value.Constant constant -> constants.get(constant.name());
            case Value.Result result -> results.get(result.id());
        };
    }

    private Tensor apply(Node node, Tensor... x) {
        return switch (node.operation()) {
            case Conv2d(var o) ->
                torch.conv2d(
                        x[0],
                        x[1],
                        x.length > 2 ? new TensorOptional(x[2]) : new TensorOptional(),
                        pair(o.strideHeight(), o.strideWidth()),
                        pair(o.paddingHeight(), o.paddingWidth()),
                        pair(o.dilationHeight(), o.dilationWidth()),
                        o.groups());
            case BatchNorm norm -> batchNorm(norm, node, x);
            case Prelu() -> torch.prelu(x[0], x[1]);
            case Sigmoid() -> torch.sigmoid(x[0]);
            case Add() -> torch.add(x[0], x[1]);
            case Multiply() -> torch.mul(x[0], x[1]);
            case Concat(int dim) -> torch.cat(new TensorVector(x), dim);
            case ChannelShuffle(int groups) -> shuffled(x[0], groups);
            case AveragePool2d(var o, boolean countIncludePad) ->
                torch.avg_pool2d(
                        x[0],
                        pair(o.kernelHeight(), o.kernelWidth()),
                        pair(o.strideHeight(), o.strideWidth()),
                        pair(o.paddingHeight(), o.paddingWidth()),
                        false,
                        countIncludePad,
                        new LongOptional());
            case AdaptiveAveragePool2d(int height, int width) -> torch.adaptive_avg_pool2d(x[0], height, width);
            case ResizeBilinear(int height, int width, boolean alignCorners) ->
                torch.upsample_bilinear2d(x[0], pair(height, width), alignCorners);
            default ->
                throw new IllegalArgumentException(
                        "libtorch: no function is known for %s in layer %s; this graph has %s"
                                .formatted(
                                        node.operation().name(),
                                        node.layer(),
                                        graph.nodes().stream()
                                                .map(other -> other.operation().name())
                                                .collect(Collectors.toSet())));
        };
    }

    private Tensor batchNorm(BatchNorm norm, Node node, Tensor... x) {
        var mean = constants.get(node.state().get(0).name());
        var variance = constants.get(node.state().get(1).name());
        return torch.batch_norm(
                x[0],
                new TensorOptional(x[1]),
                new TensorOptional(x[2]),
                new TensorOptional(mean),
                new TensorOptional(variance),
                training,
                norm.momentum(),
                norm.epsilon(),
                false);
    }

    /** As networks with such a shuffle write it in PyTorch. */
    private static Tensor shuffled(Tensor x, long groups) {
        long[] dims = {x.size(0), x.size(1), x.size(2), x.size(3)};
        return x.view(dims[0], groups, dims[1] / groups, dims[2], dims[3])
                .transpose(1, 2)
                .contiguous()
                .view(dims);
    }

    private static long[] pair(long height, long width) {
        return new long[] {height, width};
    }
}
