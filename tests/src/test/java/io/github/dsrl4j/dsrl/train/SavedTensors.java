package io.github.dsrl4j.dsrl.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;

/** Comparing the files that runs leave. */
final class SavedTensors {
    private SavedTensors() {}

    /** The same names, and the same bits. */
    static void assertSame(Path expected, Path actual) {
        Map<String, Tensor> a = Safetensors.read(expected);
        Map<String, Tensor> b = Safetensors.read(actual);
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, tensor) ->
                assertArrayEquals(tensor.toArray(), b.get(name).toArray(), name));
    }
}
