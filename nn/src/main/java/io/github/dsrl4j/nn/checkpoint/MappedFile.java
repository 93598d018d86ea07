package io.github.dsrl4j.nn.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files as memory: pages come in when they are touched, and nothing is copied to the heap. */
final class MappedFile {
    private MappedFile() {}

    /**
     * The whole of a file, mapped read-only for as long as {@code arena} lives.
     *
     * @throws CheckpointException if there is no such file or it cannot be read
     */
    static MemorySegment map(Path file, Arena arena) {
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file + ": is a directory, not a checkpoint");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": is not a regular file");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + Failures.reason(e), e);
        }
    }
}
