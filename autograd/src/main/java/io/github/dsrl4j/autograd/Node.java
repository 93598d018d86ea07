package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Storage;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;

/**
 * One recorded call on the tape: the operation, what it saved, and the variables it was applied to. It holds its result's memory until
 * a backward pass begins, from which on only those hold it that saved it or were given it by {@link Variable#value}.
 */
final class Node {
    private final Operation operation;
    private final Saved saved;
    private List<Variable> inputs;

    /** Null where it is not lent, since the garbage collector then knows best, and once it was let go. */
    private Storage result;

    Node(Operation operation, Saved saved, List<Variable> inputs, Tensor output) {
        this.operation = operation;
        this.saved = saved;
        this.inputs = inputs;
        // A single value is likely a loss, which is read after the backward pass, and takes no room.
        if (output.storage().isLent() && output.size() > 1) {
            result = output.storage();
            result.retain();
        } else {
            output.storage().retain();
        }
        saved.hold();
    }

    Operation operation() {
        return operation;
    }

    Saved saved() {
        return saved;
    }

    /** The variables the operation was applied to; none once a backward pass has come through. */
    List<Variable> inputs() {
        return inputs;
    }

    /** Lets go of the result: no operation will be applied to it any more. */
    void releaseResult() {
        if (result != null) {
            result.release();
            result = null;
        }
    }

    /** Lets go of what was saved and of the inputs, so that their memory is free while the backward pass goes on. */
    void release() {
        saved.release();
        inputs = List.of();
    }
}
