package io.github.dsrl4j.autograd;

import java.util.function.Supplier;

/** A wrong use of an operation, and what the error must say. */
record ShapeErrorCase(Class<? extends Operation> operation, Supplier<Variable> use, String message) {
    @Override
    public String toString() {
        return message;
    }
}
