package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The files below a folder. Symbolic links are followed, a folder that is reached twice is read once, and what systems leave
 * behind of their own (names that begin with a dot, {@code Thumbs.db} and the like) is left out.
 */
final class FolderWalk {
    private static final Set<String> OF_SYSTEMS = Set.of("thumbs.db", "desktop.ini", "__macosx", "@eadir");

    private final Path top;
    private final Set<Path> visited = new HashSet<>();
    private final List<Path> files = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private FolderWalk(Path top) {
        this.top = top;
    }

    /**
     * All files at most {@code depth} levels down: those of the folder itself are one level down.
     *
     * @throws DatasetException naming what cannot be listed, or a link to a folder that does not exist
     */
    static FolderWalk of(Path folder, int depth) {
        var walk = new FolderWalk(folder);
        walk.list(folder, depth);
        // By name, not by path: the order must not depend on the system's separator or case rules.
        walk.files.sort(Comparator.comparing(walk::relative));
        return walk;
    }

    /** The files in the order of {@link #relative}; links to files that do not exist among them. */
    List<Path> files() {
        return files;
    }

    /** The path below the folder, with {@code /} on every system. */
    String relative(Path file) {
        return top.relativize(file).toString().replace('\\', '/');
    }

    /** What was left out and should be known. */
    List<String> notes() {
        return notes;
    }

    private void list(Path folder, int depth) {
        try {
            if (!visited.add(folder.toRealPath())) {
                notes.add("%s: links to a folder whose files are taken already; left out".formatted(folder));
                return;
            }
            for (var entry : entries(folder)) {
                visit(entry, depth);
            }
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be listed (%s)".formatted(folder, Failures.reason(e)), e);
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(entry -> !ofSystem(entry.getFileName().toString()))
                    .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
                    .toList();
        }
    }

    private static boolean ofSystem(String name) {
        return name.startsWith(".") || OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT));
    }

    private void visit(Path entry, int depth) throws IOException {
        if (Files.isDirectory(entry)) {
            if (depth > 1) {
                list(entry, depth - 1);
            }
        } else if (depth > 1
                && Files.isSymbolicLink(entry)
                && !Files.exists(entry)
                && extension(entry).isEmpty()) {
            throw new DatasetException("%s: is a symbolic link to %s, which does not exist"
                    .formatted(entry, Files.readSymbolicLink(entry)));
        } else {
            files.add(entry);
        }
    }

    /** What follows the last dot of a file's name, in small letters; empty where there is none. */
    static String extension(Path file) {
        var name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
    }

    /** A name or path without what follows the last dot of its last name. */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    }
}
