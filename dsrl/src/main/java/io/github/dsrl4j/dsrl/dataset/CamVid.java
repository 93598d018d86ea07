package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CamVid in the layout of the SegNet tutorial: {@code train.txt}, {@code val.txt} and {@code test.txt} in one folder, each
 * line an image and its annotation, relative to that folder or absolute. Annotations are grey PNGs whose value is the class
 * id of {@link ClassSet#CAMVID}, 11 where ignored (Brostow, Fauqueur and Cipolla 2009; Badrinarayanan, Kendall and Cipolla
 * 2017), or whatever a {@link Labelling} reads.
 *
 * <p>Entries stand between blanks or tabs; names with blanks stand in quotes or between tabs. Of {@code folder/x.jpg} alone
 * the annotation is {@code folderannot/x.jpg}, or {@code folderannot/x.png}. A line that begins with {@code #} is a comment,
 * unless there is such a file. An absolute path that does not exist, as those of the tutorial's own lists
 * ({@code /SegNet/CamVid/train/x.png}), stands for the file of its last two names under the folder, if there is one and no
 * absolute path of the list exists.
 */
public final class CamVid {
    private static final String ANNOTATIONS = "annot";

    private CamVid() {}

    /**
     * Opens a split with CamVid's own classes.
     *
     * @see #open(Path, Split, Labelling)
     */
    public static Dataset open(Path root, Split split) {
        return open(root, split, Labelling.of(ClassSet.CAMVID));
    }

    /**
     * Opens a split and checks that every listed file exists.
     *
     * @param root the folder of the lists
     * @param labelling the classes, and how annotations say them
     * @throws DatasetException where the list or a file is missing, or a line is not a pair
     */
    public static Dataset open(Path root, Split split, Labelling labelling) {
        if (!Files.isDirectory(root)) {
            throw new DatasetException(
                    "%s: no such folder; CamVid with its train.txt, val.txt and test.txt is expected".formatted(root));
        }
        var list = root.resolve(split.key() + ".txt");
        if (!Files.isRegularFile(list)) {
            throw new DatasetException(
                    "%s: no such list; CamVid needs one line 'image annotation' a sample".formatted(list));
        }
        var rules = new ListedPairs.Rules(entry -> null, entry -> null, CamVid::annotation);
        return new ListedPairs(root, list, rules).open("camvid/" + split.key(), labelling);
    }

    /** The same name in the folder of the annotations; a PNG where that does not exist. */
    private static Path annotation(Path image) {
        var folder = image.toAbsolutePath().normalize().getParent();
        var annotations = folder.resolveSibling(folder.getFileName() + ANNOTATIONS);
        var name = image.getFileName().toString();
        var same = annotations.resolve(name);
        return Files.exists(same) ? same : annotations.resolve(FolderWalk.stem(name) + ".png");
    }
}
