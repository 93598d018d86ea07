package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrapperNamesTest {
    @TempDir
    Path folder;

    private static List<String> names(String text) {
        return Arrays.stream(text.split(" ", -1)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        // Wrapped as a whole, once and several times over.
        "module.a.w module.b, a.w b",
        "_orig_mod.a.w _orig_mod.b, a.w b",
        "_fsdp_wrapped_module.a _fsdp_wrapped_module.b, a b",
        "module._orig_mod.a module._orig_mod.b, a b",
        "_orig_mod.module.a _orig_mod.module.b, a b",
        "module.module.a module.module.b, a b",
        // Wrapped in part, as torch.compile(model.backbone) and activation checkpoints do.
        "backbone._orig_mod.w backbone._orig_mod.b head.w, backbone.w backbone.b head.w",
        "a._checkpoint_wrapped_module.w a._checkpoint_wrapped_module._orig_mod.b c, a.w a._orig_mod.b c",
        "module.a._orig_mod.w module.b, a.w b",
        "a._orig_mod.b._orig_mod.w a._orig_mod.c, a.b.w a.c",
        // Names of the model's own.
        "module.a b, module.a b",
        "module.a modules.b, module.a modules.b",
        "_orig_mod.a b, _orig_mod.a b",
        "a._orig_mod.w a.b, a._orig_mod.w a.b",
        "model.a model.b, model.a model.b",
        "module module.a, module module.a",
        "module., module.",
        "a._orig_mod._orig_mod, a._orig_mod",
        "my_orig_mod.a, my_orig_mod.a",
        "x.module.a x.module.b, x.module.a x.module.b",
        // Two that would become one.
        "module.a module._orig_mod.a, a _orig_mod.a",
        "a, a"
    })
    void goOnlyWhereAllNamesOfAPartHaveThem(String before, String after) {
        var state = new LinkedHashMap<String, Integer>();
        names(before).forEach(name -> state.put(name, state.size()));
        Map<String, Integer> removed = WrapperNames.removed(state);
        assertEquals(names(after), List.copyOf(removed.keySet()));
        assertEquals(List.copyOf(state.values()), List.copyOf(removed.values()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "module.", "_orig_mod.", "module._orig_mod."})
    void areTheSameInEveryFormat(String prefix) throws IOException {
        Map<String, Tensor> tensors = Map.of(prefix + "w", Tensor.scalar(3), prefix + "b", Tensor.scalar(4));
        Path single = folder.resolve("model.safetensors");
        Safetensors.write(single, tensors);
        Path index = Files.write(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"%1$sw\": \"model.safetensors\", \"%1$sb\": \"model.safetensors\"}}"
                        .formatted(prefix)
                        .getBytes(StandardCharsets.UTF_8));
        Path pickle = Files.write(
                folder.resolve("model.pth"),
                PickleBuilder.stream()
                        .ops("}")
                        .text(prefix + "w")
                        .tensor("0", 2, 0, new long[] {}, new long[] {})
                        .ops("s")
                        .text(prefix + "b")
                        .tensor("0", 2, 1, new long[] {}, new long[] {})
                        .ops("s")
                        .end("0", new float[] {3, 4}));
        for (Path file : List.of(single, index, pickle)) {
            Map<String, Tensor> read = Checkpoint.read(file);
            assertEquals(2, read.size(), file::toString);
            assertArrayEquals(new float[] {3}, read.get("w").toArray(), file::toString);
            assertArrayEquals(new float[] {4}, read.get("b").toArray(), file::toString);
        }
        assertEquals(2, Checkpoint.read("in memory", Files.readAllBytes(single)).size());
        assertEquals(tensors.keySet(), Safetensors.read(single).keySet());
    }
}
