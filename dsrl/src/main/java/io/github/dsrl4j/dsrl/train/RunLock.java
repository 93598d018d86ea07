package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.nn.checkpoint.Failures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a run's folder to one process at a time. The lock is the operating system's: it dies with its process, however that ends. Who
 * only reads a run needs none.
 */
final class RunLock implements AutoCloseable {
    private static final String NAME = ".lock";
    private static final int ATTEMPTS = 100;

    /**
     * The locks of this process. The system's locks are a process's as a whole: it does not keep two trainers of one process apart, and
     * frees the lock as soon as the process closes the file, whoever opened it. So nobody here may open a file that is locked here.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IllegalStateException if another process, or this one, works in the folder
     * @throws UncheckedIOException if the folder cannot be written to, or its file system has no locks
     */
    static RunLock on(Path folder) {
        try {
            Path file = folder.toRealPath().resolve(NAME);
            if (!HELD.add(file)) {
                throw busy(folder, "this process");
            }
            FileChannel channel = null;
            try {
                for (int attempt = 0; channel == null && attempt < ATTEMPTS; attempt++) {
                    channel = attempt(file);
                }
            } finally {
                if (channel == null) {
                    HELD.remove(file);
                }
            }
            if (channel == null) {
                throw busy(folder, owner(file));
            }
            return new RunLock(file, channel);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be locked: " + Failures.reason(e), e);
        }
    }

    /** The locked file; null if another process has it, or had it and deleted it meanwhile. */
    private static FileChannel attempt(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.write(file, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        Object before = key(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            // A lock on a file that was deleted before it was locked keeps nobody out.
            taken = channel.tryLock() != null && Objects.equals(before, key(file));
            if (taken) {
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            }
            return taken ? channel : null;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /** What tells a file from one of the same name; null where the system has no such thing, and keeps open files from being deleted. */
    private static Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return new Object();
        }
    }

    private static String owner(Path file) {
        try {
            return "process " + Files.readString(file);
        } catch (IOException e) {
            // Windows lets nobody else read it.
            return "another process";
        }
    }

    private static IllegalStateException busy(Path folder, String owner) {
        return new IllegalStateException(
                "%s: %s is training here; wait for it, or choose another folder".formatted(folder, owner));
    }

    /** Gives the lock back, and leaves no trace. */
    @Override
    public void close() {
        try (channel) {
            // While it is still locked, so that nobody's file is deleted but this one's.
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows keeps a file that is open; an unlocked one keeps nobody out.
            return;
        } finally {
            HELD.remove(file);
        }
    }
}
