package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Pairs of files, an image and its labels, read on demand. */
final class FileDataset implements Dataset {
    /**
     * One pair.
     *
     * @param name of the sample
     * @param listedIn where the pair comes from, for messages: a line of a list, or what else led to it
     * @param inList whether that is a line of a list, which every message about the pair should name
     */
    record Pair(String name, Path image, Path labels, String listedIn, boolean inList) {
        /** A pair of two folders. */
        static Pair found(String name, Path image, Path labels) {
            return new Pair(name, image, labels, " (labels of %s)".formatted(image.getFileName()), false);
        }

        /** A pair of a list. */
        static Pair listed(String name, Path image, Path labels, Path list, int line) {
            return new Pair(name, image, labels, " (line %d of %s)".formatted(line, list.getFileName()), true);
        }
    }

    private final String name;
    private final ClassSet classes;
    private final Path root;
    private final List<Pair> pairs;
    private final Function<Path, LabelMap> reader;
    private final List<String> notes;
    private final AtomicReferenceArray<byte[]> labelHashes;
    private Hashes hashes;

    /**
     * Of all files, with their names; and of the images' contents alone.
     *
     * @param files identifies the data set on disk
     * @param images together with the labels' ids identifies the samples
     */
    private record Hashes(String files, String images) {}

    /**
     * Checks that every file is there, and that no image is listed with two different label maps.
     *
     * @param reader reads a label file as class ids
     * @param notes of whoever found the files
     * @throws DatasetException naming the first missing file, and how many are missing
     */
    FileDataset(
            String name,
            ClassSet classes,
            Path root,
            List<Pair> pairs,
            Function<Path, LabelMap> reader,
            List<String> notes) {
        this.name = name;
        this.classes = classes;
        this.root = root;
        this.pairs = List.copyOf(pairs);
        this.reader = reader;
        this.labelHashes = new AtomicReferenceArray<>(pairs.size());
        checkFiles();
        var all = new ArrayList<>(notes);
        all.addAll(checkRepetitions());
        this.notes = List.copyOf(all);
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
                        first = "%s: %s%s".formatted(file, MissingFile.reason(file, what), pair.listedIn());
                    }
                }
            }
        }
        if (first != null) {
            throw new DatasetException(
                    "%s (%d of %d files of %s are missing)".formatted(first, missing, 2 * pairs.size(), name));
        }
    }

    /** An image that is listed twice counts twice, as written; with two label maps it has no truth. */
    private List<String> checkRepetitions() {
        var seen = new HashMap<Path, Pair>();
        int repeated = 0;
        String first = null;
        for (var pair : pairs) {
            if (pair.image().equals(pair.labels())) {
                throw new DatasetException(
                        "%s: is image and label map at once%s".formatted(pair.image(), pair.listedIn()));
            }
            var before = seen.putIfAbsent(pair.image().normalize(), pair);
            if (before == null) {
                continue;
            }
            if (!before.labels().normalize().equals(pair.labels().normalize())) {
                throw new DatasetException("%s: has two label maps, %s%s and %s%s"
                        .formatted(pair.image(), before.labels(), before.listedIn(), pair.labels(), pair.listedIn()));
            }
            repeated++;
            first = first == null ? "%s%s".formatted(pair.image(), pair.listedIn()) : first;
        }
        return repeated == 0
                ? List.of()
                : List.of("%s: %d samples are listed again and count again; the first is %s"
                        .formatted(name, repeated, first));
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
    public List<String> notes() {
        return notes;
    }

    @Override
    public Sample get(int index) {
        var pair = pairs.get(Objects.checkIndex(index, pairs.size()));
        return located(pair, () -> {
            var image = ColorImage.read(pair.image());
            var labels = read(pair);
            if (image.width() != labels.width() || image.height() != labels.height()) {
                throw sizesDiffer(pair, new ImageSize(image.width(), image.height()), labels);
            }
            return new Sample(pair.name(), image, labels);
        });
    }

    @Override
    public LabelMap labels(int index) {
        var pair = pairs.get(Objects.checkIndex(index, pairs.size()));
        var labels = located(pair, () -> {
            var map = read(pair);
            var size = ImageSize.of(pair.image());
            if (!size.mayFit(map)) {
                throw sizesDiffer(pair, size, map);
            }
            return map;
        });
        if (labelHashes.get(index) == null) {
            labelHashes.set(index, new FileHash().labels(labels).bytes());
        }
        return labels;
    }

    private static DatasetException sizesDiffer(Pair pair, ImageSize image, LabelMap labels) {
        return new DatasetException("%s: is %d x %d, but its labels %s are %d x %d; both must have the same size"
                .formatted(
                        pair.image(), image.width(), image.height(), pair.labels(), labels.width(), labels.height()));
    }

    private LabelMap read(Pair pair) {
        var labels = reader.apply(pair.labels());
        classes.check(labels, pair.labels().toString());
        return labels;
    }

    /** Adds to a message where the pair is listed. */
    private static <T> T located(Pair pair, Supplier<T> work) {
        try {
            return work.get();
        } catch (DatasetException e) {
            if (!pair.inList()) {
                throw e;
            }
            throw new DatasetException(e.getMessage() + pair.listedIn(), e);
        }
    }

    @Override
    public String fingerprint() {
        return hashes().files();
    }

    @Override
    public String samplesFingerprint() {
        IntStream.range(0, size())
                .parallel()
                .filter(i -> labelHashes.get(i) == null)
                .forEach(this::labels);
        var hash = new FileHash().text(hashes().images());
        for (int i = 0; i < size(); i++) {
            hash.bytes(labelHashes.get(i));
        }
        return hash.hex();
    }

    private synchronized Hashes hashes() {
        if (hashes == null) {
            var files = new FileHash().text(name);
            var images = new FileHash();
            for (var pair : pairs) {
                var image = FileHash.read(pair.image());
                files.text(placeless(pair.image())).bytes(image);
                images.bytes(image);
                files.text(placeless(pair.labels())).bytes(FileHash.read(pair.labels()));
            }
            hashes = new Hashes(files.hex(), images.hex());
        }
        return hashes;
    }

    /** With slashes on every system, and without the place where the data lies on this one. */
    private String placeless(Path file) {
        var below = file.startsWith(root) ? root.relativize(file) : file.getFileName();
        return below.toString().replace('\\', '/');
    }

    @Override
    public String toString() {
        return "%s (%d samples in %s)".formatted(name, pairs.size(), root);
    }
}
