package io.github.dsrl4j.nn.onnx.run;

import io.github.dsrl4j.nn.onnx.proto.OnnxException;
import java.io.Serial;

/** A model that may well be valid, but asks for an operator, an attribute or an element type that is not supported here. */
public final class UnsupportedOnnxException extends OnnxException {
    @Serial
    private static final long serialVersionUID = 1L;

    public UnsupportedOnnxException(String message) {
        super(message);
    }
}
