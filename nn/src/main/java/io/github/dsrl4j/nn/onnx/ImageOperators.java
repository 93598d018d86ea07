package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.autograd.op.AveragePool2d;
import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The operators on images. */
final class ImageOperators {
    private static final AttributeProto LINEAR = AttributeProto.of("mode", "linear");
    private static final AttributeProto NEAREST = AttributeProto.of("mode", "nearest");

    private final GraphBuilder builder;
    private final Sizes sizes;
    private final ShapeOperators shapes;

    ImageOperators(GraphBuilder builder, Sizes sizes, ShapeOperators shapes) {
        this.builder = builder;
        this.sizes = sizes;
        this.shapes = shapes;
    }

    String convolution(Conv2d operation, Shape weight, List<String> inputs) {
        var options = operation.options();
        return builder.add(
                "Conv",
                inputs,
                AttributeProto.ints("kernel_shape", weight.dim(2), weight.dim(3)),
                AttributeProto.ints("strides", options.strideHeight(), options.strideWidth()),
                pads(options.paddingHeight(), options.paddingWidth()),
                AttributeProto.ints("dilations", options.dilationHeight(), options.dilationWidth()),
                AttributeProto.of("group", options.groups()));
    }

    String transposedConvolution(ConvTranspose2d operation, Shape weight, List<String> inputs) {
        var options = operation.options();
        return builder.add(
                "ConvTranspose",
                inputs,
                AttributeProto.ints("kernel_shape", weight.dim(2), weight.dim(3)),
                AttributeProto.ints("strides", options.strideHeight(), options.strideWidth()),
                pads(options.paddingHeight(), options.paddingWidth()),
                AttributeProto.ints("output_padding", options.outputPaddingHeight(), options.outputPaddingWidth()),
                AttributeProto.ints("dilations", options.dilationHeight(), options.dilationWidth()),
                AttributeProto.of("group", options.groups()));
    }

    String maxPool(PoolingOptions options, String x) {
        return builder.add("MaxPool", List.of(x), kernel(options), strides(options), pads(options));
    }

    String averagePool(AveragePool2d operation, String x) {
        PoolingOptions options = operation.options();
        return builder.add(
                "AveragePool",
                List.of(x),
                kernel(options),
                strides(options),
                pads(options),
                AttributeProto.of("count_include_pad", operation.countIncludePad() ? 1 : 0));
    }

    /**
     * Average pooling to a given size: as an operator of its own where the windows are all equal, else as a product with a matrix of
     * weights on either side, {@code y = A_rows x A_columns^T}, which has {@code 1 / (end - start)} inside each window.
     */
    String adaptiveAveragePool(Value source, String x, Size height, Size width) {
        if (isOne(height) && isOne(width)) {
            return builder.add("GlobalAveragePool", List.of(x));
        }
        Size inHeight = sizes.extent(source, 2);
        Size inWidth = sizes.extent(source, 3);
        int rows = equalWindows(inHeight, height);
        int columns = equalWindows(inWidth, width);
        if (rows > 0 && columns > 0) {
            PoolingOptions options = PoolingOptions.kernel(rows, columns);
            return builder.add("AveragePool", List.of(x), kernel(options), strides(options));
        }
        String y = x;
        if (!inHeight.equals(height)) {
            y = builder.add("MatMul", List.of(windows(inHeight, height), y));
        }
        if (!inWidth.equals(width)) {
            String transposed =
                    builder.add("Transpose", List.of(windows(inWidth, width)), AttributeProto.ints("perm", 1, 0));
            y = builder.add("MatMul", List.of(y, transposed));
        }
        return y;
    }

    private static boolean isOne(Size size) {
        return size instanceof Size.Constant(int value) && value == 1;
    }

    /** The extent of the windows if it is known and the same for all, else 0. */
    private static int equalWindows(Size in, Size out) {
        return in instanceof Size.Constant(int from) && out instanceof Size.Constant(int to) && from % to == 0
                ? from / to
                : 0;
    }

    /** The matrix {@code [out, in]} that averages over windows {@code floor(i in / out) ... ceil((i + 1) in / out) - 1}. */
    private String windows(Size in, Size out) {
        if (in instanceof Size.Constant(int from) && out instanceof Size.Constant(int to)) {
            return builder.numbers(List.of("windows", from, to), List.of((long) to, (long) from), matrix(from, to));
        }
        String extent = shapes.scalar(in);
        String count = shapes.scalar(out);
        String window = builder.add("Unsqueeze", List.of(range(count), builder.integers(1)));
        String start = builder.add("Div", List.of(builder.add("Mul", List.of(window, extent)), count));
        String next = builder.add("Add", List.of(window, builder.integer(1)));
        String raised = builder.add(
                "Add",
                List.of(
                        builder.add("Mul", List.of(next, extent)),
                        builder.add("Sub", List.of(count, builder.integer(1)))));
        String end = builder.add("Div", List.of(raised, count));
        String position = range(extent);
        String inside = builder.add(
                "And",
                List.of(
                        builder.add("GreaterOrEqual", List.of(position, start)),
                        builder.add("Less", List.of(position, end))));
        return builder.add("Div", List.of(toFloat(inside), toFloat(builder.add("Sub", List.of(end, start)))));
    }

    private static float[] matrix(int in, int out) {
        float[] matrix = new float[out * in];
        for (int i = 0; i < out; i++) {
            int start = (int) ((long) i * in / out);
            int end = (int) Math.ceilDiv((i + 1L) * in, out);
            for (int k = start; k < end; k++) {
                matrix[i * in + k] = 1f / (end - start);
            }
        }
        return matrix;
    }

    private String range(String count) {
        return builder.add("Range", List.of(builder.integer(0), count, builder.integer(1)));
    }

    private String toFloat(String x) {
        return builder.add("Cast", List.of(x), AttributeProto.of("to", 1));
    }

    /** Source positions as {@code align_corners} or {@code half_pixel} say. */
    String resizeBilinear(Value source, String x, Size height, Size width, boolean alignCorners) {
        return builder.add(
                "Resize",
                List.of(x, "", "", target(source, height, width)),
                LINEAR,
                AttributeProto.of("coordinate_transformation_mode", alignCorners ? "align_corners" : "half_pixel"));
    }

    /**
     * The pixel at {@code floor(i in / out)}: as Resize where that enlarges by a whole number; else the positions are computed in whole
     * numbers, since those of Resize are rounded and may fall below the pixel that is meant.
     */
    String resizeNearest(Value source, String x, Size height, Size width) {
        Size inHeight = sizes.extent(source, 2);
        Size inWidth = sizes.extent(source, 3);
        if (isMultiple(source, 2, inHeight, height) && isMultiple(source, 3, inWidth, width)) {
            return builder.add(
                    "Resize",
                    List.of(x, "", "", target(source, height, width)),
                    NEAREST,
                    AttributeProto.of("coordinate_transformation_mode", "asymmetric"),
                    AttributeProto.of("nearest_mode", "floor"));
        }
        String rows = builder.add("Gather", List.of(x, positions(inHeight, height)), AttributeProto.of("axis", 2));
        return builder.add("Gather", List.of(rows, positions(inWidth, width)), AttributeProto.of("axis", 3));
    }

    private static boolean isMultiple(Value source, int dim, Size in, Size out) {
        return switch (out) {
            case Size.Constant(int to) -> in instanceof Size.Constant(int from) && to % from == 0;
            case Size.Computed(Value of, int along, int _, int denominator, boolean _, int least) ->
                of.equals(source) && along == dim && denominator == 1 && least == 0;
        };
    }

    private String positions(Size in, Size out) {
        if (in instanceof Size.Constant(int from) && out instanceof Size.Constant(int to)) {
            long[] positions = new long[to];
            for (int i = 0; i < to; i++) {
                positions[i] = (long) i * from / to;
            }
            return builder.integers(positions);
        }
        String count = shapes.scalar(out);
        return builder.add("Div", List.of(builder.add("Mul", List.of(range(count), shapes.scalar(in))), count));
    }

    private String target(Value source, Size height, Size width) {
        return shapes.join(List.of(sizes.extent(source, 0), sizes.extent(source, 1), height, width));
    }

    /** Zeros around an image. */
    String pad(String x, Size top, Size bottom, Size left, Size right) {
        var none = new Size.Constant(0);
        return builder.add("Pad", List.of(x, shapes.join(List.of(none, none, top, left, none, none, bottom, right))));
    }

    /** Channels seen as {@code [groups, C / groups]} and transposed. */
    String channelShuffle(Value source, String x, int groups) {
        long channels = source.shape().dim(1);
        String split = builder.add("Reshape", List.of(x, builder.integers(0, groups, channels / groups, -1)));
        String swapped = builder.add("Transpose", List.of(split), AttributeProto.ints("perm", 0, 2, 1, 3));
        long[] target = Arrays.stream(source.shape().dims()).asLongStream().toArray();
        target[0] = 0;
        boolean fixed =
                IntStream.range(1, target.length).allMatch(dim -> sizes.extent(source, dim) instanceof Size.Constant);
        return builder.add("Reshape", List.of(swapped, fixed ? builder.integers(target) : shapes.shape(source)));
    }

    String pixelShuffle(String x, int factor) {
        return builder.add(
                "DepthToSpace", List.of(x), AttributeProto.of("blocksize", factor), AttributeProto.of("mode", "CRD"));
    }

    private static AttributeProto kernel(PoolingOptions options) {
        return AttributeProto.ints("kernel_shape", options.kernelHeight(), options.kernelWidth());
    }

    private static AttributeProto strides(PoolingOptions options) {
        return AttributeProto.ints("strides", options.strideHeight(), options.strideWidth());
    }

    private static AttributeProto pads(PoolingOptions options) {
        return pads(options.paddingHeight(), options.paddingWidth());
    }

    private static AttributeProto pads(long height, long width) {
        return AttributeProto.ints("pads", height, width, height, width);
    }
}
