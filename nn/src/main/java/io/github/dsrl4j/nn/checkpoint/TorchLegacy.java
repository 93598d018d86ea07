package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stream that PyTorch wrote before 1.6: pickles of a magic number, a version, the sizes of C's types, the object
 * itself and the keys of its storages; then for each key the number of its elements in eight bytes, and the elements,
 * little-endian.
 */
final class TorchLegacy {
    static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final String source;
    private final MemorySegment file;
    private final TorchObjects objects;
    private long position;

    private TorchLegacy(String source, MemorySegment file) {
        this.source = source;
        this.file = file;
        this.objects = new TorchObjects(source);
    }

    static TorchArchive read(String source, MemorySegment file) {
        return new TorchLegacy(source, file).read();
    }

    private TorchArchive read() {
        if (!MAGIC.equals(pickle())) {
            throw error("it does not begin with PyTorch's magic number; it is a pickle of something else");
        }
        if (!Long.valueOf(VERSION).equals(pickle())) {
            throw error("its version is not " + VERSION);
        }
        pickle();
        Object root = pickle();
        Map<String, MemorySegment> storages = storages(pickle());
        objects.storages().forEach((key, storage) -> {
            if (!storages.containsKey(key)) {
                throw error("the data of storage '%s' is missing".formatted(Names.shorten(key)));
            }
        });
        return new TorchArchive(root, view -> storages.get(view.storage().key()), new ScriptCode());
    }

    private Object pickle() {
        var pickle = new Pickle(source, file, position, objects);
        Object value = pickle.read();
        position = pickle.end();
        return value;
    }

    private Map<String, MemorySegment> storages(Object keys) {
        if (!(keys instanceof List<?> list)) {
            throw error("the list of storages is " + Pickle.describe(keys));
        }
        var storages = new HashMap<String, MemorySegment>();
        var in = new Bytes(source, file, position);
        for (Object key : list) {
            if (!(key instanceof String name) || objects.storages().get(name) == null) {
                throw error("there is data for a storage that no tensor uses: " + Pickle.describe(key));
            }
            TensorView.Storage storage = objects.storages().get(name);
            if (storage.elements().bytes() == 0) {
                throw error("storage '%s' is of the unknown class '%s'"
                        .formatted(
                                Names.shorten(name),
                                Names.shorten(storage.elements().name())));
            }
            long count = in.i64();
            if (count != storage.saved()) {
                throw error("storage '%s' should hold %d elements, but its data claims %s"
                        .formatted(Names.shorten(name), storage.saved(), Long.toUnsignedString(count)));
            }
            if (storages.put(name, in.slice(storage.savedBytes())) != null) {
                throw error("storage '%s' is listed twice".formatted(Names.shorten(name)));
            }
        }
        return storages;
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": PyTorch stream: " + problem);
    }
}
