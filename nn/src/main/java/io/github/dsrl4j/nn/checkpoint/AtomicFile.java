package io.github.dsrl4j.nn.checkpoint;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Replaces a file as a whole: whoever reads it, even after a crash or a full disk, finds the old contents or the new
 * ones.
 */
public final class AtomicFile {
    private static final String SUFFIX = ".tmp";

    private AtomicFile() {}

    /** What writes the new contents. */
    @FunctionalInterface
    public interface Contents {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes to a temporary file in the same folder, forces it to the disk, and renames it over {@code target}. If
     * anything fails, {@code target} is left as it was and the temporary file is removed.
     *
     * @throws CheckpointException if the file cannot be written
     */
    public static void write(Path target, Contents contents) {
        try {
            // A link stays a link: what it points at is replaced.
            Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
            if (Files.isDirectory(file)) {
                throw new CheckpointException(target + ": cannot be written, it is a directory");
            }
            if (!Files.isDirectory(file.getParent())) {
                throw new CheckpointException(
                        target + ": cannot be written, there is no directory " + file.getParent());
            }
            Path temporary = file.resolveSibling(prefix(file) + UUID.randomUUID() + SUFFIX);
            try {
                writeAndForce(temporary, contents);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            forceDirectory(file.getParent());
        } catch (IOException e) {
            throw new CheckpointException(target + ": cannot be written: " + Failures.reason(e), e);
        }
    }

    /**
     * Removes what processes that were killed while they wrote {@code target} left beside it. To be called only where nobody else can
     * be writing it.
     *
     * @throws CheckpointException if the folder cannot be read, or a file cannot be removed
     */
    public static void removeLeftovers(Path target) {
        Path file = target.toAbsolutePath();
        try (Stream<Path> neighbours = Files.list(file.getParent())) {
            for (Path neighbour : neighbours.toList()) {
                String name = neighbour.getFileName().toString();
                if (name.startsWith(prefix(file)) && name.endsWith(SUFFIX)) {
                    Files.deleteIfExists(neighbour);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(
                    target + ": what was left of writing it cannot be removed: " + Failures.reason(e), e);
        }
    }

    private static String prefix(Path file) {
        return "." + file.getFileName() + ".";
    }

    // Not through a FileChannel: that closes itself when the thread is interrupted, which is just when a last state is
    // saved.
    private static void writeAndForce(Path temporary, Contents contents) throws IOException {
        try (var file = new FileOutputStream(temporary.toFile());
                var out = new BufferedOutputStream(file, 1 << 16)) {
            contents.writeTo(out);
            out.flush();
            file.getFD().sync();
        }
    }

    private static void forceDirectory(Path directory) {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems (Windows) cannot open a directory; the file itself is safe, only the moment of its renaming
            // is not.
            return;
        }
    }
}
