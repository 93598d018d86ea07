package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Weights from a file of any format that is known, told by its first bytes and not by its name. */
public final class Checkpoint {
    private static final int SNIFFED = 512;

    private Checkpoint() {}

    /** The formats that are read. */
    public enum Format {
        /** One safetensors file; see {@link Safetensors}. */
        SAFETENSORS,
        /** The index of a model in several files of safetensors or PyTorch. */
        SAFETENSORS_INDEX,
        /** PyTorch's zip container or its older stream; see {@link PyTorchCheckpoint}. */
        PYTORCH
    }

    /**
     * The tensors in a file, by name, as float32. Names lose what {@code DataParallel} ({@code module.}), {@code
     * torch.compile} ({@code _orig_mod.}) and sharded training put before them, in all formats alike and where all
     * names have it.
     *
     * @throws CheckpointException if there is no such file, or it is none of the known formats, or is damaged
     */
    public static Map<String, Tensor> read(Path file) {
        try (var open = StoredTensors.open(file)) {
            return open.toTensors();
        }
    }

    /**
     * The tensors in the file whose bytes these are, by name, as float32.
     *
     * @param source what messages shall call the file
     * @throws CheckpointException if it is none of the known formats, or is damaged, or is an index, whose files are
     *     not there
     */
    public static Map<String, Tensor> read(String source, byte[] file) {
        return switch (format(source, file)) {
            case SAFETENSORS -> {
                try (var open = Safetensors.of(source, file)) {
                    yield WrapperNames.removed(open.tensors());
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
        if (ZipEnd.isAtEndOf(file)) {
            return Format.PYTORCH;
        }
        throw new CheckpointException(source + ": " + ForeignFile.guess(source, start));
    }

    /** Whether the file begins with the length of a header that it has room for, and then with that header. */
    private static boolean beginsWithHeader(MemorySegment file) {
        if (file.byteSize() <= Long.BYTES || file.get(ValueLayout.JAVA_BYTE, Long.BYTES) != '{') {
            return false;
        }
        long length = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        return length > 0 && length <= file.byteSize() - Long.BYTES;
    }
}
