package io.github.dsrl4j.nn.checkpoint;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in several files of safetensors or PyTorch, as {@code model.safetensors.index.json} and {@code
 * pytorch_model.bin.index.json} list them: {@code {"metadata": {...}, "weight_map": {name: file}}}.
 */
final class ShardedCheckpoint {
    private static final long MAX_INDEX = SafetensorsHeader.MAX_LENGTH;

    private ShardedCheckpoint() {}

    /** All tensors that an index lists, from the files beside it. Metadata of files that differs is left out. */
    @SuppressWarnings("MustBeClosedChecker") // whoever opens the tensors closes them, and the files with them
    static StoredTensors open(Path index) {
        var shards = new LinkedHashMap<String, StoredTensors>();
        Runnable closing = () -> shards.values().forEach(StoredTensors::close);
        try {
            var tensors = new LinkedHashMap<String, StoredTensor>();
            weightMap(index.toString(), text(index)).forEach((name, file) -> {
                StoredTensors shard = shards.computeIfAbsent(file, _ -> openShard(index, file));
                tensors.put(name, shard.tensor(name));
            });
            var files = new ArrayList<>(List.of(index));
            var passedOver = new ArrayList<String>();
            shards.values().forEach(shard -> {
                files.addAll(shard.files());
                passedOver.addAll(shard.passedOver());
            });
            return new StoredTensors(
                    index.toString(), files, tensors, commonMetadata(shards.values()), passedOver, closing);
        } catch (Throwable failure) {
            closing.run();
            throw failure;
        }
    }

    private static StoredTensors openShard(Path index, String file) {
        Path path = index.resolveSibling(file);
        if (Checkpoint.format(path) == Checkpoint.Format.SAFETENSORS_INDEX) {
            throw new CheckpointException(path + ": is listed by " + index + ", but is itself an index and no weights");
        }
        return StoredTensors.openAsNamed(path, "");
    }

    private static Map<String, String> commonMetadata(Collection<StoredTensors> shards) {
        var common = new LinkedHashMap<String, String>();
        shards.forEach(shard -> shard.metadata().forEach(common::putIfAbsent));
        shards.forEach(shard -> common.entrySet().removeIf(entry -> {
            String other = shard.metadata().get(entry.getKey());
            return other != null && !other.equals(entry.getValue());
        }));
        return common;
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
        return file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,250}[.](safetensors|bin|pt|pth)");
    }
}
