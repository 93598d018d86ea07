package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.autograd.Operation;
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
import io.github.dsrl4j.autograd.op.Divide;
import io.github.dsrl4j.autograd.op.Exp;
import io.github.dsrl4j.autograd.op.Linear;
import io.github.dsrl4j.autograd.op.Log;
import io.github.dsrl4j.autograd.op.LogSoftmax;
import io.github.dsrl4j.autograd.op.Matmul;
import io.github.dsrl4j.autograd.op.Max;
import io.github.dsrl4j.autograd.op.MaxPool2d;
import io.github.dsrl4j.autograd.op.Mean;
import io.github.dsrl4j.autograd.op.Multiply;
import io.github.dsrl4j.autograd.op.Negate;
import io.github.dsrl4j.autograd.op.Pad;
import io.github.dsrl4j.autograd.op.Permute;
import io.github.dsrl4j.autograd.op.PixelShuffle;
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
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.trace.Graph;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Adds the operators that compute what the nodes of a traced graph do. */
final class Operators {
    /** In the target of a reshape: what the other extents leave. */
    private static final Size REST = new Size.Constant(-1);

    private final GraphBuilder builder;
    private final Samples samples;
    private final Sizes sizes;
    private final ShapeOperators shapes;
    private final ImageOperators images;
    private final Map<Value, String> names = new HashMap<>();

    Operators(GraphBuilder builder, Samples samples, String inputName) {
        this.builder = builder;
        this.samples = samples;
        sizes = new Sizes(samples);
        shapes = new ShapeOperators(builder, this::name);
        images = new ImageOperators(builder, sizes, shapes);
        names.put(samples.graph().inputs().getFirst(), inputName);
    }

    /** Adds all nodes, and one that gives the output its name. */
    void addAll(String outputName) {
        Graph graph = samples.graph();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            builder.enter(node.layer());
            names.put(node.output(), add(node, samples.operations(i)));
        }
        builder.enter("");
        builder.addNamed(
                "/output", outputName, "Identity", List.of(name(graph.outputs().getFirst())));
    }

    private String name(Value value) {
        return value instanceof Value.Constant constant
                ? constant(constant, constant.shape().dims())
                : names.get(value);
    }

    private String constant(Value.Constant constant, int... dims) {
        return builder.parameter(
                constant.name(),
                Arrays.stream(dims).mapToObj(Long::valueOf).toList(),
                constant.tensor().toArray());
    }

    /** @param operations what the node's operation is in each sample: the same, but for sizes */
    private String add(Node node, List<Operation> operations) {
        Value source = node.inputs().getFirst();
        Shape shape = source.shape();
        return switch (same(node, operations)) {
            case Conv2d operation ->
                images.convolution(operation, node.inputs().get(1).shape(), inputs(node));
            case ConvTranspose2d operation ->
                images.transposedConvolution(operation, node.inputs().get(1).shape(), inputs(node));
            case MaxPool2d(var options) -> images.maxPool(options, name(source));
            case AveragePool2d operation -> images.averagePool(operation, name(source));
            case AdaptiveAveragePool2d _ ->
                images.adaptiveAveragePool(
                        source,
                        name(source),
                        size(node, 2, operations, AdaptiveAveragePool2d.class, AdaptiveAveragePool2d::height),
                        size(node, 3, operations, AdaptiveAveragePool2d.class, AdaptiveAveragePool2d::width));
            case ResizeBilinear resize ->
                images.resizeBilinear(
                        source,
                        name(source),
                        size(node, 2, operations, ResizeBilinear.class, ResizeBilinear::height),
                        size(node, 3, operations, ResizeBilinear.class, ResizeBilinear::width),
                        resize.alignCorners());
            case ResizeNearest _ ->
                images.resizeNearest(
                        source,
                        name(source),
                        size(node, 2, operations, ResizeNearest.class, ResizeNearest::height),
                        size(node, 3, operations, ResizeNearest.class, ResizeNearest::width));
            case Pad _ ->
                images.pad(
                        name(source),
                        size(node, 2, operations, Pad.class, Pad::top),
                        size(node, 2, operations, Pad.class, Pad::bottom),
                        size(node, 3, operations, Pad.class, Pad::left),
                        size(node, 3, operations, Pad.class, Pad::right));
            case ChannelShuffle(int groups) -> images.channelShuffle(source, name(source), groups);
            case PixelShuffle(int factor) -> images.pixelShuffle(name(source), factor);
            case BatchNorm norm -> batchNorm(node, norm);
            case Prelu _ -> prelu(node);
            case Slice(int dim, int _, int _) -> slice(node, dim(shape, dim), operations);
            case Reshape _ -> reshape(node);
            case Permute(var order) ->
                builder.add(
                        "Transpose",
                        inputs(node),
                        AttributeProto.ints(
                                "perm",
                                order.stream().mapToLong(d -> dim(shape, d)).toArray()));
            case Concat(int dim) -> builder.add("Concat", inputs(node), AttributeProto.of("axis", dim(shape, dim)));
            case Linear _ -> linear(node);
            case Matmul _ -> builder.add("MatMul", inputs(node));
            case Softmax(int dim) -> builder.add("Softmax", inputs(node), AttributeProto.of("axis", dim(shape, dim)));
            case LogSoftmax(int dim) ->
                builder.add("LogSoftmax", inputs(node), AttributeProto.of("axis", dim(shape, dim)));
            case Max(int dim) ->
                builder.add(
                        "ReduceMax",
                        inputs(node),
                        AttributeProto.ints("axes", dim(shape, dim)),
                        AttributeProto.of("keepdims", 0));
            case Mean(boolean all, int dim) ->
                builder.add(
                        "ReduceMean",
                        inputs(node),
                        AttributeProto.ints("axes", axes(shape, all, dim)),
                        AttributeProto.of("keepdims", 0));
            case Sum(boolean all, int dim) ->
                builder.add(
                        "ReduceSum",
                        List.of(name(source), builder.integers(axes(shape, all, dim))),
                        AttributeProto.of("keepdims", 0));
            default -> elementwise(node);
        };
    }

    private String elementwise(Node node) {
        List<String> inputs = inputs(node);
        return switch (node.operation()) {
            case Add _ -> builder.add("Add", inputs);
            case Subtract _ -> builder.add("Sub", inputs);
            case Multiply _ -> builder.add("Mul", inputs);
            case Divide _ -> builder.add("Div", inputs);
            case Relu _ -> builder.add("Relu", inputs);
            case Sigmoid _ -> builder.add("Sigmoid", inputs);
            case Tanh _ -> builder.add("Tanh", inputs);
            case Exp _ -> builder.add("Exp", inputs);
            case Log _ -> builder.add("Log", inputs);
            case Sqrt _ -> builder.add("Sqrt", inputs);
            case Abs _ -> builder.add("Abs", inputs);
            case Negate _ -> builder.add("Neg", inputs);
            case Square _ -> builder.add("Mul", List.of(inputs.getFirst(), inputs.getFirst()));
            case Affine(float scale, float shift) -> affine(inputs.getFirst(), scale, shift);
            default ->
                throw new OnnxException(
                        "onnx: operation '%s' in layer '%s' has no counterpart; export the model without it"
                                .formatted(node.operation().name(), node.layer()));
        };
    }

    private String affine(String x, float scale, float shift) {
        String scaled = scale == 1 ? x : builder.add("Mul", List.of(x, builder.number(scale)));
        return shift == 0 ? scaled : builder.add("Add", List.of(scaled, builder.number(shift)));
    }

    private String batchNorm(Node node, BatchNorm norm) {
        var inputs = new ArrayList<>(inputs(node));
        node.state().forEach(state -> inputs.add(name(state)));
        return builder.add("BatchNormalization", inputs, AttributeProto.of("epsilon", norm.epsilon()));
    }

    /** Slopes {@code [C]} become {@code [C, 1, 1]}, since ONNX aligns shapes at the innermost dimension. */
    private String prelu(Node node) {
        Value slope = node.inputs().get(1);
        int[] dims = new int[Math.max(1, node.inputs().getFirst().shape().rank() - 1)];
        Arrays.fill(dims, 1);
        dims[0] = slope.shape().size();
        String reshaped = slope instanceof Value.Constant constant
                ? constant(constant, dims)
                : builder.add(
                        "Reshape",
                        List.of(
                                name(slope),
                                builder.integers(
                                        Arrays.stream(dims).asLongStream().toArray())));
        return builder.add("PRelu", List.of(name(node.inputs().getFirst()), reshaped));
    }

    private String linear(Node node) {
        List<String> inputs = inputs(node);
        if (node.inputs().getFirst().shape().rank() == 2) {
            return builder.add("Gemm", inputs, AttributeProto.of("transB", 1));
        }
        String weight = builder.add("Transpose", List.of(inputs.get(1)), AttributeProto.ints("perm", 1, 0));
        String product = builder.add("MatMul", List.of(inputs.getFirst(), weight));
        return inputs.size() < 3 ? product : builder.add("Add", List.of(product, inputs.get(2)));
    }

    private String slice(Node node, int dim, List<Operation> operations) {
        return builder.add(
                "Slice",
                List.of(
                        name(node.inputs().getFirst()),
                        shapes.vector(size(node, dim, operations, Slice.class, Slice::from)),
                        shapes.vector(size(node, dim, operations, Slice.class, Slice::to)),
                        builder.integers(dim)));
    }

    /** Extents are, in this order of preference, constant, that of the input in the same place, what the others leave, computed. */
    private String reshape(Node node) {
        Value source = node.inputs().getFirst();
        int rank = node.output().shape().rank();
        long[] target = new long[rank];
        var open = new ArrayList<Integer>();
        for (int dim = 0; dim < rank; dim++) {
            int[] extents = samples.extents(node.output(), dim);
            if (Arrays.stream(extents).distinct().count() == 1) {
                target[dim] = extents[0];
            } else if (dim >= source.shape().rank() || !Arrays.equals(extents, samples.extents(source, dim))) {
                open.add(dim);
                target[dim] = -1;
            }
        }
        if (open.size() <= 1) {
            return builder.add("Reshape", List.of(name(source), builder.integers(target)));
        }
        var computed = new ArrayList<Size>();
        for (int dim = 0; dim < rank; dim++) {
            int[] extents = samples.extents(node.output(), dim);
            Size rest = computed.contains(REST) ? null : REST;
            int place = dim;
            computed.add(sizes.anywhere(node, extents)
                    .orElseGet(() -> rest == null ? sizes.of(node, place, extents) : rest));
        }
        return builder.add("Reshape", List.of(name(source), shapes.join(computed)));
    }

    private <T extends Operation> Size size(
            Node node, int dim, List<Operation> operations, Class<T> type, ToIntFunction<T> option) {
        return sizes.of(
                node, dim, operations.stream().map(type::cast).mapToInt(option).toArray());
    }

    /** The node's operation, the options of which must not depend on the input but for sizes. */
    private static Operation same(Node node, List<Operation> operations) {
        boolean sized = switch (node.operation()) {
            case AdaptiveAveragePool2d _, ResizeBilinear _, ResizeNearest _, Pad _, Slice _, Reshape _ -> true;
            default -> false;
        };
        if (!sized) {
            operations.stream()
                    .filter(other -> !other.equals(node.operation()))
                    .findFirst()
                    .ifPresent(other -> {
                        throw new OnnxException(
                                "onnx: the options of %s in layer '%s' depend on the size of the input: %s and %s; export the model for a fixed size"
                                        .formatted(node.operation().name(), node.layer(), node.operation(), other));
                    });
        }
        return node.operation();
    }

    private List<String> inputs(Node node) {
        return node.inputs().stream().map(this::name).toList();
    }

    private static int dim(Shape shape, int dim) {
        return dim < 0 ? dim + shape.rank() : dim;
    }

    private static long[] axes(Shape shape, boolean all, int dim) {
        return all ? IntStream.range(0, shape.rank()).asLongStream().toArray() : new long[] {dim(shape, dim)};
    }
}
