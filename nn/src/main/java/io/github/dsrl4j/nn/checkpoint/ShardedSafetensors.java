package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A model in several safetensors files, as {@code model.safetensors.index.json} lists them: {@code {"metadata": {...},
 * "weight_map": {name: file}}}.
 */
final class ShardedSafetensors {
    private static final long MAX_INDEX = SafetensorsHeader.MAX_LENGTH;

    private ShardedSafetensors() {}

    /** All tensors that an index lists, from the files beside it. */
    static Map<String, Tensor> read(Path index) {
        return ofAll(index, Safetensors::tensor);
    }

    /** The element types of all tensors that an index lists. */
    static Map<String, DType> types(Path index) {
        return ofAll(index, (shard, name) -> shard.entry(name).dtype());
    }

    private static <T> Map<String, T> ofAll(Path index, BiFunction<Safetensors, String, T> function) {
        var shards = new LinkedHashMap<String, Safetensors>();
        try {
            var found = new LinkedHashMap<String, T>();
            weightMap(index.toString(), text(index)).forEach((name, file) -> {
                Safetensors shard = shards.computeIfAbsent(file, _ -> Safetensors.open(index.resolveSibling(file)));
                found.put(name, function.apply(shard, name));
            });
            return found;
        } finally {
            shards.values().forEach(Safetensors::close);
        }
    }

    private static String text(Path index) {
        try {
            if (Files.size(index) > MAX_INDEX) {
                throw new CheckpointException(index + ": the index is larger than " + MAX_INDEX + " bytes");
            }
            return Files.readString(index);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(index + ": the index is not UTF-8 text", e);
        } catch (IOException e) {
            throw new CheckpointException(index + ": cannot be read: " + Failures.reason(e), e);
        }
    }

    /** Which file each tensor is in. A file is named without any folder, so that an index cannot point elsewhere. */
    static Map<String, String> weightMap(String source, String text) {
        Map<String, Object> root;
        try {
            root = Json.parseObject(text);
        } catch (Json.SyntaxException e) {
            throw new CheckpointException(source + ": the index is not what it should be: " + e.getMessage(), e);
        }
        if (!(root.get("weight_map") instanceof Map<?, ?> map)) {
            throw new CheckpointException(source + ": the index has no object 'weight_map'");
        }
        var files = new LinkedHashMap<String, String>();
        map.forEach((name, value) -> {
            if (!(value instanceof String file) || !isPlainFileName(file)) {
                throw new CheckpointException("%s: the index does not name a file beside it for tensor '%s'%s"
                        .formatted(
                                source,
                                Names.shorten((String) name),
                                value instanceof String other ? " but '" + Names.shorten(other) + "'" : ""));
            }
            files.put((String) name, file);
        });
        return Collections.unmodifiableMap(files);
    }

    private static boolean isPlainFileName(String file) {
        return file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}") && file.endsWith(".safetensors");
    }
}
