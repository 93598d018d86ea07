package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import io.github.dsrl4j.nn.onnx.run.Limits;
import io.github.dsrl4j.nn.onnx.run.Operators;
import io.github.dsrl4j.nn.onnx.run.Program;
import io.github.dsrl4j.nn.onnx.run.Value;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model, read and run with the engine's own kernels.
 *
 * <pre>{@code
 * var model = OnnxModel.load(Path.of("segmentation.onnx"));
 * Tensor logits = model.run(image);
 * Map<String, Value> results = model.run(Map.of("image", image, "size", Value.of(Shape.of(2), 512, 1024)));
 * }</pre>
 *
 * The operators that segmentation networks use are supported, in the versions {@value Operators#OLDEST} to {@value Operators#NEWEST} of
 * ONNX's operator set, and many in older ones: {@link Operators#names} lists them. The graph is checked when it is loaded; the
 * model may then be used by many threads at once. Weights are kept as the file has them: nothing is fused. Nodes and constants
 * that no output depends on are passed over, whatever they are.
 *
 * <p>FLOAT16 and BFLOAT16 are computed in float32 (where an operator has no float32 form, in float64), and the results of every
 * node are rounded to the type that ONNX says, as if the operator had been exact. A float32 tensor is taken for an input
 * of these types, rounded, and for one of DOUBLE.
 */
public final class OnnxModel {
    private final Program program;
    private final Limits limits;

    private OnnxModel(Program program, Limits limits) {
        this.program = program;
        this.limits = limits;
    }

    /**
     * Reads a file.
     *
     * @throws io.github.dsrl4j.nn.onnx.run.UnsupportedOnnxException if the model asks for an operator, an attribute or an element
     *     type that is not supported, naming the node
     * @throws OnnxException if the file cannot be read, or the model is not valid
     */
    public static OnnxModel load(Path file) {
        return of(ModelProto.read(file), Limits.ofHeap());
    }

    /**
     * As {@link #load(Path)}, for the contents of a file. Models that keep weights in other files must be loaded by their path.
     */
    public static OnnxModel load(byte[] contents) {
        return of(ModelProto.read("model", contents), Limits.ofHeap());
    }

    /** As {@link #load(Path)}, for a model that has been read already, with limits on what a run may take. */
    public static OnnxModel of(ModelProto model, Limits limits) {
        try {
            return new OnnxModel(Program.of(model), limits);
        } catch (ShapeException e) {
            throw new OnnxException(e.getMessage(), e);
        }
    }

    /** Names, element types and shapes of what {@link #run(Map)} must be given. */
    public List<ValueInfoProto> inputs() {
        return program.inputs();
    }

    /** Of what {@link #run(Map)} may be given beside: inputs for which the file has a constant as default. */
    public List<ValueInfoProto> optionalInputs() {
        return program.optionalInputs();
    }

    /** Names, element types and shapes of what {@link #run(Map)} returns, as far as the file tells. */
    public List<ValueInfoProto> outputs() {
        return program.outputs();
    }

    /**
     * Runs the model.
     *
     * @param inputs by name: a {@link Tensor}, a {@link Value}, or a {@link TensorProto}
     * @return the outputs by name, in the model's order; they may share memory with inputs
     * @throws OnnxException if an input is missing, unknown or not what the model declares, if a node cannot work on what it
     *     is given (named in the message), or if the run would take more than the limits allow
     */
    public Map<String, Value> run(Map<String, ?> inputs) {
        var values = new LinkedHashMap<String, Value>();
        inputs.forEach((name, input) -> {
            if (!program.passesOver(name)) {
                values.put(name, value(name, input));
            }
        });
        return program.run(values, Device.cpu().kernels(), limits);
    }

    /**
     * Runs a model of one input on a tensor.
     *
     * @return the first output
     * @throws OnnxException as {@link #run(Map)}, and if the model has more inputs than one
     */
    public Tensor run(Tensor input) {
        if (inputs().size() != 1) {
            throw new OnnxException("the model takes %d inputs, not one: %s".formatted(inputs().size(), inputs()));
        }
        return run(Map.of(inputs().getFirst().name(), input))
                .get(outputs().getFirst().name())
                .toTensor();
    }

    private static Value value(String name, Object input) {
        return switch (input) {
            case Tensor tensor -> Value.of(tensor);
            case Value value -> value;
            case TensorProto tensor -> Value.of(tensor);
            case null, default ->
                throw new OnnxException("input '%s' must be a Tensor, a Value or a TensorProto, not %s"
                        .formatted(name, input == null ? null : input.getClass().getName()));
        };
    }
}
