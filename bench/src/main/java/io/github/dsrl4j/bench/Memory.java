package io.github.dsrl4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The memory of machine and process, where Linux tells. */
final class Memory {
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path PROCESS = Path.of("/proc/self/status");
    /** Of what is free, so that the machine does not begin to swap. */
    private static final double USABLE = 0.75;

    private Memory() {}

    /** The most that this process has held at once, heap, native memory and the Java machine itself; empty where it is not known. */
    static OptionalLong peakBytes() {
        return bytes(PROCESS, "VmHWM:");
    }

    /** Why this many bytes are too many; empty where they are not, or where the machine does not tell. */
    static Optional<String> shortage(long bytes, String why) {
        OptionalLong available = bytes(MACHINE, "MemAvailable:");
        return available.isEmpty() || bytes <= USABLE * available.getAsLong()
                ? Optional.empty()
                : Optional.of("not enough memory: %s, about %.0f GB, and %.0f GB are free"
                        .formatted(why, 1e-9 * bytes, 1e-9 * available.getAsLong()));
    }

    /** From a line such as {@code VmHWM:     1024 kB}. */
    private static OptionalLong bytes(Path file, String key) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> 1024
                            * Long.parseLong(line.substring(key.length())
                                    .replace("kB", "")
                                    .strip()))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
