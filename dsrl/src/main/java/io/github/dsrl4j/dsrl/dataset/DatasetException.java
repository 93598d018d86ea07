package io.github.dsrl4j.dsrl.dataset;

import java.io.Serial;

/**
 * Something is wrong with a data set or an image file: missing, unreadable, sizes that do not fit, a label outside the
 * classes. The message is one line that names the file, the value and what to do, fit to be shown to a user as it is.
 */
public final class DatasetException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates an exception with its one-line message. */
    public DatasetException(String message) {
        super(message);
    }

    /** Creates an exception with its one-line message and what caused it. */
    public DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
