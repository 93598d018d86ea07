package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the second operand lies against the first. From version 7 on as numpy's, at the innermost dimension; before, only with the
 * attribute {@code broadcast}, and then from dimension {@code axis} of the first operand on, where that is given.
 */
record Alignment(boolean numpy, boolean broadcast, Optional<Long> axis) {
    static Alignment of(Attributes attributes) {
        return attributes.opset() >= 7
                ? new Alignment(true, true, Optional.empty())
                : new Alignment(false, attributes.flag("broadcast", false), attributes.integer("axis"));
    }

    /** The second input in a shape that aligns with the first as numpy's do. */
    Value aligned(Call call) {
        Shape first = call.value(0).shape();
        Value second = call.value(1);
        if (numpy || first.equals(second.shape())) {
            return second;
        }
        if (!broadcast) {
            throw new OnnxException("%s and %s differ in shape, and attribute 'broadcast' is not set"
                    .formatted(call.value(0).describe(), second.describe()));
        }
        return axis.isEmpty() ? second : from(Extents.axis(axis.get(), Math.max(1, first.rank())), first, second);
    }

    private static Value from(int axis, Shape first, Value second) {
        if (axis + second.shape().rank() > first.rank()) {
            throw new OnnxException(
                    "%s does not stretch to %s from dimension %d on".formatted(second.describe(), first, axis));
        }
        int[] dims = Arrays.copyOf(second.shape().dims(), first.rank() - axis);
        Arrays.fill(dims, second.shape().rank(), dims.length, 1);
        return second.reshape(Shape.of(dims));
    }
}
