package io.github.dsrl4j.nn.onnx.proto;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Reads one message of the <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers wire format</a>, field by
 * field:
 *
 * <pre>{@code
 * while (reader.next()) {
 *     switch (reader.field()) {
 *         case 1 -> name = reader.string();
 *         case 2 -> type = reader.message(TypeProto::read);
 *         default -> reader.skip();
 *     }
 * }
 * }</pre>
 *
 * A file is not trusted: a length is compared with what is there before anything is made of it, messages nest at most
 * {@value #DEEPEST} deep, and there are at most {@value #MOST_MESSAGES} of them.
 */
final class ProtoReader {
    /** Graphs within attributes of nodes nest three messages a level; no known model comes near. */
    private static final int DEEPEST = 64;

    /** An empty message takes two bytes in a file, but fifty times that in memory. */
    private static final int MOST_MESSAGES = 1 << 20;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What all messages of a file share. */
    private static final class Source {
        private final String name;
        private final byte[] bytes;
        /** Null where the bytes come from no file. */
        private final ExternalData external;

        private int messages;

        Source(String name, byte[] bytes, ExternalData external) {
            this.name = name;
            this.bytes = bytes;
            this.external = external;
        }
    }

    private final Source source;
    private final int depth;
    private final int end;
    private int position;
    private int start;
    private int field;
    private int wireType;

    private ProtoReader(Source source, int depth, int position, int end) {
        this.source = source;
        this.depth = depth;
        this.position = position;
        this.end = end;
    }

    /** @param name what messages of exceptions call the file */
    static ProtoReader of(String name, byte[] bytes) {
        return new ProtoReader(new Source(name, bytes, null), 0, 0, bytes.length);
    }

    /** Of a file, the contents of which may refer to files beside it. */
    static ProtoReader of(Path file, byte[] bytes) {
        return new ProtoReader(new Source(file.toString(), bytes, ExternalData.beside(file)), 0, 0, bytes.length);
    }

    /** @throws OnnxException if the bytes come from no file */
    ExternalData external() {
        if (source.external == null) {
            throw new OnnxException("it is not known where that is; load the model by its path");
        }
        return source.external;
    }

    /** Goes on to the next field, the value of which must then be read or skipped; false at the end of the message. */
    boolean next() {
        if (position == end) {
            return false;
        }
        start = position;
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw error("%s is no field of a message".formatted(Long.toUnsignedString(tag)));
        }
        return true;
    }

    /** The number of the field. */
    int field() {
        return field;
    }

    /** The value of an {@code int32}, {@code int64}, {@code uint64} or {@code enum} field. */
    long varint() {
        expect(VARINT, "an integer");
        return readVarint();
    }

    /** The value of a {@code float} field. */
    float float32() {
        expect(FIXED32, "a float");
        return Float.intBitsToFloat(source().get(INT, take(Float.BYTES)));
    }

    /** The value of a {@code string} field. */
    String string() {
        expect(LENGTH, "a string");
        int length = length();
        int from = take(length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(source.bytes, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new OnnxException(text("the string is not UTF-8"), e);
        }
    }

    /** The value of a {@code bytes} field: a read-only window on the file's bytes. */
    MemorySegment bytes() {
        expect(LENGTH, "bytes");
        int length = length();
        return source().asSlice(take(length), length).asReadOnly();
    }

    /** The value of a field that is a message of its own; {@code read} must read it to its end. */
    <T> T message(Function<ProtoReader, T> read) {
        expect(LENGTH, "a message");
        if (depth == DEEPEST) {
            throw error("messages nest more than " + DEEPEST + " deep");
        }
        if (++source.messages > MOST_MESSAGES) {
            throw error("there are more than " + MOST_MESSAGES + " messages");
        }
        int length = length();
        int from = take(length);
        return read.apply(new ProtoReader(source, depth + 1, from, position));
    }

    /** The values of a repeated integer field, packed or (one of them) not. */
    void varints(LongConsumer values) {
        if (wireType == VARINT) {
            values.accept(readVarint());
            return;
        }
        packed("integers", packed -> {
            while (packed.position < packed.end) {
                values.accept(packed.readVarint());
            }
        });
    }

    /** The values of a repeated {@code float} field as raw bits, packed or not. */
    void fixed32s(LongConsumer values) {
        if (wireType == FIXED32) {
            values.accept(source().get(INT, take(Integer.BYTES)));
            return;
        }
        packed("floats", packed -> {
            while (packed.position < packed.end) {
                values.accept(packed.source().get(INT, packed.take(Integer.BYTES)));
            }
        });
    }

    /** The values of a repeated {@code double} field as raw bits, packed or not. */
    void fixed64s(LongConsumer values) {
        if (wireType == FIXED64) {
            values.accept(source().get(LONG, take(Long.BYTES)));
            return;
        }
        packed("doubles", packed -> {
            while (packed.position < packed.end) {
                values.accept(packed.source().get(LONG, packed.take(Long.BYTES)));
            }
        });
    }

    private void packed(String what, Consumer<ProtoReader> read) {
        expect(LENGTH, what);
        int length = length();
        int from = take(length);
        var packed = new ProtoReader(source, depth + 1, from, position);
        packed.start = start;
        packed.field = field;
        read.accept(packed);
    }

    /** Passes over the value. */
    void skip() {
        switch (wireType) {
            case VARINT -> readVarint();
            case FIXED64 -> take(Long.BYTES);
            case LENGTH -> take(length());
            case FIXED32 -> take(Integer.BYTES);
            default -> throw error("wire type " + wireType + " is not known");
        }
    }

    /** An error at the present field. */
    OnnxException error(String problem) {
        return new OnnxException(text(problem));
    }

    private String text(String problem) {
        return "%s: %s (field %d at byte %d)".formatted(source.name, problem, field, start);
    }

    private MemorySegment source() {
        return MemorySegment.ofArray(source.bytes);
    }

    private void expect(int expected, String what) {
        if (wireType != expected) {
            throw error("%s is expected, but the wire type is %d".formatted(what, wireType));
        }
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = source.bytes[take(1)];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw error("an integer is longer than ten bytes");
    }

    private int length() {
        long length = readVarint();
        if (length < 0 || length > end - position) {
            throw error("%s bytes are claimed, but only %d are left: the file is cut off, damaged, or no ONNX file"
                    .formatted(Long.toUnsignedString(length), end - position));
        }
        return (int) length;
    }

    private int take(int count) {
        if (count > end - position) {
            throw error("%d bytes are needed, but only %d are left: the file is cut off, damaged, or no ONNX file"
                    .formatted(count, end - position));
        }
        int from = position;
        position += count;
        return from;
    }
}
