package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The safetensors format (github.com/huggingface/safetensors): a JSON header with every tensor's type, shape and place,
 * then the data, little-endian and row-major. An open file is memory-mapped: opening it reads and checks the header
 * alone, and a tensor's bytes are touched when it is asked for. Safe for use by several threads until it is closed.
 */
public final class Safetensors implements AutoCloseable {
    private final String source;
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private Safetensors(String source, Arena arena, MemorySegment file) {
        this.source = source;
        this.arena = arena;
        this.header = SafetensorsHeader.read(source, file);
        this.data = file.asSlice(header.dataStart()).asReadOnly();
    }

    /**
     * One tensor of a file.
     *
     * @param shape its extents, outermost first
     * @param begin where its bytes begin, counted from the first byte of data
     * @param end where they end (exclusive)
     */
    public record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

    /**
     * Maps a file and checks its header.
     *
     * @throws CheckpointException if there is no such file, or it breaks a rule of the format
     */
    @SuppressWarnings("MustBeClosedChecker") // whoever opens the file closes it, and the arena with it
    public static Safetensors open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            return new Safetensors(file.toString(), arena, MappedFile.map(file, arena));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * The file whose bytes these are.
     *
     * @param source what messages shall call it
     * @throws CheckpointException if it breaks a rule of the format
     */
    public static Safetensors of(String source, byte[] file) {
        return new Safetensors(source, null, MemorySegment.ofArray(file));
    }

    /**
     * All tensors of a file as float32, in the order of their data.
     *
     * @throws CheckpointException as {@link #open} and {@link #tensor} do
     */
    public static Map<String, Tensor> read(Path file) {
        try (var open = open(file)) {
            return open.tensors();
        }
    }

    /** Writes tensors as float32 with no metadata; see {@link #write(Path, Map, Map, DType)}. */
    public static void write(Path file, Map<String, Tensor> tensors) {
        write(file, tensors, Map.of(), DType.F32);
    }

    /** Writes tensors as float32; see {@link #write(Path, Map, Map, DType)}. */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        write(file, tensors, metadata, DType.F32);
    }

    /**
     * Writes tensors in the order of the map, {@linkplain AtomicFile atomically}.
     *
     * @param metadata free text that stands beside the tensors
     * @param dtype F64, F32, F16 or BF16; the latter two round to the nearest, ties to even
     * @throws CheckpointException if the file cannot be written, or a finite value is too large for {@code dtype}; the
     *     file is then as it was
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata, DType dtype) {
        SafetensorsWriter.checkWritten(DType.F32, dtype);
        var stored = new LinkedHashMap<String, StoredTensor>();
        tensors.forEach((name, tensor) -> stored.put(name, StoredTensor.of(tensor)));
        writeStored(file, stored, metadata, _ -> dtype);
    }

    /**
     * Writes tensors of any types, {@linkplain AtomicFile atomically}: in the order of the map, but those of wider
     * elements before those of narrower ones, so that every tensor begins at a multiple of its elements' size.
     *
     * @param metadata free text that stands beside the tensors
     * @param types the type in which to write tensors of a type: the same, which copies their bytes, or for {@linkplain
     *     DType#isFloatingPoint() floating-point types} F64, F32, F16 or BF16, with rounding to the nearest
     * @throws CheckpointException if the file cannot be written, or a finite value is too large for its new type; the
     *     file is then as it was
     */
    public static void writeStored(
            Path file, Map<String, StoredTensor> tensors, Map<String, String> metadata, UnaryOperator<DType> types) {
        new SafetensorsWriter(file.toString(), tensors, metadata, types).write(file);
    }

    /** The tensors' names, in the order of their data. */
    public Set<String> names() {
        return header.entries().keySet();
    }

    /** The free text beside the tensors. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * What the header says of one tensor.
     *
     * @throws CheckpointException if there is none of this name
     */
    public Entry entry(String name) {
        Entry entry = header.entries().get(name);
        if (entry == null) {
            throw Names.unknown(source, name, names());
        }
        return entry;
    }

    /**
     * One tensor as float32, copied. F64 and integers of 32 bits and more are rounded to the nearest float32; a true
     * BOOL is 1.
     *
     * @throws CheckpointException if there is none of this name, it is too large for a tensor, or its elements are no
     *     real numbers of whole bytes (C64, F4, F6)
     */
    public Tensor tensor(String name) {
        Entry entry = entry(name);
        if (!entry.dtype().isConvertible()) {
            throw new CheckpointException(
                    "%s: tensor '%s' is of %s, which has no float32 form; read its raw bytes instead"
                            .formatted(source, Names.shorten(name), entry.dtype()));
        }
        Tensor tensor = Tensor.empty(Shapes.toShape(source, name, entry.shape()));
        entry.dtype().toFloats(data, entry.begin(), tensor.array(), tensor.offset(), tensor.size());
        return tensor;
    }

    /** All tensors as float32; see {@link #tensor}. */
    public Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        names().forEach(name -> tensors.put(name, tensor(name)));
        return tensors;
    }

    /**
     * The bytes of one tensor as they lie in the file: read-only, not copied, valid until this is closed.
     *
     * @throws CheckpointException if there is none of this name
     */
    public MemorySegment raw(String name) {
        Entry entry = entry(name);
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    /** Gives the mapping back. Tensors that were read stay valid. */
    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        }
    }
}
