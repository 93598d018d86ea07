package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of an open checkpoint of any format of {@link Checkpoint} as they are stored, with no type converted. For
 * one thread; tensors are valid until it is closed.
 */
public final class StoredTensors implements AutoCloseable {
    private final String source;
    private final List<Path> files;
    private final Map<String, StoredTensor> tensors;
    private final Map<String, String> metadata;
    private final List<String> passedOver;
    private final Runnable closing;

    /**
     * @param source what messages call the file
     * @param files the files that are read
     * @param passedOver what stands beside the tensors and might have been weights
     */
    StoredTensors(
            String source,
            List<Path> files,
            Map<String, StoredTensor> tensors,
            Map<String, String> metadata,
            List<String> passedOver,
            Runnable closing) {
        this.source = source;
        this.files = List.copyOf(files);
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
        this.passedOver = List.copyOf(passedOver);
        this.closing = closing;
    }

    /**
     * Opens a checkpoint. Names lose what {@code DataParallel}, {@code torch.compile} and sharded training put before
     * them, where all names have it.
     *
     * @throws CheckpointException as {@link Checkpoint#read} does
     */
    public static StoredTensors open(Path file) {
        return open(file, "");
    }

    /**
     * Opens one of several state dicts in a PyTorch file.
     *
     * @param key as of {@link PyTorchCheckpoint#read(Path, String)}; empty to search for it
     * @throws CheckpointException as {@link #open(Path)} does, and if there is nothing under the key, or a key is given
     *     for a file of another format
     */
    public static StoredTensors open(Path file, String key) {
        return openAsNamed(file, key).withTensors(WrapperNames::removed);
    }

    /** As {@link #open(Path, String)}, under the very names that the file has. */
    static StoredTensors openAsNamed(Path file, String key) {
        Checkpoint.Format format = Checkpoint.format(file);
        if (!key.isEmpty() && format != Checkpoint.Format.PYTORCH) {
            throw new CheckpointException(
                    "%s: a key ('%s') chooses a state dict of a PyTorch file; this one is %s and holds its tensors by name"
                            .formatted(
                                    file,
                                    Names.shorten(key),
                                    format == Checkpoint.Format.SAFETENSORS
                                            ? "a safetensors file"
                                            : "an index of several files"));
        }
        return switch (format) {
            case SAFETENSORS -> safetensors(file);
            case SAFETENSORS_INDEX -> ShardedCheckpoint.open(file);
            case PYTORCH -> pyTorch(file, key);
        };
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever opens the tensors closes them, and the file with them
    private static StoredTensors safetensors(Path path) {
        var file = Safetensors.open(path);
        var tensors = new LinkedHashMap<String, StoredTensor>();
        file.names().forEach(name -> tensors.put(name, StoredTensor.of(file, name)));
        return new StoredTensors(path.toString(), List.of(path), tensors, file.metadata(), List.of(), file::close);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever opens the tensors closes them, and the arena with them
    private static StoredTensors pyTorch(Path file, String key) {
        Arena arena = Arena.ofConfined();
        try {
            String source = file.toString();
            var passedOver = new ArrayList<String>();
            Map<String, StoredTensor> tensors =
                    PyTorchCheckpoint.stored(source, MappedFile.map(file, arena), key, passedOver::add);
            return new StoredTensors(source, List.of(file), tensors, Map.of(), passedOver, arena::close);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    private interface Renaming {
        Map<String, StoredTensor> apply(Map<String, StoredTensor> tensors);
    }

    private StoredTensors withTensors(Renaming renaming) {
        return new StoredTensors(source, files, renaming.apply(tensors), metadata, passedOver, closing);
    }

    /**
     * The same file, only the tensors whose names begin with a prefix, without it, such as Lightning's {@code model.}.
     * Closing either closes both.
     *
     * @param prefix with the dot at its end
     * @throws CheckpointException if no name begins with it, or nothing or a dot would be left at the beginning of one
     */
    public StoredTensors withoutPrefix(String prefix) {
        if (prefix.isEmpty() || tensors.keySet().stream().noneMatch(name -> name.startsWith(prefix))) {
            throw new CheckpointException("%s: no name begins with '%s'; the first is '%s'"
                    .formatted(
                            source,
                            Names.shorten(prefix),
                            tensors.isEmpty()
                                    ? ""
                                    : Names.shorten(tensors.keySet().iterator().next())));
        }
        return withTensors(all -> {
            var renamed = new LinkedHashMap<String, StoredTensor>();
            all.forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    String left = name.substring(prefix.length());
                    if (left.isEmpty() || left.startsWith(".")) {
                        throw new CheckpointException(
                                "%s: '%s' would become '%s'; give whole parts of names and the dot: '%s'"
                                        .formatted(
                                                source,
                                                Names.shorten(name),
                                                Names.shorten(left),
                                                Names.shorten(prefix) + "."));
                    }
                    renamed.put(left, tensor);
                }
            });
            return renamed;
        });
    }

    /** The tensors by name, in the order of the file. */
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /**
     * One tensor.
     *
     * @throws CheckpointException if there is none of this name
     */
    public StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw Names.unknown(source, name, tensors.keySet());
        }
        return tensor;
    }

    /** All tensors as float32; see {@link StoredTensor#toTensor}. */
    public Map<String, Tensor> toTensors() {
        return floats(tensors);
    }

    static Map<String, Tensor> floats(Map<String, StoredTensor> tensors) {
        var floats = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> floats.put(name, tensor.toTensor()));
        return floats;
    }

    /** The free text beside the tensors; PyTorch files have none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * What a PyTorch file holds in the same dictionary as its tensors and might have been weights, too: objects such as
     * NumPy arrays, and tensors put together. Each as its name and what it is.
     */
    public List<String> passedOver() {
        return passedOver;
    }

    /** The files that are read: one, or an index and those that it lists. */
    public List<Path> files() {
        return files;
    }

    @Override
    public void close() {
        closing.run();
    }
}
