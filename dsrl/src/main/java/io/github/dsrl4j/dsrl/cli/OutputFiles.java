package io.github.dsrl4j.dsrl.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Checks of the files that a command is about to write: what it was given to read must not be lost. */
final class OutputFiles {
    private OutputFiles() {}

    /**
     * Refuses an output that is one of the inputs, whatever the path that leads to it: another spelling, or a link.
     *
     * @throws IllegalArgumentException if it is
     */
    static void requireNoInput(Path output, Collection<Path> inputs) {
        for (Path input : inputs) {
            if (isSameFile(output, input)) {
                throw new IllegalArgumentException(
                        "%s: would be written over, but it is an input%s; write to another place"
                                .formatted(output, output.equals(input) ? "" : " (" + input + ")"));
            }
        }
    }

    private static boolean isSameFile(Path output, Path input) {
        try {
            return Files.exists(output) && Files.exists(input) && Files.isSameFile(output, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
