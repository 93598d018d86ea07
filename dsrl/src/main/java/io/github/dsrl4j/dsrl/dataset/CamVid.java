package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CamVid in the layout of the SegNet tutorial: {@code train.txt}, {@code val.txt} and {@code test.txt} in one folder, each
 * line an image and its annotation, relative to that folder. Annotations are grey PNGs whose value is the class id of
 * {@link ClassSet#CAMVID}, 11 where ignored (Brostow, Fauqueur and Cipolla 2009; Badrinarayanan, Kendall and Cipolla
 * 2017).
 */
public final class CamVid {
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private CamVid() {}

    /**
     * Opens a split and checks that every listed file exists.
     *
     * @param root the folder of the lists
     * @throws DatasetException where the list or a file is missing, or a line is not a pair
     */
    public static Dataset open(Path root, Split split) {
        var list = root.resolve(split.key() + ".txt");
        var pairs = new ArrayList<FileDataset.Pair>();
        int number = 0;
        for (var line : lines(root, list)) {
            number++;
            if (!line.isBlank()) {
                pairs.add(pair(root, list, number, line.strip()));
            }
        }
        if (pairs.isEmpty()) {
            throw new DatasetException(
                    "%s: lists no samples; lines of the form 'image annotation' are expected".formatted(list));
        }
        return new FileDataset("camvid/" + split.key(), ClassSet.CAMVID, root, pairs, LabelMap::read);
    }

    private static List<String> lines(Path root, Path list) {
        if (!Files.isDirectory(root)) {
            throw new DatasetException(
                    "%s: no such folder; CamVid with its train.txt, val.txt and test.txt is expected".formatted(root));
        }
        if (!Files.isRegularFile(list)) {
            throw new DatasetException(
                    "%s: no such list; CamVid needs one line 'image annotation' a sample".formatted(list));
        }
        try {
            return Files.readAllLines(list);
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be read as text (%s)".formatted(list, e.getMessage()), e);
        }
    }

    private static FileDataset.Pair pair(Path root, Path list, int number, String line) {
        var words = BLANKS.split(line, -1);
        if (words.length != 2) {
            throw new DatasetException("%s: line %d has %d words, '%s'; 'image annotation' is expected"
                    .formatted(list, number, words.length, line));
        }
        var image = resolve(root, words[0]);
        return new FileDataset.Pair(
                stem(image), image, resolve(root, words[1]), " (line %d of %s)".formatted(number, list.getFileName()));
    }

    /** The tutorial's own lists say {@code /SegNet/CamVid/train/x.png}, wherever the folder is: the last two names count. */
    private static Path resolve(Path root, String entry) {
        var path = Path.of(entry);
        if (entry.startsWith("/") && path.getNameCount() >= 2) {
            return root.resolve(
                    path.subpath(path.getNameCount() - 2, path.getNameCount()).toString());
        }
        return root.resolve(path);
    }

    private static String stem(Path file) {
        var name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
