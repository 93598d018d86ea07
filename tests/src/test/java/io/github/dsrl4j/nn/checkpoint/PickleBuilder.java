package io.github.dsrl4j.nn.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, honest and hostile ones, and PyTorch's older stream around them. */
final class PickleBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A stream up to where the pickle of the object itself begins. */
    static PickleBuilder stream() {
        return new PickleBuilder()
                .raw(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.')
                .raw(0x80, 2, 'M', 0xe9, 0x03, '.')
                .raw(0x80, 2, '}', '.')
                .raw(0x80, 2);
    }

    PickleBuilder raw(int... bytes) {
        for (int value : bytes) {
            out.write(value);
        }
        return this;
    }

    PickleBuilder ops(String opcodes) {
        out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleBuilder text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ops("X").int32(bytes.length).bytes(bytes);
    }

    PickleBuilder number(long value) {
        return raw(0x8a, 8).int64(value);
    }

    PickleBuilder global(String module, String name) {
        return ops("c" + module + "\n" + name + "\n");
    }

    /** {@code (numbers...)} as a tuple. */
    PickleBuilder tuple(long... numbers) {
        ops("(");
        for (long number : numbers) {
            number(number);
        }
        return ops("t");
    }

    /** A reference to a storage of float32. */
    PickleBuilder storage(String key, long count) {
        return storage("FloatStorage", key, count).ops("NtQ");
    }

    /** A reference to a storage of a class of torch's, without its end. */
    private PickleBuilder storage(String storageClass, String key, long count) {
        return ops("(").text("storage")
                .global("torch", storageClass)
                .text(key)
                .text("cpu")
                .number(count);
    }

    /** A tensor on the whole of a storage of a class of torch's. */
    PickleBuilder vector(String storageClass, String key, long count) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage(storageClass, key, count)
                .ops("NtQ")
                .number(0)
                .tuple(count)
                .tuple(1)
                .raw(0x89)
                .ops(")tR");
    }

    /** A tensor on a view of a storage of float32, {@code length} elements from {@code begin} on. */
    PickleBuilder vectorOfView(String key, long count, long begin, long length) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage("FloatStorage", key, count)
                .ops("(")
                .text(key + " from " + begin)
                .number(begin)
                .number(length)
                .ops("ttQ")
                .number(0)
                .tuple(length)
                .tuple(1)
                .raw(0x89)
                .ops(")tR");
    }

    /** A tensor on a storage of float32. */
    PickleBuilder tensor(String key, long count, long offset, long[] sizes, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage(key, count)
                .number(offset)
                .tuple(sizes)
                .tuple(strides)
                .raw(0x89)
                .ops(")tR");
    }

    /** Ends the pickle of the object; then the keys and the data of its storages, which hold zeros. */
    byte[] end(String key, long count) {
        ops(".").raw(0x80, 2, ']').text(key).ops("a.").int64(count);
        return bytes(new byte[(int) count * 4]).toBytes();
    }

    /** Ends the pickle of the object; then one storage of float32 with these elements. */
    byte[] end(String key, float[] values) {
        ops(".").raw(0x80, 2, ']').text(key).ops("a.").int64(values.length);
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes(bytes.array()).toBytes();
    }

    byte[] end() {
        return ops(".").raw(0x80, 2).ops("].").toBytes();
    }

    PickleBuilder int32(int value) {
        return bytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    PickleBuilder int64(long value) {
        return bytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    PickleBuilder bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
