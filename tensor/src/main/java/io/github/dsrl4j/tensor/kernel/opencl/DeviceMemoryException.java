package io.github.dsrl4j.tensor.kernel.opencl;

import java.io.Serial;

/** The memory of a device is too small for what was asked, or its contents were lost. The message has the figures and says what to do. */
public final class DeviceMemoryException extends IllegalStateException {
    @Serial
    private static final long serialVersionUID = 1L;

    public DeviceMemoryException(String message) {
        super(message);
    }
}
