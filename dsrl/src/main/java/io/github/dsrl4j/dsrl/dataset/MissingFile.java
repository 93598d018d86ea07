package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Why there is no file where one is expected. */
final class MissingFile {
    private MissingFile() {}

    /**
     * The reason, to follow the file's name in a message.
     *
     * @param what the file should be, e.g. {@code label map}
     */
    static String reason(Path file, String what) {
        if (Files.isDirectory(file)) {
            return "is a folder; %s file is expected".formatted(what.equals("image") ? "an image" : "a " + what);
        }
        try {
            if (Files.isSymbolicLink(file)) {
                return "is a symbolic link to %s, which does not exist".formatted(Files.readSymbolicLink(file));
            }
            var other = otherCase(file);
            if (other.isPresent()) {
                return "no such %s file; there is %s, in other letters"
                        .formatted(what, other.get().getFileName());
            }
        } catch (IOException e) {
            return "no such %s file (%s)".formatted(what, e.getMessage());
        }
        return "no such %s file".formatted(what);
    }

    /** A neighbour whose name differs in capital letters only: a list from a system that does not tell them apart. */
    private static Optional<Path> otherCase(Path file) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var neighbours = Files.list(folder)) {
            return neighbours
                    .filter(neighbour -> neighbour
                            .getFileName()
                            .toString()
                            .equalsIgnoreCase(file.getFileName().toString()))
                    .sorted()
                    .findFirst();
        }
    }
}
