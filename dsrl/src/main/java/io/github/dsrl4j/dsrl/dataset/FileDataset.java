package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Pairs of files, an image and its labels, read on demand. */
final class FileDataset implements Dataset {
    /**
     * One pair.
     *
     * @param name of the sample
     * @param listedIn where the pair comes from, for messages: a line of a list, or empty
     */
    record Pair(String name, Path image, Path labels, String listedIn) {}

    private final String name;
    private final ClassSet classes;
    private final Path root;
    private final List<Pair> pairs;
    private final Function<Path, LabelMap> reader;
    private String fingerprint;

    /**
     * Checks that every file is there.
     *
     * @param reader reads a label file as class ids
     * @throws DatasetException naming the first missing file, and how many are missing
     */
    FileDataset(String name, ClassSet classes, Path root, List<Pair> pairs, Function<Path, LabelMap> reader) {
        this.name = name;
        this.classes = classes;
        this.root = root;
        this.pairs = List.copyOf(pairs);
        this.reader = reader;
        checkFiles();
    }

    private void checkFiles() {
        String first = null;
        int missing = 0;
        for (var pair : pairs) {
            for (var file : List.of(pair.image(), pair.labels())) {
                if (!Files.isRegularFile(file)) {
                    missing++;
                    if (first == null) {
                        var what = file.equals(pair.image()) ? "image" : "label map";
                        first = "%s: no such %s file%s".formatted(file, what, pair.listedIn());
                    }
                }
            }
        }
        if (first != null) {
            throw new DatasetException(
                    "%s (%d of %d files of %s are missing)".formatted(first, missing, 2 * pairs.size(), name));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ClassSet classes() {
        return classes;
    }

    @Override
    public int size() {
        return pairs.size();
    }

    @Override
    public Sample get(int index) {
        var pair = pairs.get(Objects.checkIndex(index, pairs.size()));
        var image = ColorImage.read(pair.image());
        var labels = reader.apply(pair.labels());
        if (image.width() != labels.width() || image.height() != labels.height()) {
            throw new DatasetException("%s: is %d x %d, but its labels %s are %d x %d; both must have the same size"
                    .formatted(
                            pair.image(),
                            image.width(),
                            image.height(),
                            pair.labels(),
                            labels.width(),
                            labels.height()));
        }
        classes.check(labels, pair.labels().toString());
        return new Sample(pair.name(), image, labels);
    }

    @Override
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            fingerprint = hash();
        }
        return fingerprint;
    }

    private String hash() {
        var hash = new FileHash().text(name);
        for (var pair : pairs) {
            for (var file : List.of(pair.image(), pair.labels())) {
                // With slashes on every system, and without the place where the data lies on this one.
                hash.text(root.relativize(file).toString().replace('\\', '/')).file(file);
            }
        }
        return hash.hex();
    }

    @Override
    public String toString() {
        return "%s (%d samples in %s)".formatted(name, pairs.size(), root);
    }
}
