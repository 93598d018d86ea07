package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.DataType;
import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import io.github.dsrl4j.tensor.Shape;
import java.util.IdentityHashMap;

/** Counts the memory that the values of one run take, so that a limit is kept before the memory is asked for. */
final class Memory {
    private final long limit;
    private final IdentityHashMap<Object, Integer> holders = new IdentityHashMap<>();
    private long held;
    private long pending;

    Memory(long limit) {
        this.limit = limit;
    }

    /** Announces a new array of the node at work. */
    void charge(DataType type, Shape shape) {
        pending += bytes(type, shape.size());
        if (held + pending > limit) {
            throw new OnnxException(
                    "a value %s%s would take the run over its limit of %d bytes".formatted(type, shape, limit));
        }
    }

    /** The node at work has ended: what it made is garbage but for its outputs, which are held next. */
    void settle() {
        pending = 0;
    }

    /** One more name for the value's memory. */
    void hold(Value value) {
        if (holders.merge(value.array(), 1, Integer::sum) == 1) {
            held += bytes(value.type(), value.size());
        }
    }

    /** One name less. */
    void release(Value value) {
        if (holders.merge(value.array(), -1, (count, change) -> count == 1 ? null : count + change) == null) {
            held -= bytes(value.type(), value.size());
        }
    }

    private static long bytes(DataType type, int size) {
        return (long) size * (type == DataType.FLOAT ? Float.BYTES : Long.BYTES);
    }
}
