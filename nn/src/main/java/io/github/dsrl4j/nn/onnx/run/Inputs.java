package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Fixed;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Symbolic;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Unknown;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what a caller passes in with what the model declares. */
final class Inputs {
    private Inputs() {}

    /**
     * What the graph works on: the values that are given, float32 in the declared type where that is another real one.
     *
     * @throws OnnxException if an input is missing, unknown, or not what is declared
     */
    static Map<String, Value> accept(Signature signature, Map<String, Value> given) {
        var unknown = new LinkedHashMap<>(given);
        var accepted = new LinkedHashMap<String, Value>();
        var named = new HashMap<String, Long>();
        for (ValueInfoProto input : signature.required()) {
            Value value = unknown.remove(input.name());
            if (value == null) {
                throw new OnnxException("input '%s' is missing".formatted(input));
            }
            accepted.put(input.name(), accept(input, value, named));
        }
        for (ValueInfoProto input : signature.optional()) {
            Value value = unknown.remove(input.name());
            if (value != null) {
                accepted.put(input.name(), accept(input, value, named));
            }
        }
        if (!unknown.isEmpty()) {
            throw new OnnxException("the model has no input '%s'; it has %s"
                    .formatted(unknown.keySet().iterator().next(), signature.required()));
        }
        return accepted;
    }

    private static Value accept(ValueInfoProto declared, Value value, Map<String, Long> named) {
        DataType type = declared.elementType();
        boolean typeFits = type == DataType.UNDEFINED
                || type == value.type()
                || (value.type() == DataType.FLOAT && (type == DataType.DOUBLE || Halves.isHalf(type)));
        boolean shapeFits = declared.shape().isEmpty() || fits(declared.shape().get(), value, named);
        if (!typeFits || !shapeFits) {
            throw new OnnxException("input '%s' cannot be %s".formatted(declared, value.describe()));
        }
        return type == DataType.UNDEFINED || type == value.type() ? value : Halves.cast(value, type);
    }

    private static boolean fits(List<Dimension> declared, Value value, Map<String, Long> named) {
        if (declared.size() != value.shape().rank()) {
            return false;
        }
        for (int d = 0; d < declared.size(); d++) {
            long extent = value.shape().dim(d);
            boolean fits = switch (declared.get(d)) {
                // Converters write -1, and some 0, for an extent that they do not know.
                case Fixed(long size) -> size <= 0 || size == extent;
                case Symbolic(String name) -> named.merge(name, extent, (first, second) -> first) == extent;
                case Unknown() -> true;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
