package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/** One execution of a node: its inputs, the kernels that work for it, and the memory and time that it may take. */
final class Call {
    private final Kernels kernels;
    private final Memory memory;
    private final Limits limits;
    /** Null where an optional input is not given. */
    private final List<Value> inputs;

    /** Inputs of 16 bits as float32, as far as they were asked for; null before. */
    private Value[] wide;

    Call(Kernels kernels, Memory memory, Limits limits, List<Value> inputs) {
        this.kernels = kernels;
        this.memory = memory;
        this.limits = limits;
        this.inputs = inputs;
    }

    Kernels kernels() {
        return kernels;
    }

    int inputs() {
        return inputs.size();
    }

    boolean has(int index) {
        return index < inputs.size() && inputs.get(index) != null;
    }

    /** A value that must be given. */
    Value value(int index) {
        if (!has(index)) {
            throw new OnnxException("input " + index + " is missing");
        }
        return inputs.get(index);
    }

    /** A value that must be given, as float32: of type FLOAT, or of a type of 16 bits, to which results are rounded then. */
    Tensor tensor(int index) {
        if (widened(index) instanceof Floats(Tensor tensor)) {
            return tensor;
        }
        throw new UnsupportedOnnxException("input %d is %s: only FLOAT, FLOAT16 and BFLOAT16 are supported"
                .formatted(index, value(index).describe()));
    }

    /** A value that must be given; one of a type of 16 bits as float32, and results are rounded to that type then. */
    Value widened(int index) {
        Value value = value(index);
        if (!Halves.isHalf(value.type())) {
            return value;
        }
        if (wide == null) {
            wide = new Value[inputs.size()];
        }
        if (wide[index] == null) {
            Floats floats = new Floats(create(value.shape()));
            Halves.widen((Doubles) value, floats);
            wide[index] = floats;
        }
        return wide[index];
    }

    /** The results of the node's operator, in the type of what was widened for it. */
    List<Value> rounded(String operator, List<Value> results) {
        if (wide == null || (has(0) && value(0).type() == DataType.FLOAT)) {
            return results;
        }
        DataType type = inputs.stream()
                .filter(value -> value != null && Halves.isHalf(value.type()))
                .findFirst()
                .orElseThrow()
                .type();
        var rounded = new ArrayList<Value>();
        for (Value result : results) {
            boolean stays = !(result instanceof Floats) || Halves.keepsFloat(operator, rounded.size());
            rounded.add(stays ? result : Constants.cast(this, result, type));
        }
        return rounded;
    }

    /** A value that must be given, of whole numbers, as a list. */
    long[] integers(int index) {
        if (value(index) instanceof Integers(DataType type, Shape shape, long[] array)) {
            return array;
        }
        throw new OnnxException("input %d must be whole numbers, not %s"
                .formatted(index, value(index).describe()));
    }

    /** The single number of a value that must be given. */
    double number(int index) {
        Value value = value(index);
        if (value.size() != 1) {
            throw new OnnxException("input %d must hold one number, but is %s".formatted(index, value.describe()));
        }
        return value.real(0);
    }

    /** A float32 tensor with unspecified contents. */
    Tensor create(Shape shape) {
        memory.charge(DataType.FLOAT, shape);
        return Tensor.empty(shape);
    }

    /** A value to be filled in; of zeros, except that float32 is unspecified. */
    Value create(DataType type, Shape shape) {
        if (type == DataType.FLOAT) {
            return new Floats(create(shape));
        }
        memory.charge(type, shape);
        return type.isInteger()
                ? new Integers(type, shape, new long[shape.size()])
                : new Doubles(type, shape, new double[shape.size()]);
    }

    /** Announces work, before it is begun. */
    void work(double steps) {
        limits.checkSteps(steps);
    }
}
