package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The zip container that PyTorch has written since 1.6: below one folder {@code data.pkl}, the pickled object, and
 * {@code data/KEY} for each storage.
 */
final class TorchZip {
    private static final String PICKLE = "data.pkl";

    private final String source;
    private final ZipDirectory zip;
    private final Budget budget;
    private final Map<String, MemorySegment> unpacked = new HashMap<>();
    private final String folder;
    private boolean bigEndian;

    private TorchZip(String source, MemorySegment file, Budget budget) {
        this.source = source;
        this.budget = budget;
        this.zip = new ZipDirectory(source, file, budget);
        this.folder = folder();
    }

    static TorchArchive read(String source, MemorySegment file, Budget budget) {
        return new TorchZip(source, file, budget).read();
    }

    private TorchArchive read() {
        bigEndian = isBigEndian();
        MemorySegment data = zip.contents(zip.entries().get(folder + PICKLE));
        var objects = new TorchObjects(source);
        var pickle = new Pickle(source, data, 0, objects);
        Object root = pickle.read();
        objects.storages().values().forEach(this::check);
        return new TorchArchive(root, this::bytes, code());
    }

    private ScriptCode code() {
        var code = new ScriptCode();
        String below = folder + "code/";
        zip.entries().forEach((name, entry) -> {
            if (name.startsWith(below) && name.endsWith(".py")) {
                String module = name.substring(below.length(), name.length() - ".py".length());
                code.add(module.replace('/', '.'), zip.contents(entry));
            }
        });
        return code;
    }

    /** The folder of the object: that of the pickle which lies highest. */
    private String folder() {
        List<String> pickles = zip.entries().keySet().stream()
                .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                .sorted(Comparator.comparingInt(TorchZip::depth))
                .toList();
        if (pickles.isEmpty()) {
            throw error("it holds no " + PICKLE + "; it is "
                    + ForeignZip.guess(zip.entries().keySet()));
        }
        String found = pickles.getFirst();
        if (pickles.size() > 1 && depth(pickles.get(1)) == depth(found)) {
            throw error("it holds two of " + PICKLE);
        }
        return found.substring(0, found.length() - PICKLE.length());
    }

    private static int depth(String name) {
        return (int) name.chars().filter(c -> c == '/').count();
    }

    private boolean isBigEndian() {
        ZipDirectory.Entry entry = zip.entries().get(folder + "byteorder");
        if (entry == null) {
            return false;
        }
        byte[] order = zip.contents(entry).toArray(ValueLayout.JAVA_BYTE);
        String text = new String(order, StandardCharsets.UTF_8).strip();
        return switch (text) {
            case "little" -> false;
            case "big" -> true;
            default ->
                throw error("its byte order is '%s'; it must be 'little' or 'big'".formatted(Names.shorten(text)));
        };
    }

    private ZipDirectory.Entry check(TensorView.Storage storage) {
        ZipDirectory.Entry entry = zip.entries().get(folder + "data/" + storage.key());
        if (entry == null) {
            throw error("the data of storage '%s' is missing".formatted(Names.shorten(storage.key())));
        }
        boolean sizeIsKnown = storage.elements().bytes() > 0;
        if (sizeIsKnown && entry.size() != storage.savedBytes()) {
            throw error("storage '%s' should take %d bytes, but its data has %d"
                    .formatted(Names.shorten(storage.key()), storage.savedBytes(), entry.size()));
        }
        return entry;
    }

    private MemorySegment bytes(TensorView view) {
        TensorView.Storage storage = view.storage();
        if (bigEndian && view.dtype().bits() / 8 != storage.elements().bytes()) {
            throw error("storage '%s' is big-endian and has no type of its own: its %s cannot be read"
                    .formatted(Names.shorten(storage.key()), view.dtype()));
        }
        return storage(storage);
    }

    private MemorySegment storage(TensorView.Storage storage) {
        return unpacked.computeIfAbsent(storage.key(), key -> {
            MemorySegment contents = zip.contents(check(storage));
            return bigEndian ? littleEndian(storage, contents) : contents;
        });
    }

    private MemorySegment littleEndian(TensorView.Storage storage, MemorySegment bigEndian) {
        // A complex number is two real ones, each with an order of its own.
        int bytes = storage.elements().dtype() == DType.C64
                ? Float.BYTES
                : storage.elements().bytes();
        if (bytes == 1) {
            return bigEndian;
        }
        if (bigEndian.byteSize() > Integer.MAX_VALUE - 8) {
            throw error("storage '%s' is big-endian and larger than 2 GB".formatted(Names.shorten(storage.key())));
        }
        budget.take(bigEndian.byteSize(), "the storage '" + Names.shorten(storage.key()) + "'");
        byte[] swapped = bigEndian.toArray(ValueLayout.JAVA_BYTE);
        for (int start = 0; start < swapped.length; start += bytes) {
            for (int i = start, j = start + bytes - 1; i < j; i++, j--) {
                byte first = swapped[i];
                swapped[i] = swapped[j];
                swapped[j] = first;
            }
        }
        return MemorySegment.ofArray(swapped).asReadOnly();
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": PyTorch zip: " + problem);
    }
}
