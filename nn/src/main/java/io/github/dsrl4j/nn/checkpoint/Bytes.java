package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads little-endian values from a part of a file, front to back, and never beyond its end: what a file claims of its
 * own size is compared with what is there before anything is allocated.
 */
final class Bytes {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final MemorySegment data;
    private long position;

    /** @param source what messages call the file, and the part of it */
    Bytes(String source, MemorySegment data, long position) {
        this.source = source;
        this.data = data;
        this.position = position;
    }

    long position() {
        return position;
    }

    long remaining() {
        return data.byteSize() - position;
    }

    int u8() {
        return data.get(ValueLayout.JAVA_BYTE, take(1)) & 0xFF;
    }

    int u16() {
        return data.get(SHORT, take(2)) & 0xFFFF;
    }

    int i32() {
        return data.get(INT, take(4));
    }

    long u32() {
        return i32() & 0xFFFFFFFFL;
    }

    long i64() {
        return data.get(LONG, take(8));
    }

    /** A double with the most significant byte first, as pickles have them. */
    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(i64()));
    }

    void skip(long count) {
        take(count);
    }

    byte[] array(long count) {
        long start = take(count);
        return data.asSlice(start, count).toArray(ValueLayout.JAVA_BYTE);
    }

    MemorySegment slice(long count) {
        return data.asSlice(take(count), count);
    }

    String utf8(long count) {
        long start = take(count);
        try {
            return decode(data.asSlice(start, count).asByteBuffer());
        } catch (CharacterCodingException e) {
            throw error("a text is not UTF-8", start, e);
        }
    }

    /** UTF-8 as Python writes it, in which halves of surrogate pairs may stand. */
    String pythonUtf8(long count) {
        long start = take(count);
        MemorySegment bytes = data.asSlice(start, count);
        try {
            return decode(bytes.asByteBuffer());
        } catch (CharacterCodingException e) {
            try {
                return decode(ByteBuffer.wrap(PickleText.withoutSurrogates(bytes.toArray(ValueLayout.JAVA_BYTE))));
            } catch (CharacterCodingException again) {
                throw error("a text is not UTF-8", start, again);
            }
        }
    }

    /** A text of which nothing is known but its length; null if it is not UTF-8. */
    String utf8OrNull(long count) {
        long start = take(count);
        try {
            return decode(data.asSlice(start, count).asByteBuffer());
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String decode(ByteBuffer bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }

    /** A line of text without its end, of at most {@code limit} bytes. */
    String line(int limit) {
        long start = position;
        for (int length = 0; length <= limit; length++) {
            if (u8() == '\n') {
                position = start;
                String line = utf8(length);
                position++;
                return line;
            }
        }
        throw error("a name is longer than " + limit + " bytes", start, null);
    }

    /** A line of Latin-1 without its end; null, and the line is passed over, if it is longer than {@code limit}. */
    String latin1Line(int limit) {
        long start = position;
        int next = u8();
        while (next != '\n') {
            next = u8();
        }
        long length = position - 1 - start;
        if (length > limit) {
            return null;
        }
        return new String(data.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }

    private long take(long count) {
        if (count < 0 || count > remaining()) {
            throw error(
                    "%s bytes are claimed, but only %d are left: the file is cut off or damaged"
                            .formatted(Long.toUnsignedString(count), remaining()),
                    position,
                    null);
        }
        long start = position;
        position += count;
        return start;
    }

    private CheckpointException error(String problem, long at, Exception cause) {
        return new CheckpointException("%s: %s (at byte %d)".formatted(source, problem, at), cause);
    }
}
