package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A tensor as a file stores it, of whatever type; its elements are read when they are asked for, as long as the file is
 * open.
 */
public final class StoredTensor {
    private final DType dtype;
    private final List<Long> shape;
    private final Supplier<MemorySegment> bytes;
    private final Supplier<Tensor> floats;

    private StoredTensor(DType dtype, List<Long> shape, Supplier<MemorySegment> bytes, Supplier<Tensor> floats) {
        this.dtype = dtype;
        this.shape = List.copyOf(shape);
        this.bytes = bytes;
        this.floats = floats;
    }

    static StoredTensor of(String source, String name, TensorView view, Function<TensorView, MemorySegment> saved) {
        return new StoredTensor(
                view.dtype(),
                view.sizes(),
                () -> view.contiguous(source, name, saved.apply(view)),
                () -> view.toTensor(source, name, saved.apply(view)));
    }

    static StoredTensor of(Safetensors file, String name) {
        Safetensors.Entry entry = file.entry(name);
        return new StoredTensor(entry.dtype(), entry.shape(), () -> file.raw(name), () -> file.tensor(name));
    }

    static StoredTensor of(Tensor tensor) {
        List<Long> shape =
                Arrays.stream(tensor.shape().dims()).mapToObj(Long::valueOf).toList();
        return new StoredTensor(DType.F32, shape, () -> littleEndian(tensor.toArray()), () -> tensor);
    }

    private static MemorySegment littleEndian(float[] values) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return MemorySegment.ofArray(values);
        }
        var bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return MemorySegment.ofBuffer(bytes);
    }

    /** The type of its elements. */
    public DType dtype() {
        return dtype;
    }

    /** Its extents, outermost first. */
    public List<Long> shape() {
        return shape;
    }

    /** The number of its elements. */
    public long size() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Its elements as they are stored, little-endian and row-major, read-only and valid until the file is closed. */
    public MemorySegment bytes() {
        return bytes.get();
    }

    /**
     * Its elements as float32; see {@link Safetensors#tensor} for what is rounded.
     *
     * @throws CheckpointException if it is too large for a tensor, or its elements are no real numbers of whole bytes
     */
    public Tensor toTensor() {
        return floats.get();
    }
}
