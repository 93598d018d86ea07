package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The samples of a list whose lines are an image and its label map, or an image alone. */
final class ListedPairs {
    private final Path root;
    private final Path list;
    private final ListedPaths paths;
    private final Rules rules;

    /**
     * How a layout reads its lists.
     *
     * @param image the file that an image's entry means before it is looked for under the root, or null
     * @param labels the same of a label map's entry
     * @param labelsOf the label map of an image that stands alone; it need not exist
     */
    record Rules(Function<String, Path> image, Function<String, Path> labels, UnaryOperator<Path> labelsOf) {}

    /**
     * Of one list.
     *
     * @param root what its entries are relative to
     */
    ListedPairs(Path root, Path list, Rules rules) {
        this.root = root;
        this.list = list;
        this.paths = new ListedPaths(root, list);
        this.rules = rules;
    }

    /**
     * The listed samples.
     *
     * @throws DatasetException naming the list and mostly the line, where there is none or one is wrong
     */
    Dataset open(String name, Labelling labelling) {
        var pairs = new ArrayList<FileDataset.Pair>();
        for (var line : SampleList.read(list)) {
            if (!isComment(line)) {
                pairs.add(pair(line));
            }
        }
        if (pairs.isEmpty()) {
            throw new DatasetException(
                    "%s: lists no samples; lines of the form 'image annotation' are expected".formatted(list));
        }
        return new FileDataset(name, labelling.classes(), root, pairs, labelling::readLabels, paths.notes());
    }

    private boolean isComment(SampleList.Line line) {
        return line.looksLikeComment()
                && !Files.exists(resolve(line, line.words().getFirst(), rules.image));
    }

    private FileDataset.Pair pair(SampleList.Line line) {
        List<String> words = line.words();
        if (words.size() > 2) {
            throw new DatasetException(
                    "%s: line %d has %d words, '%s'; 'image annotation' is expected (names with blanks need quotes, or a tab between the two)"
                            .formatted(list, line.number(), words.size(), line.text()));
        }
        var image = resolve(line, words.getFirst(), rules.image);
        var labels = words.size() == 2 ? resolve(line, words.getLast(), rules.labels) : rules.labelsOf.apply(image);
        var stem = FolderWalk.stem(image.getFileName().toString());
        return FileDataset.Pair.listed(stem, image, labels, list, line.number());
    }

    private Path resolve(SampleList.Line line, String entry, Function<String, Path> rule) {
        var usual = paths.resolve(line, entry);
        var own = rule.apply(entry);
        return own == null ? usual : own;
    }
}
