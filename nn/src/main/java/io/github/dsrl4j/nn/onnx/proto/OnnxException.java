package io.github.dsrl4j.nn.onnx.proto;

import java.io.Serial;

/**
 * An ONNX file that cannot be read or run, or a model that cannot be written as one. The message says what is wrong and where: the
 * node, tensor or byte.
 */
public class OnnxException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public OnnxException(String message) {
        super(message);
    }

    public OnnxException(String message, Throwable cause) {
        super(message, cause);
    }
}
