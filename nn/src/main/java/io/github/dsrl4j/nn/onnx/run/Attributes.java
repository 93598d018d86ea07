package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.FloatValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Floats;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.IntValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.Ints;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.StringValue;
import io.github.dsrl4j.nn.onnx.proto.AttributeValue.TensorValue;
import io.github.dsrl4j.nn.onnx.proto.NodeProto;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.nn.onnx.proto.TensorProto;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The attributes of a node while its operator is made, and which version of the operator it is. It remembers what was asked for: an
 * attribute that the operator did not ask for is one that it does not support.
 */
final class Attributes {
    private final NodeProto node;
    private final int opset;
    private final Set<String> known = new HashSet<>();

    Attributes(NodeProto node, int opset) {
        this.node = node;
        this.opset = opset;
    }

    /** The version of the operator set. */
    int opset() {
        return opset;
    }

    /** Whether the node has a name for this output. */
    boolean wants(int output) {
        return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    /** The number of outputs that the node names. */
    int outputs() {
        return node.outputs().size();
    }

    boolean has(String name) {
        return node.attribute(name).isPresent();
    }

    long integer(String name, long otherwise) {
        return integer(name).orElse(otherwise);
    }

    Optional<Long> integer(String name) {
        return read(name, "an integer", value -> value instanceof IntValue(long number) ? number : null);
    }

    /** An attribute that is 0 or 1. */
    boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    float real(String name, float otherwise) {
        return real(name).orElse(otherwise);
    }

    Optional<Float> real(String name) {
        return read(name, "a float", value -> value instanceof FloatValue(float number) ? number : null);
    }

    Optional<long[]> integers(String name) {
        return read(
                name,
                "a list of integers",
                value -> value instanceof Ints(var numbers)
                        ? numbers.stream().mapToLong(Long::longValue).toArray()
                        : null);
    }

    Optional<List<Float>> reals(String name) {
        return read(name, "a list of floats", value -> value instanceof Floats(var numbers) ? numbers : null);
    }

    Optional<TensorProto> tensor(String name) {
        return read(name, "a tensor", value -> value instanceof TensorValue(TensorProto tensor) ? tensor : null);
    }

    Optional<String> text(String name) {
        return read(name, "a text", value -> value instanceof StringValue(String found) ? found : null);
    }

    /**
     * An attribute with a text that names one of {@code choices} in lower case.
     *
     * @param otherwise where the attribute is missing
     */
    <E extends Enum<E>> E choice(String name, E otherwise, List<E> choices) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        return choices.stream()
                .filter(choice -> choice.name().equalsIgnoreCase(text.get()))
                .findFirst()
                .orElseThrow(() -> new UnsupportedOnnxException("attribute '%s' is '%s'; supported are %s"
                        .formatted(
                                name,
                                abbreviated(text.get()),
                                choices.stream().map(Enum::name).collect(Collectors.joining(", ")))));
    }

    /** @throws UnsupportedOnnxException if the node has an attribute that its operator did not ask for */
    void checkAllKnown() {
        for (AttributeProto attribute : node.attributes()) {
            if (!known.contains(attribute.name())) {
                throw new UnsupportedOnnxException("attribute '%s' is not supported in operator set %d"
                        .formatted(abbreviated(attribute.name()), opset));
            }
        }
    }

    private <T> Optional<T> read(String name, String kind, Function<AttributeValue, T> read) {
        known.add(name);
        Optional<AttributeValue> found = node.attribute(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        T value = read.apply(found.get());
        if (value == null) {
            throw new OnnxException("attribute '%s' must be %s, not %s"
                    .formatted(name, kind, found.get().getClass().getSimpleName()));
        }
        return Optional.of(value);
    }

    /** Names in messages come from a file that may hold anything. */
    static String abbreviated(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    /** Numbers in messages, likewise. */
    static String abbreviated(long[] numbers) {
        return numbers.length <= 16
                ? Arrays.toString(numbers)
                : Arrays.toString(Arrays.copyOf(numbers, 16)).replace("]", ", ...]");
    }
}
