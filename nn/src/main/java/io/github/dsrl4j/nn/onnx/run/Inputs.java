package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.Dimension;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Fixed;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Symbolic;
import io.github.dsrl4j.nn.onnx.proto.Dimension.Unknown;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compares what a caller passes in with what the model declares. */
final class Inputs {
    private Inputs() {}

    static void check(List<ValueInfoProto> declared, Map<String, Value> given) {
        var names = declared.stream().map(ValueInfoProto::name).collect(Collectors.toSet());
        for (String name : given.keySet()) {
            if (!names.contains(name)) {
                throw new OnnxException("the model has no input '%s'; it has %s".formatted(name, declared));
            }
        }
        var named = new HashMap<String, Long>();
        for (ValueInfoProto input : declared) {
            Value value = given.get(input.name());
            if (value == null) {
                throw new OnnxException("input '%s' is missing".formatted(input));
            }
            check(input, value, named);
        }
    }

    private static void check(ValueInfoProto declared, Value value, Map<String, Long> named) {
        boolean typeFits = declared.elementType() == DataType.UNDEFINED || declared.elementType() == value.type();
        boolean shapeFits = declared.shape().isEmpty() || fits(declared.shape().get(), value, named);
        if (!typeFits || !shapeFits) {
            throw new OnnxException("input '%s' cannot be %s".formatted(declared, value.describe()));
        }
    }

    private static boolean fits(List<Dimension> declared, Value value, Map<String, Long> named) {
        if (declared.size() != value.shape().rank()) {
            return false;
        }
        for (int d = 0; d < declared.size(); d++) {
            long extent = value.shape().dim(d);
            boolean fits = switch (declared.get(d)) {
                // Older converters write -1 for any extent, as ONNX Runtime understands it.
                case Fixed(long size) -> size < 0 || size == extent;
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
