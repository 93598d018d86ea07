package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * PyTorch's {@code .pth} and {@code .pt} files, read without Python and without danger. Both containers are known: the
 * stream of versions before 1.6, and the zip file since. The pickle inside is a program; the machine that runs it here
 * ({@link Pickle}) knows only the opcodes and constructors of tensors and plain containers and refuses all others by
 * name, so nothing that a file says can make anything run.
 *
 * <p>The state dict may be the whole file or stand in it under a usual key ({@code state_dict}, {@code model}, ...)
 * beside an optimiser, which is passed over. Names lose the {@code module.} of {@code DataParallel} and the {@code
 * _orig_mod.} of {@code torch.compile}. All real element types are converted to float32; views of shared storages
 * become tensors of their own.
 */
public final class PyTorchCheckpoint {
    private PyTorchCheckpoint() {}

    /**
     * The tensors of the state dict in a file, by name and in its order.
     *
     * @throws CheckpointException if there is no such file, it is damaged, holds what is not on the list, holds no
     *     state dict or more than one, or describes more data than a file of its size should
     */
    public static Map<String, Tensor> read(Path file) {
        return read(file, "");
    }

    /**
     * The tensors of the state dict that stands in a file under a key, for files that hold several.
     *
     * @param key such as {@code "ema"}, or several with dots between them; empty to search for it
     * @throws CheckpointException as {@link #read(Path)} does, and if there is nothing under the key
     */
    public static Map<String, Tensor> read(Path file, String key) {
        try (Arena arena = Arena.ofConfined()) {
            return read(file.toString(), MappedFile.map(file, arena), key);
        }
    }

    /**
     * The tensors of the state dict in the file whose bytes these are.
     *
     * @param source what messages shall call the file
     * @throws CheckpointException as {@link #read(Path)} does
     */
    public static Map<String, Tensor> read(String source, byte[] file) {
        return read(source, MemorySegment.ofArray(file), "");
    }

    /** The element types of the tensors of {@link #read(Path, String)}, under the names in the file. */
    static Map<String, DType> types(Path file, String key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = MappedFile.map(file, arena);
            String source = file.toString();
            var types = new LinkedHashMap<String, DType>();
            stateDict(source, archive(source, bytes, new Budget(source, bytes.byteSize())), key)
                    .forEach((name, view) -> types.put(name, view.dtype()));
            return types;
        }
    }

    private static TorchArchive archive(String source, MemorySegment file, Budget budget) {
        return isZip(file) ? TorchZip.read(source, file, budget) : legacy(source, file);
    }

    private static Map<String, TensorView> stateDict(String source, TorchArchive archive, String key) {
        return key.isEmpty() ? StateDicts.find(source, archive.root()) : StateDicts.find(source, archive.root(), key);
    }

    static Map<String, Tensor> read(String source, MemorySegment file, String key) {
        var budget = new Budget(source, file.byteSize());
        TorchArchive archive = archive(source, file, budget);
        Map<String, TensorView> found = stateDict(source, archive, key);
        var tensors = new LinkedHashMap<String, Tensor>();
        StateDicts.unwrapNames(source, found).forEach((name, view) -> {
            budget.take(view.floatBytes(), "tensor '" + Names.shorten(name) + "'");
            tensors.put(name, view.toTensor(source, name, archive.storages().apply(view.storage())));
        });
        return tensors;
    }

    private static TorchArchive legacy(String source, MemorySegment file) {
        if (isTar(file)) {
            throw new CheckpointException(
                    source + ": is a tar file as PyTorch 0.1 wrote it; load and save it again with a newer one");
        }
        return TorchLegacy.read(source, file);
    }

    static boolean isZip(MemorySegment file) {
        return startsWith(file, 0, "PK\u0003\u0004");
    }

    static boolean isTar(MemorySegment file) {
        return startsWith(file, 257, "ustar");
    }

    static boolean isPickle(MemorySegment file) {
        return file.byteSize() >= 2 && file.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80;
    }

    private static boolean startsWith(MemorySegment file, long offset, String letters) {
        if (file.byteSize() < offset + letters.length()) {
            return false;
        }
        for (int i = 0; i < letters.length(); i++) {
            if (file.get(ValueLayout.JAVA_BYTE, offset + i) != letters.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
