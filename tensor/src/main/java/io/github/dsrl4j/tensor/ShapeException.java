package io.github.dsrl4j.tensor;

import java.io.Serial;

/**
 * Shapes that do not fit an operation. The message names the operation, what was asked, both shapes and the dimension, and
 * is raised before anything is changed.
 */
public final class ShapeException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ShapeException(String message) {
        super(message);
    }
}
