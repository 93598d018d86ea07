package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The zip container that PyTorch has written since 1.6: below one folder {@code data.pkl}, the pickled object, and
 * {@code data/KEY} for each storage.
 */
final class TorchZip {
    private static final String PICKLE = "data.pkl";

    private final String source;
    private final ZipDirectory zip;
    private final Map<String, MemorySegment> unpacked = new HashMap<>();
    private final String folder;

    private TorchZip(String source, MemorySegment file, Budget budget) {
        this.source = source;
        this.zip = new ZipDirectory(source, file, budget);
        this.folder = folder();
    }

    static TorchArchive read(String source, MemorySegment file, Budget budget) {
        return new TorchZip(source, file, budget).read();
    }

    private TorchArchive read() {
        checkByteOrder();
        MemorySegment data = zip.contents(zip.entries().get(folder + PICKLE));
        var objects = new TorchObjects(source);
        var pickle = new Pickle(source, data, 0, objects);
        Object root = pickle.read();
        objects.storages().values().forEach(this::check);
        return new TorchArchive(root, this::storage);
    }

    private String folder() {
        String found = null;
        for (String name : zip.entries().keySet()) {
            boolean isPickle = name.equals(PICKLE) || name.endsWith("/" + PICKLE);
            if (isPickle && found != null) {
                throw error("it holds two of " + PICKLE);
            }
            found = isPickle ? name.substring(0, name.length() - PICKLE.length()) : found;
        }
        if (found == null) {
            throw error("it holds no " + PICKLE + "; it is a zip file of something else");
        }
        return found;
    }

    private void checkByteOrder() {
        ZipDirectory.Entry entry = zip.entries().get(folder + "byteorder");
        if (entry != null) {
            byte[] order = zip.contents(entry).toArray(ValueLayout.JAVA_BYTE);
            String text = new String(order, StandardCharsets.UTF_8);
            if (!text.equals("little")) {
                throw error("its byte order is '%s'; only little-endian files are read".formatted(Names.shorten(text)));
            }
        }
    }

    private ZipDirectory.Entry check(TensorView.Storage storage) {
        ZipDirectory.Entry entry = zip.entries().get(folder + "data/" + storage.key());
        if (entry == null) {
            throw error("the data of storage '%s' is missing".formatted(Names.shorten(storage.key())));
        }
        if (entry.size() != storage.savedBytes()) {
            throw error("storage '%s' should take %d bytes, but its data has %d"
                    .formatted(Names.shorten(storage.key()), storage.savedBytes(), entry.size()));
        }
        return entry;
    }

    private MemorySegment storage(TensorView.Storage storage) {
        return unpacked.computeIfAbsent(storage.key(), key -> zip.contents(check(storage)));
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": PyTorch zip: " + problem);
    }
}
