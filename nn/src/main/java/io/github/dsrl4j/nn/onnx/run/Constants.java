package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.run.Value.Doubles;
import io.github.dsrl4j.nn.onnx.run.Value.Floats;
import io.github.dsrl4j.nn.onnx.run.Value.Integers;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Values from nothing, and values in another type: Constant, ConstantOfShape, Range, Cast, CastLike. */
final class Constants {
    private Constants() {}

    /** The value of one of the attributes value, value_float, value_floats, value_int and value_ints. */
    static Operator constant(Attributes attributes) {
        Value value = Stream.of(
                        attributes.tensor("value").map(Value::of),
                        attributes.real("value_float").map(number -> Value.of(Tensor.scalar(number))),
                        attributes.reals("value_floats").map(numbers -> {
                            float[] array = new float[numbers.size()];
                            for (int i = 0; i < array.length; i++) {
                                array[i] = numbers.get(i);
                            }
                            return Value.of(Tensor.of(Shape.of(array.length), array));
                        }),
                        attributes.integer("value_int").map(number -> Value.of(Shape.of(), number)),
                        attributes.integers("value_ints").map(array -> Value.of(Shape.of(array.length), array)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
        attributes.checkAllKnown();
        if (value == null) {
            throw new OnnxException("there is no value");
        }
        return Operator.of(call -> value);
    }

    /** A tensor of the shape that the input says, every element the one of {@code value}, 0 in float32 if that is missing. */
    static Operator ofShape(Attributes attributes) {
        Value value = attributes.tensor("value").map(Value::of).orElseGet(() -> Value.of(Tensor.of(Shape.of(1), 0)));
        if (value.size() != 1) {
            throw new OnnxException("attribute 'value' must hold one number, but is " + value.describe());
        }
        return Operator.of(call -> Moves.full(call, value.type(), Extents.shape(call.integers(0)), value));
    }

    /** {@code start + i delta} for i from 0 to max(0, ceil((limit - start) / delta)), end excluded. */
    static Operator range(Attributes attributes) {
        return Operator.of(call -> {
            double start = call.number(0);
            double delta = call.number(2);
            double count = Math.max(0, Math.ceil((call.number(1) - start) / delta));
            if (delta == 0 || !(count <= Integer.MAX_VALUE)) {
                throw new OnnxException(
                        "there is no range from %s to %s in steps of %s".formatted(start, call.number(1), delta));
            }
            DataType type = call.value(0).type();
            Value y = call.create(type, Extents.shape((long) count));
            for (int i = 0; i < y.size(); i++) {
                switch (y) {
                    case Floats floats -> floats.array()[floats.offset() + i] = (float) (start + i * delta);
                    case Integers integers ->
                        integers.array()[i] = Value.wrap(type, call.integers(0)[0] + i * (long) delta);
                    case Doubles doubles -> doubles.array()[i] = Value.round(type, start + i * delta);
                }
            }
            return y;
        });
    }

    /**
     * Another element type. Real numbers lose their fraction on the way to whole ones, BOOL is whether a number is not 0.
     * {@code saturate} matters to 8-bit floats alone, which are not supported.
     */
    static Operator cast(Attributes attributes) {
        DataType type = type("to", attributes.integer("to", 0));
        attributes.flag("saturate", true);
        return Operator.of(call -> cast(call, call.value(0), type));
    }

    /** The element type of the second input. */
    static Operator castLike(Attributes attributes) {
        attributes.flag("saturate", true);
        return Operator.of(call -> cast(call, call.value(0), call.value(1).type()));
    }

    /** The element type of a number in an attribute. */
    @SuppressWarnings("EnumOrdinal") // the constants stand in the order of the format's numbers
    static DataType type(String attribute, long number) {
        var type =
                number < 0 || number >= DataType.values().length ? DataType.UNDEFINED : DataType.values()[(int) number];
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 ->
                type;
            default ->
                throw new UnsupportedOnnxException("attribute '%s': element type %s is not supported"
                        .formatted(attribute, type == DataType.UNDEFINED ? Long.toString(number) : type.name()));
        };
    }

    static Value cast(Call call, Value x, DataType type) {
        if (x.type() == type) {
            return x;
        }
        Value y = call.create(type, x.shape());
        int n = x.size();
        switch (y) {
            case Floats floats -> {
                for (int i = 0; i < n; i++) {
                    floats.array()[floats.offset() + i] = (float) x.real(i);
                }
            }
            case Integers integers -> Arrays.setAll(integers.array(), i -> whole(x, i, type));
            case Doubles doubles -> Arrays.setAll(doubles.array(), i -> Value.round(type, x.real(i)));
        }
        return y;
    }

    private static long whole(Value x, int i, DataType type) {
        if (x instanceof Integers integers) {
            return Value.wrap(type, integers.array()[i]);
        }
        double number = x.real(i);
        return type == DataType.BOOL ? (number != 0 ? 1 : 0) : Value.wrap(type, (long) number);
    }
}
