package io.github.dsrl4j.nn.data;

import java.io.Serial;

/** A sample could not be loaded; the cause says why. */
public final class SampleException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int index;

    SampleException(int index, int epoch, Throwable cause) {
        super("data loader: sample %d of epoch %d could not be loaded: %s".formatted(index, epoch, cause), cause);
        this.index = index;
    }

    /** The index of the sample in the data set. */
    public int index() {
        return index;
    }
}
