package io.github.dsrl4j.nn.onnx.proto;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The files beside a model in which tensors keep their elements, as exporters write them for large models. They are mapped into
 * memory, not read.
 *
 * <p>A model is not trusted: what it names must lie in its own folder or below, after links are followed, and tensors may claim a
 * file at most {@value #MOST_CLAIMS} times over.
 */
final class ExternalData {
    /** Tensors may share elements, but a small file must not become many large tensors. */
    private static final int MOST_CLAIMS = 4;

    /** Where the elements of a tensor lie; a length of -1 is as many bytes as the elements take. */
    record Place(String location, long offset, long length) {}

    private static final class Mapped {
        private final MemorySegment contents;
        private long claimed;

        Mapped(MemorySegment contents) {
            this.contents = contents;
        }
    }

    private final Path folder;
    private final Map<String, Mapped> files = new HashMap<>();

    private ExternalData(Path folder) {
        this.folder = folder;
    }

    /** The files beside {@code model}. */
    static ExternalData beside(Path model) {
        return new ExternalData(model.toAbsolutePath().getParent());
    }

    /**
     * The elements of a tensor.
     *
     * @param bytes how many bytes they take
     * @throws OnnxException if the place is not one in a file of the folder
     */
    MemorySegment read(Place place, long bytes) {
        Mapped file = files.get(place.location);
        if (file == null) {
            file = new Mapped(map(place.location));
            files.put(place.location, file);
        }
        long length = place.length < 0 ? bytes : place.length;
        long size = file.contents.byteSize();
        if (place.offset < 0 || place.offset > size || length > size - place.offset) {
            throw new OnnxException(
                    "%d bytes from byte %d on are beyond the end of the file, which has %d bytes: it is cut off"
                            .formatted(length, place.offset, size));
        }
        file.claimed += length;
        if (file.claimed > MOST_CLAIMS * size) {
            throw new OnnxException(
                    "the tensors claim more than %d times the %d bytes of the file".formatted(MOST_CLAIMS, size));
        }
        return file.contents.asSlice(place.offset, length);
    }

    private MemorySegment map(String location) {
        Path file = resolve(location);
        try {
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw new OnnxException("it is a link that leads out of the model's folder: copy the file there");
            }
            if (!Files.isRegularFile(file)) {
                throw new OnnxException("it is no regular file");
            }
            try (var channel = FileChannel.open(file)) {
                return channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            }
        } catch (NoSuchFileException e) {
            throw new OnnxException("there is no such file: it belongs beside the model, in " + folder, e);
        } catch (IOException e) {
            throw new OnnxException("it cannot be read: " + e.getMessage(), e);
        }
    }

    private Path resolve(String location) {
        if (location.isEmpty()) {
            throw new OnnxException("the model does not name it");
        }
        boolean rooted = location.startsWith("/") || location.startsWith("\\") || location.matches("[A-Za-z]:.*");
        for (String part : location.split("[/\\\\]", -1)) {
            if (rooted || part.equals("..")) {
                throw new OnnxException("it must be relative to the model's folder, and within it");
            }
        }
        try {
            return folder.resolve(location);
        } catch (InvalidPathException e) {
            throw new OnnxException("it is no name of a file", e);
        }
    }
}
