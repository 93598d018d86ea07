package io.github.dsrl4j.nn.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model is written.
 *
 * @param extents which extents of the input a caller of the file may choose
 * @param inputName the name of the input
 * @param outputName the name of the output
 * @param producerVersion the version of the program that writes the file; may be empty
 * @param metadata text that is kept in the file by key, such as the names of classes
 */
public record OnnxOptions(
        Extents extents, String inputName, String outputName, String producerVersion, Map<String, String> metadata) {
    /** The extents of an input {@code [N, C, H, W]}. */
    public enum Extents {
        /** All as they were exported. */
        FIXED,
        /** N is symbolic. */
        ANY_BATCH,
        /** N, H and W are symbolic. */
        ANY_SIZE
    }

    /** Fixed extents, {@code input} and {@code output}, no metadata. */
    public static final OnnxOptions DEFAULT = new OnnxOptions(Extents.FIXED, "input", "output", "", Map.of());

    /** @throws IllegalArgumentException if the input and the output cannot be told apart */
    public OnnxOptions {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        if (inputName.isEmpty() || outputName.isEmpty() || inputName.equals(outputName)) {
            throw new IllegalArgumentException("onnx: input and output need names of their own, not '%s' and '%s'"
                    .formatted(inputName, outputName));
        }
    }

    /** The same, but for the extents. */
    public OnnxOptions withExtents(Extents other) {
        return new OnnxOptions(other, inputName, outputName, producerVersion, metadata);
    }

    /** The same with this metadata. */
    public OnnxOptions withMetadata(Map<String, String> other) {
        return new OnnxOptions(extents, inputName, outputName, producerVersion, other);
    }

    /** The same with this version of the program. */
    public OnnxOptions withProducerVersion(String other) {
        return new OnnxOptions(extents, inputName, outputName, other, metadata);
    }
}
