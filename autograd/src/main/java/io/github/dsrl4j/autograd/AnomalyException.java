package io.github.dsrl4j.autograd;

import io.github.dsrl4j.tensor.Tensor;
import java.io.Serial;

/** Anomaly mode found the first NaN; the message names the operation and the pass. */
public final class AnomalyException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    AnomalyException(String message) {
        super(message);
    }

    /** Refuses a NaN in an output; where an input held one already, the message says so, as the operation did not make it. */
    static void checkForward(Operation operation, Tensor[] inputs, Tensor output) {
        if (firstNaN(output) < 0) {
            return;
        }
        for (int i = 0; i < inputs.length; i++) {
            check("forward of %s, which was given a NaN in input %d".formatted(operation.name(), i), inputs[i]);
        }
        check("forward of " + operation.name(), output);
    }

    static void check(String where, Tensor tensor) {
        int index = firstNaN(tensor);
        if (index >= 0) {
            throw new AnomalyException(
                    "%s: first NaN at element %d of shape %s".formatted(where, index, tensor.shape()));
        }
    }

    private static int firstNaN(Tensor tensor) {
        float[] values = tensor.toArray();
        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
