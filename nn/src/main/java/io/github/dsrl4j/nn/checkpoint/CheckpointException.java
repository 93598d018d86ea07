package io.github.dsrl4j.nn.checkpoint;

import java.io.Serial;

/**
 * A file of weights that cannot be read, written, or loaded into a module. The message begins with the file's name,
 * says what is wrong with it and where, and is raised before any module is changed.
 */
public final class CheckpointException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
