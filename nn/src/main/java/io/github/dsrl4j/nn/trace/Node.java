package io.github.dsrl4j.nn.trace;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.tensor.Shape;
import java.util.List;

/**
 * One call of an operation.
 *
 * @param operation the operation's own record with its options, such as {@link io.github.dsrl4j.autograd.op.Conv2d}: switch over it
 *     by pattern
 * @param inputs what the operation was applied to, in its order: for a convolution x, weight, and perhaps bias
 * @param state tensors of the model that are not inputs but options of the operation: for
 *     {@link io.github.dsrl4j.autograd.op.BatchNorm} the running mean and the running variance, else none
 * @param output what it computed
 * @param layer the full name of the innermost layer that made the call, such as {@code base_net.level1.conv}; empty where the
 *     model itself did
 */
public record Node(
        Operation operation, List<Value> inputs, List<Value.Constant> state, Value.Result output, String layer) {
    public Node {
        inputs = List.copyOf(inputs);
        state = List.copyOf(state);
    }

    /** Multiply-adds of this call. */
    public long multiplyAdds() {
        return operation.multiplyAdds(
                output.shape(), inputs.stream().map(Value::shape).toArray(Shape[]::new));
    }
}
