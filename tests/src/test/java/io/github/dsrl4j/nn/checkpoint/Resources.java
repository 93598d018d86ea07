package io.github.dsrl4j.nn.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The small PyTorch files beside these tests; {@code make_checkpoints.py} made them. */
final class Resources {
    private Resources() {}

    static byte[] bytes(String name) {
        try (var in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + name + " beside " + Resources.class);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
