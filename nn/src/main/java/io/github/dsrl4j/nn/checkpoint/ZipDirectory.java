package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The entries of a zip file in memory (PKWARE's APPNOTE 6.3, with Zip64), read by the central directory. A stored entry
 * is a window on the file, so that mapped weights are not copied; a deflated one is unpacked within a {@link Budget}.
 * Nothing that the file says of itself is believed before it was compared with what is there.
 */
final class ZipDirectory {
    private static final int LOCAL = 0x04034b50;
    private static final long IN_ZIP64 = 0xFFFFFFFFL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private final String source;
    private final MemorySegment file;
    private final Budget budget;
    private final Map<String, Entry> entries;

    /**
     * One entry.
     *
     * @param packed its size in the file
     * @param size its size when unpacked
     * @param header where its local header begins
     */
    record Entry(String name, int flags, int method, long crc, long packed, long size, long header) {}

    ZipDirectory(String source, MemorySegment file, Budget budget) {
        this.source = source + ": zip";
        this.file = file;
        this.budget = budget;
        this.entries = Collections.unmodifiableMap(readEntries(ZipEnd.directory(this.source, file)));
    }

    /** All entries by name, in the order of the directory. */
    Map<String, Entry> entries() {
        return entries;
    }

    /** The contents of an entry. */
    MemorySegment contents(Entry entry) {
        if ((entry.flags() & 1) != 0) {
            throw error(entry, "is encrypted");
        }
        MemorySegment packed = packed(entry);
        return switch (entry.method()) {
            // The checksum is not compared: PyTorch can be told to leave it out, and files without it are as good as
            // others.
            case STORED -> packed;
            case DEFLATED -> inflate(entry, packed);
            default ->
                throw error(entry, "is packed by method " + entry.method() + "; stored and deflated ones are read");
        };
    }

    private MemorySegment packed(Entry entry) {
        if (entry.header() > file.byteSize()) {
            throw error(entry, "begins beyond the end of the file");
        }
        var local = at(entry.header());
        if (local.remaining() < 30 || local.i32() != LOCAL) {
            throw error(entry, "has no local header where the directory says");
        }
        local.skip(22);
        int nameBytes = local.u16();
        int extraBytes = local.u16();
        local.skip((long) nameBytes + extraBytes);
        if (entry.method() == STORED && entry.packed() != entry.size()) {
            throw error(entry, "is stored, but of two sizes: %d and %d".formatted(entry.packed(), entry.size()));
        }
        if (entry.packed() > local.remaining()) {
            throw error(entry, "claims %d bytes, but only %d follow".formatted(entry.packed(), local.remaining()));
        }
        return local.slice(entry.packed());
    }

    private MemorySegment inflate(Entry entry, MemorySegment packed) {
        if (packed.byteSize() > Integer.MAX_VALUE - 8 || entry.size() > Integer.MAX_VALUE - 8) {
            throw error(entry, "is deflated and larger than 2 GB");
        }
        budget.take(entry.size(), "the zip entry '" + Names.shorten(entry.name()) + "'");
        byte[] contents = new byte[(int) entry.size()];
        try (var inflater = new Inflater(true)) {
            inflater.setInput(packed.asByteBuffer());
            int filled = 0;
            while (filled < contents.length) {
                int count = inflater.inflate(contents, filled, contents.length - filled);
                if (count == 0) {
                    throw error(entry, "unpacks to %d bytes, not %d".formatted(filled, contents.length));
                }
                filled += count;
            }
            // Room for one byte more shows whether the stream ends where it should.
            if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
                throw error(entry, "unpacks to more than %d bytes".formatted(contents.length));
            }
        } catch (DataFormatException e) {
            throw error(entry, "is damaged: " + e.getMessage());
        }
        var crc = new CRC32();
        crc.update(contents);
        if (crc.getValue() != entry.crc()) {
            throw error(entry, "is damaged: its checksum differs");
        }
        return MemorySegment.ofArray(contents).asReadOnly();
    }

    private Map<String, Entry> readEntries(ZipEnd.Directory directory) {
        var found = new LinkedHashMap<String, Entry>();
        long start = directory.prefix() + directory.start();
        var in = new Bytes(source, file.asSlice(0, start + directory.size()), start);
        for (long i = 0; i < directory.count(); i++) {
            Entry entry = readEntry(in, directory.prefix());
            if (found.put(entry.name(), entry) != null) {
                throw error(entry, "is listed twice");
            }
        }
        return found;
    }

    private Entry readEntry(Bytes in, long prefix) {
        if (in.i32() != ZipEnd.CENTRAL) {
            throw error("the directory is damaged at byte " + in.position());
        }
        in.skip(4);
        int flags = in.u16();
        int method = in.u16();
        in.skip(4);
        long crc = in.u32();
        long packed = in.u32();
        long size = in.u32();
        int nameBytes = in.u16();
        int extraBytes = in.u16();
        int commentBytes = in.u16();
        in.skip(8);
        long header = in.u32();
        String name = in.utf8(nameBytes);
        var extra = new Bytes(source, in.slice(extraBytes), 0);
        in.skip(commentBytes);
        if (size == IN_ZIP64 || packed == IN_ZIP64 || header == IN_ZIP64) {
            var wide = zip64(extra, name);
            size = size == IN_ZIP64 ? wide.i64() : size;
            packed = packed == IN_ZIP64 ? wide.i64() : packed;
            header = header == IN_ZIP64 ? wide.i64() : header;
        }
        boolean isInside = header >= 0 && header <= file.byteSize();
        var entry = new Entry(name, flags, method, crc, packed, size, isInside ? prefix + header : header);
        if (size < 0 || packed < 0 || header < 0) {
            throw error(entry, "has a size or place beyond 2^63");
        }
        return entry;
    }

    /** The values that do not fit 32 bits, which stand in the extra field of kind 1. */
    private Bytes zip64(Bytes extra, String name) {
        while (extra.remaining() >= 4) {
            int kind = extra.u16();
            var field = extra.slice(extra.u16());
            if (kind == 1) {
                return new Bytes(source, field, 0);
            }
        }
        throw error("entry '" + Names.shorten(name) + "' lacks its Zip64 sizes");
    }

    private Bytes at(long position) {
        return new Bytes(source, file, position);
    }

    private CheckpointException error(Entry entry, String problem) {
        return error("entry '%s' %s".formatted(Names.shorten(entry.name()), problem));
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": " + problem);
    }
}
