package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files that the entries of a list mean. An entry is taken as it stands, relative to the root or absolute. Only where
 * that file does not exist, {@code \} counts as {@code /}, and of an absolute path, which may have been written on another
 * machine, the last two names count, if that file exists under the root; this is told in {@link #notes}.
 */
final class ListedPaths {
    private static final Pattern ABSOLUTE = Pattern.compile("([A-Za-z]:)?[/\\\\].*", Pattern.DOTALL);

    private final Path root;
    private final Path list;
    private String firstMoved;
    private int moved;
    private String existing;

    ListedPaths(Path root, Path list) {
        this.root = root;
        this.list = list;
    }

    /**
     * The file of an entry; it need not exist.
     *
     * @throws DatasetException naming list and line, where the entry cannot be a file name on this system
     */
    Path resolve(SampleList.Line line, String entry) {
        var asWritten = path(line, entry);
        var slashed = entry.replace('\\', '/');
        if (Files.exists(asWritten)) {
            existing = existing == null && Path.of(entry).isAbsolute() ? entry : existing;
            return asWritten;
        }
        var here = path(line, slashed);
        if (Files.exists(here)) {
            return here;
        }
        if (ABSOLUTE.matcher(entry).matches()) {
            var names = Path.of(slashed);
            int count = names.getNameCount();
            var lastTwo = count < 2
                    ? null
                    : root.resolve(names.subpath(count - 2, count).toString());
            if (lastTwo != null && Files.exists(lastTwo)) {
                moved++;
                firstMoved = firstMoved == null ? "%s, line %d".formatted(entry, line.number()) : firstMoved;
                return lastTwo;
            }
        }
        return entry.indexOf('\\') < 0 ? asWritten : here;
    }

    private Path path(SampleList.Line line, String entry) {
        try {
            return root.resolve(entry);
        } catch (InvalidPathException e) {
            throw new DatasetException(
                    "%s: line %d: '%s' cannot be a file name here (%s); for names beyond ASCII set LC_ALL=C.UTF-8"
                            .formatted(list, line.number(), entry, e.getReason()),
                    e);
        }
    }

    /**
     * What a reader of the list should know.
     *
     * @throws DatasetException where only some absolute paths exist: the list is of this machine then, and files are missing
     */
    List<String> notes() {
        if (moved > 0 && existing != null) {
            throw new DatasetException(
                    "%s: %d absolute paths do not exist (%s), though others do, as %s; make the files, or take out the lines"
                            .formatted(list, moved, firstMoved, existing));
        }
        var notes = new ArrayList<String>();
        if (moved > 0) {
            notes.add(
                    "%s: %d absolute paths do not exist (%s); the files of their last two names under %s are used instead"
                            .formatted(list, moved, firstMoved, root));
        }
        return notes;
    }
}
