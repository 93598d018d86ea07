package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as PyTorch stores it: a window on a storage that may be shared, transposed or repeated. Element {@code i_1,
 * ..., i_n} lies at {@code offset + sum_k i_k strides_k}.
 *
 * @param storage where the elements are
 * @param dtype how they are to be understood
 * @param offset the first element, counted in elements from the beginning of the storage
 * @param sizes the extents
 * @param strides the distances between neighbours along each dimension, in elements
 */
record TensorView(Storage storage, DType dtype, long offset, List<Long> sizes, List<Long> strides) {
    /**
     * A part of the data of a checkpoint that was saved as one.
     *
     * @param key what the file calls it
     * @param elements of what it consists
     * @param begin the first element, within all that is saved under the key
     * @param count the number of elements
     * @param saved the number of elements that are saved under the key
     */
    record Storage(String key, TorchNames.Elements elements, long begin, long count, long saved) {
        /** The number of bytes that are saved under the key. */
        long savedBytes() {
            return saved * elements.bytes();
        }
    }

    /** What the elements take, as they are or as float32; {@code Long.MAX_VALUE} if that is too much to count. */
    long expandedBytes() {
        int bytes = Math.max(Float.BYTES, dtype.bits() / 8);
        long size = 1;
        for (long extent : sizes) {
            size *= extent;
        }
        return size > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : size * bytes;
    }

    /**
     * The elements as they are stored, one after the other in row-major order.
     *
     * @param source the file, and {@code name} the tensor, for messages
     * @param saved all bytes that are saved under the storage's key
     */
    MemorySegment contiguous(String source, String name, MemorySegment saved) {
        int bytes = dtype.bits() / 8;
        if (isContiguous()) {
            long size = sizes.stream().reduce(1L, Math::multiplyExact);
            return size == 0 ? saved.asSlice(0, 0) : saved.asSlice(first(), size * bytes);
        }
        var target = MemorySegment.ofArray(
                new byte[Math.multiplyExact(Shapes.toShape(source, name, sizes).size(), bytes)]);
        walk((i, position) -> MemorySegment.copy(saved, position, target, (long) i * bytes, bytes));
        return target.asReadOnly();
    }

    /**
     * The elements as a contiguous float32 tensor.
     *
     * @param source the file, and {@code name} the tensor, for messages
     * @param saved all bytes that are saved under the storage's key
     */
    Tensor toTensor(String source, String name, MemorySegment saved) {
        if (!dtype.isConvertible()) {
            throw new CheckpointException("%s: tensor '%s' is of %s, which has no float32 form"
                    .formatted(source, Names.shorten(name), dtype));
        }
        Tensor tensor = Tensor.empty(Shapes.toShape(source, name, sizes));
        if (tensor.size() > 0) {
            float[] target = tensor.array();
            if (isContiguous()) {
                dtype.toFloats(saved, first(), target, tensor.offset(), tensor.size());
            } else {
                walk((i, position) -> target[tensor.offset() + i] = dtype.toFloat(saved, position));
            }
        }
        return tensor;
    }

    /** Where the first element lies, in bytes from the beginning of what is saved under the storage's key. */
    private long first() {
        return storage.begin() * storage.elements().bytes() + offset * (dtype.bits() / 8);
    }

    private boolean isContiguous() {
        long expected = 1;
        for (int i = sizes.size() - 1; i >= 0; i--) {
            if (sizes.get(i) != 1 && strides.get(i) != expected) {
                return false;
            }
            expected *= sizes.get(i);
        }
        return true;
    }

    /** What is done with each element. */
    private interface Visitor {
        void visit(int index, long position);
    }

    /** Walks the elements in row-major order, with the index of each dimension as on an odometer. */
    private void walk(Visitor visitor) {
        int rank = sizes.size();
        int bytes = dtype.bits() / 8;
        long[] extent = sizes.stream().mapToLong(Long::longValue).toArray();
        long[] stride = strides.stream().mapToLong(value -> value * bytes).toArray();
        long[] index = new long[rank];
        int size = (int) Arrays.stream(extent).reduce(1, Math::multiplyExact);
        long position = first();
        for (int i = 0; i < size; i++) {
            visitor.visit(i, position);
            for (int k = rank - 1; k >= 0; k--) {
                position += stride[k];
                if (++index[k] < extent[k]) {
                    break;
                }
                position -= index[k] * stride[k];
                index[k] = 0;
            }
        }
    }
}
