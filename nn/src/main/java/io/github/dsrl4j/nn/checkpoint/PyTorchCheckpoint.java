package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * PyTorch's {@code .pth} and {@code .pt} files, read without Python and without danger. Both containers are known: the
 * stream of versions before 1.6, and the zip file since, TorchScript's among them. The pickle inside is a program; the
 * machine that runs it here ({@link Pickle}) builds tensors and plain containers. Other Python objects, such as the
 * scores and arguments that training scripts save beside the weights, are passed over, and nothing that a file says can
 * make anything run.
 *
 * <p>The state dict may be the whole file or stand in it under a usual key ({@code state_dict}, {@code model}, ...)
 * beside an optimiser, which is passed over; of a whole module, plain or TorchScript, the parameters and buffers are
 * read. Names lose what {@code DataParallel} ({@code module.}), {@code torch.compile} ({@code _orig_mod.}) and sharded
 * training put before them. All real element types are converted to float32; views of shared storages become tensors of
 * their own.
 */
public final class PyTorchCheckpoint {
    private PyTorchCheckpoint() {}

    /**
     * The tensors of the state dict in a file, by name and in its order.
     *
     * @throws CheckpointException if there is no such file, it is damaged, holds no state dict or more than one, a
     *     weight is of a kind that is not read (sparse, quantised, complex, a NumPy array), or the file describes more
     *     data than one of its size should
     */
    public static Map<String, Tensor> read(Path file) {
        return read(file, "");
    }

    /**
     * The tensors of the state dict that stands in a file under a key, for files that hold several.
     *
     * @param key such as {@code "ema"}, the index in a list, or several with dots between them; empty to search for it
     * @throws CheckpointException as {@link #read(Path)} does, and if there is nothing under the key
     */
    public static Map<String, Tensor> read(Path file, String key) {
        try (Arena arena = Arena.ofConfined()) {
            return StoredTensors.floats(
                    WrapperNames.removed(stored(file.toString(), MappedFile.map(file, arena), key, _ -> {})));
        }
    }

    /**
     * The tensors of the state dict in the file whose bytes these are.
     *
     * @param source what messages shall call the file
     * @throws CheckpointException as {@link #read(Path)} does
     */
    public static Map<String, Tensor> read(String source, byte[] file) {
        return StoredTensors.floats(WrapperNames.removed(stored(source, MemorySegment.ofArray(file), "", _ -> {})));
    }

    /**
     * The tensors of the state dict as they are stored, under the names that they have there.
     *
     * @param passedOver is told what stands beside them and might have been weights
     */
    static Map<String, StoredTensor> stored(
            String source, MemorySegment file, String key, Consumer<String> passedOver) {
        var budget = new Budget(source, file.byteSize());
        boolean isZip = isZip(file) || (!isPickle(file) && !isTar(file) && ZipEnd.isAtEndOf(file));
        TorchArchive archive = isZip ? TorchZip.read(source, file, budget) : legacy(source, file);
        var tensorBudget = Budget.ofTensors(source, file.byteSize());
        var tensors = new LinkedHashMap<String, StoredTensor>();
        StateDicts.find(source, archive, key, budget, passedOver).forEach((name, view) -> {
            tensorBudget.take(view.expandedBytes(), "tensor '" + Names.shorten(name) + "'");
            tensors.put(name, StoredTensor.of(source, name, view, archive.bytes()));
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

    /** Whether a file begins as a pickle does, or as PyTorch's stream in the protocols 0 and 1. */
    static boolean isPickle(MemorySegment file) {
        return (file.byteSize() >= 2 && file.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80)
                || startsWith(file, 0, "L" + TorchLegacy.MAGIC);
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
