package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights from a file of any format that is known, told by its first bytes and not by its name. */
public final class Checkpoint {
    private static final int SNIFFED = 512;

    private Checkpoint() {}

    /** The formats that are read. */
    public enum Format {
        /** One safetensors file; see {@link Safetensors}. */
        SAFETENSORS,
        /** The index of a model in several safetensors files. */
        SAFETENSORS_INDEX,
        /** PyTorch's zip container or its older stream; see {@link PyTorchCheckpoint}. */
        PYTORCH
    }

    /**
     * The tensors in a file, by name, as float32. Names that {@code DataParallel} or {@code torch.compile} put a prefix before are
     * the model's own again.
     *
     * @throws CheckpointException if there is no such file, or it is none of the known formats, or is damaged
     */
    public static Map<String, Tensor> read(Path file) {
        return switch (format(file)) {
            case SAFETENSORS -> StateDicts.unwrapNames(file.toString(), Safetensors.read(file));
            case SAFETENSORS_INDEX -> StateDicts.unwrapNames(file.toString(), ShardedSafetensors.read(file));
            case PYTORCH -> PyTorchCheckpoint.read(file);
        };
    }

    /**
     * The element types that the tensors of {@link #read(Path)} have in the file, by the same names.
     *
     * @param key of the state dict in a PyTorch file that holds several, with dots between keys of keys; empty to search for it
     * @throws CheckpointException as {@link #read(Path)} does
     */
    public static Map<String, DType> types(Path file, String key) {
        var types = new LinkedHashMap<String, DType>();
        switch (format(file)) {
            case SAFETENSORS -> {
                try (var open = Safetensors.open(file)) {
                    open.names()
                            .forEach(name -> types.put(name, open.entry(name).dtype()));
                }
            }
            case SAFETENSORS_INDEX -> types.putAll(ShardedSafetensors.types(file));
            case PYTORCH -> types.putAll(PyTorchCheckpoint.types(file, key));
        }
        return StateDicts.unwrapNames(file.toString(), types);
    }

    /**
     * The tensors in the file whose bytes these are, by name, as float32.
     *
     * @param source what messages shall call the file
     * @throws CheckpointException if it is none of the known formats, or is damaged, or is an index, whose files are not there
     */
    public static Map<String, Tensor> read(String source, byte[] file) {
        return switch (format(source, file)) {
            case SAFETENSORS -> {
                try (var open = Safetensors.of(source, file)) {
                    yield StateDicts.unwrapNames(source, open.tensors());
                }
            }
            case SAFETENSORS_INDEX ->
                throw new CheckpointException(
                        source + ": is the index of several files, which can be read from a folder only");
            case PYTORCH -> PyTorchCheckpoint.read(source, file);
        };
    }

    /**
     * Loads a file into a module, every name and shape of which must fit; see {@link StateLoader} for less.
     *
     * @throws CheckpointException as {@link #read} does, and if a name or shape does not fit; the module is then as it
     *     was
     */
    public static void load(Module module, Path file) {
        StateLoader.strict().load(module, file);
    }

    /**
     * The format of a file, judged by its first bytes.
     *
     * @throws CheckpointException if there is no such file or it is none of the known formats
     */
    public static Format format(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return format(file.toString(), MappedFile.map(file, arena));
        }
    }

    /**
     * The format of the file whose bytes these are.
     *
     * @param source what messages shall call the file
     * @throws CheckpointException if it is none of the known formats
     */
    public static Format format(String source, byte[] file) {
        return format(source, MemorySegment.ofArray(file));
    }

    static Format format(String source, MemorySegment file) {
        // First, since the length of a header may look like the beginning of a pickle.
        if (beginsWithHeader(file)) {
            return Format.SAFETENSORS;
        }
        if (PyTorchCheckpoint.isZip(file) || PyTorchCheckpoint.isPickle(file) || PyTorchCheckpoint.isTar(file)) {
            return Format.PYTORCH;
        }
        if (file.byteSize() > 8 && file.get(ValueLayout.JAVA_BYTE, 8) == '{') {
            return Format.SAFETENSORS;
        }
        byte[] bytes = file.asSlice(0, Math.min(SNIFFED, file.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        if (start.stripLeading().startsWith("{")) {
            return Format.SAFETENSORS_INDEX;
        }
        throw new CheckpointException(source + ": " + guess(start));
    }

    /** Whether the file begins with the length of a header that it has room for, and then with that header. */
    private static boolean beginsWithHeader(MemorySegment file) {
        if (file.byteSize() <= Long.BYTES || file.get(ValueLayout.JAVA_BYTE, Long.BYTES) != '{') {
            return false;
        }
        long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        return length > 0 && length <= file.byteSize() - Long.BYTES;
    }

    /** What a file that is no checkpoint looks like: mostly something that went wrong on the way here. */
    private static String guess(String start) {
        if (start.isEmpty()) {
            return "the file is empty";
        }
        if (start.startsWith("version https://git-lfs")) {
            return "this is a Git LFS pointer and not the weights; fetch them with 'git lfs pull'";
        }
        if (start.stripLeading().startsWith("<")) {
            return "this is a web page and not the weights; the download went wrong";
        }
        if (start.startsWith("\u001f\u008b")) {
            return "this is a gzip file; unpack it first";
        }
        if (start.startsWith("\u0089HDF")) {
            return "this is an HDF5 file; safetensors and PyTorch files are read";
        }
        return "the format is not known; safetensors (.safetensors, .safetensors.index.json) and PyTorch (.pth, .pt)"
                + " files are read";
    }
}
