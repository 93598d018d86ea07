package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.OperatorSetId;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes a model as ONNX, operators of version {@value #OPERATOR_SET}, for inference. Parameters and buffers keep their names;
 * nodes are named by the layer that they come from.
 *
 * <p>For a fixed size the graph is that of one trace. For symbolic extents the model is traced at further inputs, from which follows
 * how every size in it depends on the input's (see {@link Sizes}); the file then computes its sizes as the model does.
 */
public final class OnnxExport {
    /** The version of ONNX's operators that files use. */
    public static final int OPERATOR_SET = 17;

    private static final int IR_VERSION = 8;
    private static final List<String> DIMENSION_NAMES = List.of("batch", "channels", "height", "width");

    /**
     * Heights and widths of further traces: of many remainders, so that roundings show; long, so that lower bounds are left behind; and
     * narrow where they are long, so that a trace does not take long.
     */
    private static final int[][] SIZES = {
        {1703, 37}, {519, 66}, {254, 99}, {171, 132}, {133, 175}, {98, 251}, {67, 517}, {35, 1701}, {81, 117}, {118, 77}
    };

    /** What a model may want sides to be multiples of. */
    private static final int[] MULTIPLES = {1, 2, 4, 8, 16, 32, 64};

    private OnnxExport() {}

    /**
     * Writes a file; whoever reads it finds the old contents or the new ones.
     *
     * @param input the shape of an input; {@code [N, C, H, W]} if any of it shall be symbolic
     * @throws OnnxException if an operation has no counterpart, or a symbolic size cannot be expressed
     * @throws io.github.dsrl4j.nn.checkpoint.CheckpointException if the file cannot be written
     */
    public static void write(Path file, Layer model, Shape input, OnnxOptions options) {
        toModel(model, input, options).write(file);
    }

    /** The contents of the file. */
    public static ModelProto toModel(Layer model, Shape input, OnnxOptions options) {
        Samples samples = sample(model, input, options.extents());
        var builder = new GraphBuilder();
        samples.graph().constants().keySet().forEach(builder::reserve);
        builder.reserve(options.inputName());
        builder.reserve(options.outputName());
        new Operators(builder, samples, options.inputName()).addAll(options.outputName());
        Value.Input first = samples.graph().inputs().getFirst();
        Value last = samples.graph().outputs().getFirst();
        return new ModelProto(
                IR_VERSION,
                List.of(new OperatorSetId("", OPERATOR_SET)),
                "dsrl4j",
                options.producerVersion(),
                options.metadata(),
                builder.build(
                        name(model),
                        List.of(declare(samples, options.inputName(), first)),
                        List.of(declare(samples, options.outputName(), last))));
    }

    /** A graph must have a name; anonymous classes have none. */
    private static String name(Layer model) {
        String name = model.getClass().getSimpleName();
        return name.isEmpty() ? "model" : name;
    }

    private static Samples sample(Layer model, Shape input, Extents extents) {
        if (extents == Extents.FIXED) {
            return Samples.of(model, List.of(input));
        }
        if (input.rank() != 4) {
            throw new OnnxException("onnx: symbolic extents are for inputs [N, C, H, W], not " + input);
        }
        if (extents == Extents.ANY_BATCH) {
            return Samples.of(model, List.of(input, input.with(0, input.dim(0) + 1), input.with(0, input.dim(0) + 4)));
        }
        for (int multiple : MULTIPLES) {
            try {
                return Samples.of(model, inputs(input, multiple));
            } catch (ShapeException e) {
                if (multiple == MULTIPLES[MULTIPLES.length - 1]) {
                    throw new OnnxException(
                            "onnx: the model does not take inputs of other sizes, not even multiples of %d: %s; export it for a fixed size"
                                    .formatted(multiple, e.getMessage()),
                            e);
                }
            }
        }
        throw new AssertionError("the last multiple returns or throws");
    }

    private static List<Shape> inputs(Shape input, int multiple) {
        var inputs = new ArrayList<Shape>();
        inputs.add(input);
        for (int i = 0; i < SIZES.length; i++) {
            int height = Math.ceilDiv(SIZES[i][0], multiple) * multiple;
            int width = Math.ceilDiv(SIZES[i][1], multiple) * multiple;
            // The last ones are small.
            inputs.add(Shape.of(Math.max(1, i - SIZES.length + 4), input.dim(1), height, width));
        }
        return inputs;
    }

    private static ValueInfoProto declare(Samples samples, String name, Value value) {
        List<Dimension> shape = IntStream.range(0, value.shape().rank())
                .mapToObj(dim -> dimension(samples, name, value, dim))
                .toList();
        return ValueInfoProto.tensor(name, DataType.FLOAT, shape);
    }

    private static Dimension dimension(Samples samples, String name, Value value, int dim) {
        int[] extents = samples.extents(value, dim);
        if (Arrays.stream(extents).distinct().count() == 1) {
            return Dimension.of(extents[0]);
        }
        Value.Input input = samples.graph().inputs().getFirst();
        return IntStream.range(0, input.shape().rank())
                .filter(d -> Arrays.equals(samples.extents(input, d), extents))
                .mapToObj(d -> Dimension.of(DIMENSION_NAMES.get(d)))
                .findFirst()
                .orElseGet(() -> Dimension.of("%s_%d".formatted(name, dim)));
    }
}
