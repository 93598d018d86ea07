package io.github.dsrl4j.nn.onnx;

import io.github.dsrl4j.nn.onnx.proto.AttributeProto;
import io.github.dsrl4j.nn.trace.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Sizes as constants or as nodes that compute them. */
final class ShapeOperators {
    private final GraphBuilder builder;
    private final Function<Value, String> names;
    private final Map<Value, String> shapes = new HashMap<>();
    private final Map<Size, String> computed = new HashMap<>();

    /** @param names what the values of the traced graph are called in the file */
    ShapeOperators(GraphBuilder builder, Function<Value, String> names) {
        this.builder = builder;
        this.names = names;
    }

    /** The name of a tensor {@code [1]} that holds the size. */
    String vector(Size size) {
        return switch (size) {
            case Size.Constant(int value) -> builder.integers(value);
            case Size.Computed known when computed.containsKey(known) -> computed.get(known);
            case Size.Computed other -> {
                String name = compute(other);
                computed.put(other, name);
                yield name;
            }
        };
    }

    /** The name of a tensor {@code []} that holds the size. */
    String scalar(Size size) {
        return size instanceof Size.Constant(int value)
                ? builder.integer(value)
                : builder.add("Squeeze", List.of(vector(size), builder.integers(0)));
    }

    /** The name of a tensor that holds the sizes one after another. */
    String join(List<Size> sizes) {
        if (sizes.stream().allMatch(Size.Constant.class::isInstance)) {
            return builder.integers(sizes.stream()
                    .mapToLong(size -> ((Size.Constant) size).value())
                    .toArray());
        }
        return builder.add("Concat", sizes.stream().map(this::vector).toList(), AttributeProto.of("axis", 0));
    }

    /** The name of the shape of a value. */
    String shape(Value value) {
        String known = shapes.get(value);
        if (known == null) {
            known = builder.add("Shape", List.of(names.apply(value)));
            shapes.put(value, known);
        }
        return known;
    }

    private String compute(Size.Computed size) {
        String extent = builder.add(
                "Gather", List.of(shape(size.source()), builder.integers(size.dim())), AttributeProto.of("axis", 0));
        if (size.numerator() != 1) {
            extent = builder.add("Mul", List.of(extent, builder.integers(size.numerator())));
        }
        if (size.denominator() != 1) {
            if (size.up()) {
                extent = builder.add("Add", List.of(extent, builder.integers(size.denominator() - 1)));
            }
            extent = builder.add("Div", List.of(extent, builder.integers(size.denominator())));
        }
        return size.least() == 0 ? extent : builder.add("Max", List.of(extent, builder.integers(size.least())));
    }
}
