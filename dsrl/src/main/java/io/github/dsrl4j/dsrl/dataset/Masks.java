package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Own data in two folders: {@code images}, and {@code masks} with one label map per image at the same place and of the same
 * name, but for the extension. The parts for training, validation and test are, whichever there is first,
 *
 * <ol>
 *   <li>lists {@code train.txt}, {@code val.txt} and {@code test.txt} beside the two folders, each line an image below
 *       {@code images} (its extension may be left out), or an image and a mask, relative to the folder of the list;
 *   <li>sub-folders {@code train}, {@code val} and {@code test} of both folders;
 *   <li>otherwise drawn: in the order of the SHA-256 of their names, the first tenth of the images is for validation, the
 *       second for test, the rest for training. The draw is the same everywhere, and changes with the set of names alone.
 * </ol>
 */
public final class Masks {
    /** What is looked at in the two folders; what is no image is left alone. */
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff");

    private static final int DEPTH = 16;
    private static final int SHARE_HELD_OUT = 10;

    private final Path root;
    private final Split split;
    private final Path images;
    private final Path masks;
    private final List<String> notes = new ArrayList<>();

    private Masks(Path root, Split split) {
        this.root = root;
        this.split = split;
        this.images = root.resolve("images");
        this.masks = root.resolve("masks");
    }

    /**
     * Opens a split and checks that every image has a mask.
     *
     * @param root the folder of {@code images} and {@code masks}
     * @param labelling the classes, and how masks say them
     * @throws DatasetException where a folder, list or file is missing, or two files claim to be the same image or mask
     */
    public static Dataset open(Path root, Split split, Labelling labelling) {
        return new Masks(root, split).open(labelling);
    }

    private Dataset open(Labelling labelling) {
        for (var folder : List.of(images, masks)) {
            if (!Files.isDirectory(folder)) {
                throw new DatasetException(
                        "%s: no such folder; the folders images and masks are expected in %s".formatted(folder, root));
            }
        }
        var name = "masks/" + split.key();
        if (anySplit(root, ".txt")) {
            return listed().open(name, labelling);
        }
        var pairs = anySplit(images, "") ? ofFolders() : drawn();
        return new FileDataset(name, labelling.classes(), root, pairs, labelling::readLabels, notes);
    }

    private static boolean anySplit(Path folder, String suffix) {
        return Arrays.stream(Split.values()).anyMatch(part -> Files.exists(folder.resolve(part.key() + suffix)));
    }

    private ListedPairs listed() {
        var list = root.resolve(split.key() + ".txt");
        if (!Files.isRegularFile(list)) {
            throw new DatasetException(
                    "%s: no such list, but there are others; one line per image is expected".formatted(list));
        }
        var allImages = byStem(images);
        var allMasks = byStem(masks);
        return new ListedPairs(
                root,
                list,
                new ListedPairs.Rules(
                        entry -> below(images, allImages, entry),
                        entry -> below(masks, allMasks, entry),
                        image -> mask(allMasks, stem(images, image))));
    }

    /** The file that a list means by a path below a folder, perhaps without its extension; or null. */
    private static Path below(Path folder, Map<String, Path> all, String entry) {
        var file = folder.resolve(entry);
        return Files.isRegularFile(file) ? file : all.get(entry.replace('\\', '/'));
    }

    private List<FileDataset.Pair> ofFolders() {
        for (var folder : List.of(images, masks)) {
            if (!Files.isDirectory(folder.resolve(split.key()))) {
                throw new DatasetException(
                        "%s: no such folder, though images/ has other parts".formatted(folder.resolve(split.key())));
            }
        }
        return pairs(byStem(images.resolve(split.key())), images.resolve(split.key()), masks.resolve(split.key()));
    }

    private List<FileDataset.Pair> drawn() {
        var all = byStem(images);
        int heldOut = Math.max(1, all.size() / SHARE_HELD_OUT);
        if (all.size() < 3) {
            throw new DatasetException("%s: %d images cannot be drawn into train, val and test; at least 3 are needed"
                    .formatted(images, all.size()));
        }
        var order = new ArrayList<>(all.keySet());
        order.sort(Comparator.comparing(stem -> new FileHash().text(stem).hex()));
        var part = switch (split) {
            case VAL -> order.subList(0, heldOut);
            case TEST -> order.subList(heldOut, 2 * heldOut);
            case TRAIN -> order.subList(2 * heldOut, order.size());
        };
        notes.add(
                "%s: no train.txt, val.txt, test.txt and no such folders; %d of %d images are drawn for %s by the hash of their names"
                        .formatted(root, part.size(), all.size(), split.key()));
        var mine = new TreeMap<String, Path>();
        part.forEach(stem -> mine.put(stem, all.get(stem)));
        return pairs(mine, images, masks);
    }

    private List<FileDataset.Pair> pairs(Map<String, Path> found, Path imageFolder, Path maskFolder) {
        if (found.isEmpty()) {
            throw new DatasetException("%s: no image in this folder (%s)"
                    .formatted(
                            imageFolder,
                            String.join(", ", EXTENSIONS.stream().sorted().toList())));
        }
        var allMasks = byStem(maskFolder);
        var pairs = new ArrayList<FileDataset.Pair>();
        found.forEach((stem, image) -> {
            var mask = allMasks.getOrDefault(stem, maskFolder.resolve(stem + ".png"));
            pairs.add(FileDataset.Pair.found(FolderWalk.stem(image.getFileName().toString()), image, mask));
        });
        return pairs;
    }

    private Path mask(Map<String, Path> all, String stem) {
        return all.getOrDefault(stem, masks.resolve(stem + ".png"));
    }

    private static String stem(Path folder, Path file) {
        var below = file.startsWith(folder) ? folder.relativize(file) : file.getFileName();
        return FolderWalk.stem(below.toString().replace('\\', '/'));
    }

    /** The image files of a folder by their paths below it without extension, in their order. */
    private Map<String, Path> byStem(Path folder) {
        var walk = FolderWalk.of(folder, DEPTH);
        notes.addAll(walk.notes());
        var files = new TreeMap<String, Path>();
        for (var file : walk.files()) {
            if (EXTENSIONS.contains(FolderWalk.extension(file))) {
                var stem = FolderWalk.stem(walk.relative(file));
                var other = files.putIfAbsent(stem, file);
                if (other != null) {
                    throw new DatasetException("%s and %s are of one name but for the extension; one of them must go"
                            .formatted(other, file));
                }
            }
        }
        return files;
    }
}
