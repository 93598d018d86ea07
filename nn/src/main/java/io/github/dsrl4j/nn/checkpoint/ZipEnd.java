package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Finds the central directory of a zip file from the records at its end. What block-wise copies and downloads add after
 * the end is passed over, and something may stand before the zip.
 */
final class ZipEnd {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END64_LOCATOR_BYTES = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    static final int CENTRAL = 0x02014b50;
    static final int CENTRAL_BYTES = 46;
    private static final int MAX_COMMENT = 0xFFFF;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final MemorySegment file;

    private ZipEnd(String source, MemorySegment file) {
        this.source = source;
        this.file = file;
    }

    /**
     * Where the central directory is, and how many entries it lists.
     *
     * @param prefix the number of bytes before the zip, which its own offsets do not count
     */
    record Directory(long start, long size, long count, long prefix) {}

    /**
     * The directory of a file.
     *
     * @param source what messages call the file
     * @throws CheckpointException if there is none
     */
    static Directory directory(String source, MemorySegment file) {
        return new ZipEnd(source, file).find();
    }

    /** Whether a file ends as a zip file does, whatever it begins with. */
    static boolean isAtEndOf(MemorySegment file) {
        try {
            Directory found = directory("", file);
            return found.count() > 0 && new ZipEnd("", file).hasAt(found.prefix() + found.start(), CENTRAL);
        } catch (CheckpointException e) {
            return false;
        }
    }

    /**
     * The end record stands last, before a comment of the length that it says, and zeros. Where none does, the last one
     * that points to a directory is taken, as PyTorch does.
     */
    private Directory find() {
        long content = withoutTrailingZeros();
        long last = Math.min(file.byteSize() - END_BYTES, content);
        for (long end = last; end >= 0 && end >= content - END_BYTES - MAX_COMMENT; end--) {
            if (hasAt(end, END)) {
                var in = at(end);
                in.skip(END_BYTES - 2);
                long after = end + END_BYTES + in.u16();
                if (after >= content && after <= file.byteSize()) {
                    return directory(end);
                }
            }
        }
        for (long end = last; end >= 0 && end >= content - END_BYTES - MAX_COMMENT; end--) {
            if (hasAt(end, END) && pointsToDirectory(end)) {
                return directory(end);
            }
        }
        throw error("there is no directory at the end: the file is cut off or damaged");
    }

    private long withoutTrailingZeros() {
        long size = file.byteSize();
        while (size > 0 && file.get(ValueLayout.JAVA_BYTE, size - 1) == 0) {
            size--;
        }
        return size;
    }

    private boolean pointsToDirectory(long end) {
        try {
            Directory found = directory(end);
            return found.count() > 0 && hasAt(found.prefix() + found.start(), CENTRAL);
        } catch (CheckpointException e) {
            return false;
        }
    }

    private Directory directory(long end) {
        var in = at(end + 10);
        long count = in.u16();
        long size = in.u32();
        long start = in.u32();
        long behind = end;
        if (end >= END64_LOCATOR_BYTES && hasAt(end - END64_LOCATOR_BYTES, END64_LOCATOR)) {
            behind = end64(end - END64_LOCATOR_BYTES);
            var in64 = at(behind + 32);
            count = in64.i64();
            size = in64.i64();
            start = in64.i64();
        }
        if (start < 0 || size < 0 || start > end || size > end - start || count < 0 || count > size / CENTRAL_BYTES) {
            throw error("the directory of %s entries in %s bytes at %s does not fit the file"
                    .formatted(
                            Long.toUnsignedString(count), Long.toUnsignedString(size), Long.toUnsignedString(start)));
        }
        long prefix = behind - size - start;
        boolean isPrefixed = prefix > 0 && !hasAt(start, CENTRAL) && hasAt(start + prefix, CENTRAL);
        return new Directory(start, size, count, isPrefixed ? prefix : 0);
    }

    /** Where the Zip64 end record is: where its locator says, or just before it if something stands before the zip. */
    private long end64(long locator) {
        long end64 = at(locator + 8).i64();
        if (end64 >= 0 && end64 <= locator && hasAt(end64, END64)) {
            return end64;
        }
        long before = locator - END64_BYTES;
        if (hasAt(before, END64)) {
            var in = at(before + 40);
            long size = in.i64();
            if (in.i64() + size == end64) {
                return before;
            }
        }
        throw error("the Zip64 end of the directory is not where it should be");
    }

    private boolean hasAt(long position, int signature) {
        return position >= 0 && position <= file.byteSize() - Integer.BYTES && file.get(INT, position) == signature;
    }

    private Bytes at(long position) {
        return new Bytes(source, file, position);
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": " + problem);
    }
}
