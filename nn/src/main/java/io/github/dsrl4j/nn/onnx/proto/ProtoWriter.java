package io.github.dsrl4j.nn.onnx.proto;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Builds one message of the <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers wire format</a>. Long
 * {@code bytes} are kept by reference until {@link #writeTo}. As in proto3, empty strings and zeros are left out, except by
 * {@link #always}.
 */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;
    private static final int COPIED = 1024;

    private final List<MemorySegment> parts = new ArrayList<>();
    private final ByteArrayOutputStream recent = new ByteArrayOutputStream();
    private long written;

    /** The bytes so far. */
    long length() {
        return written + recent.size();
    }

    void varint(int field, long value) {
        if (value != 0) {
            always(field, value);
        }
    }

    /** Writes an integer even where it is zero. */
    void always(int field, long value) {
        tag(field, VARINT);
        putVarint(value);
    }

    void float32(int field, float value) {
        tag(field, FIXED32);
        putInt(Float.floatToRawIntBits(value));
    }

    void string(int field, String value) {
        if (!value.isEmpty()) {
            element(field, value);
        }
    }

    /** A string of a repeated field, where an empty one counts. */
    void element(int field, String value) {
        bytes(field, MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8)));
    }

    void bytes(int field, MemorySegment value) {
        tag(field, LENGTH);
        putVarint(value.byteSize());
        if (value.byteSize() <= COPIED) {
            recent.writeBytes(value.toArray(ValueLayout.JAVA_BYTE));
        } else {
            flush();
            parts.add(value);
            written += value.byteSize();
        }
    }

    void message(int field, Consumer<ProtoWriter> write) {
        var message = new ProtoWriter();
        write.accept(message);
        tag(field, LENGTH);
        putVarint(message.length());
        if (message.parts.isEmpty()) {
            recent.writeBytes(message.recent.toByteArray());
        } else {
            flush();
            message.flush();
            parts.addAll(message.parts);
            written += message.written;
        }
    }

    <T> void messages(int field, List<T> values, BiConsumer<T, ProtoWriter> write) {
        values.forEach(value -> message(field, message -> write.accept(value, message)));
    }

    /** A repeated integer field, packed. */
    void varints(int field, List<Long> values) {
        packed(field, values, ProtoWriter::putVarint);
    }

    /** A repeated {@code float} field, packed. */
    void floats(int field, List<Float> values) {
        packed(field, values, (packed, value) -> packed.putInt(Float.floatToRawIntBits(value)));
    }

    private <T> void packed(int field, List<T> values, BiConsumer<ProtoWriter, T> put) {
        if (!values.isEmpty()) {
            var packed = new ProtoWriter();
            values.forEach(value -> put.accept(packed, value));
            bytes(field, MemorySegment.ofArray(packed.recent.toByteArray()));
        }
    }

    /** Writes the message. */
    void writeTo(OutputStream out) throws IOException {
        flush();
        for (MemorySegment part : parts) {
            out.write(part.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private void tag(int field, int wireType) {
        putVarint((long) field << 3 | wireType);
    }

    private void putVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            recent.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        recent.write((int) rest);
    }

    private void putInt(int bits) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            recent.write(bits >>> shift);
        }
    }

    private void flush() {
        if (recent.size() > 0) {
            parts.add(MemorySegment.ofArray(recent.toByteArray()));
            written += recent.size();
            recent.reset();
        }
    }
}
