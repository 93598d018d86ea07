package io.github.dsrl4j.autograd;

import java.util.List;

/** One recorded call on the tape: the operation, what it saved, and the variables it was applied to. */
final class Node {
    private final Operation operation;
    private final Saved saved;
    private List<Variable> inputs;

    Node(Operation operation, Saved saved, List<Variable> inputs) {
        this.operation = operation;
        this.saved = saved;
        this.inputs = inputs;
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

    /** Lets go of what was saved and of the inputs, so that their memory is free while the backward pass goes on. */
    void release() {
        saved.release();
        inputs = List.of();
    }
}
