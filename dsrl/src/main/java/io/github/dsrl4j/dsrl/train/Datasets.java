package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.CamVid;
import io.github.dsrl4j.dsrl.dataset.Cityscapes;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Labelling;
import io.github.dsrl4j.dsrl.dataset.Masks;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data sets by the names that users choose them by. {@code streets:N} generates N training images, and a quarter as many for
 * validation and for test, instead of the usual number.
 */
public final class Datasets {
    /** CamVid, 11 classes. */
    public static final String CAMVID = "camvid";
    /** Cityscapes, 19 classes. */
    public static final String CITYSCAPES = "cityscapes";
    /** Cityscapes with its coarse annotations. */
    public static final String CITYSCAPES_COARSE = "cityscapes-coarse";
    /** Own images and masks, with own classes. */
    public static final String MASKS = "masks";
    /** Generated street scenes with the classes of CamVid. */
    public static final String STREETS = "streets";

    private static final Pattern STREETS_WITH_SIZE = Pattern.compile(STREETS + ":([1-9][0-9]{0,5})");
    private static final int STREETS_TRAIN = 256;
    private static final int TRAIN_PER_HELD_OUT = 4;
    private static final long STREETS_SEED = 2020;

    private Datasets() {}

    /** All names. */
    public static List<String> names() {
        return List.of(CAMVID, CITYSCAPES, CITYSCAPES_COARSE, MASKS, STREETS);
    }

    /** Whether a data set is made and not read, so that it has no folder. */
    public static boolean generated(String name) {
        return kind(name).equals(STREETS);
    }

    /** The classes of a data set. */
    public static ClassSet classes(String name) {
        return switch (kind(name)) {
            case CAMVID, STREETS -> ClassSet.CAMVID;
            case CITYSCAPES, CITYSCAPES_COARSE -> ClassSet.CITYSCAPES;
            case MASKS ->
                throw new IllegalArgumentException(
                        "the data set masks has no classes of its own; --classes FILE names them");
            default -> throw unknown(name);
        };
    }

    /**
     * The classes that a data set is used with.
     *
     * @param labelling own classes, or null for those of the data set
     */
    public static ClassSet classes(String name, Labelling labelling) {
        requireKnown(name);
        return labelling == null ? classes(name) : labelling.classes();
    }

    /**
     * Opens a data set with its own classes.
     *
     * @see #open(String, String, Split, int, int, Labelling)
     */
    public static Dataset open(String name, String root, Split split, int width, int height) {
        return open(name, root, split, width, height, null);
    }

    /**
     * Opens a data set.
     *
     * @param root its folder; not used by {@code streets}
     * @param width of generated images
     * @param height of generated images
     * @param labelling own classes, or null for those of the data set
     * @throws io.github.dsrl4j.dsrl.dataset.DatasetException if files are missing
     */
    public static Dataset open(String name, String root, Split split, int width, int height, Labelling labelling) {
        if (!generated(name) && root == null) {
            requireKnown(name);
            throw new IllegalArgumentException("data: the data set " + name + " needs its folder (--data)");
        }
        return switch (kind(name)) {
            case CAMVID -> CamVid.open(Path.of(root), split, labelling(name, labelling));
            case CITYSCAPES -> cityscapes(Path.of(root), split, Cityscapes.Annotation.FINE, labelling);
            case CITYSCAPES_COARSE -> cityscapes(Path.of(root), split, Cityscapes.Annotation.COARSE, labelling);
            case MASKS -> Masks.open(Path.of(root), split, labelling(name, labelling));
            case STREETS -> streets(name, split, width, height, labelling);
            default -> throw unknown(name);
        };
    }

    private static Labelling labelling(String name, Labelling own) {
        return own == null ? Labelling.of(classes(name)) : own;
    }

    private static Dataset cityscapes(Path root, Split split, Cityscapes.Annotation annotation, Labelling own) {
        return own == null ? Cityscapes.open(root, split, annotation) : Cityscapes.open(root, split, annotation, own);
    }

    private static Dataset streets(String name, Split split, int width, int height, Labelling own) {
        int size = streets(name, split);
        return own == null
                ? Streets.of(size, width, height, STREETS_SEED, split)
                : Streets.of(size, width, height, STREETS_SEED, split, own);
    }

    /** The name without a number of images. */
    private static String kind(String name) {
        return STREETS_WITH_SIZE.matcher(name).matches() ? STREETS : name;
    }

    private static int streets(String name, Split split) {
        Matcher sized = STREETS_WITH_SIZE.matcher(name);
        int train = sized.matches() ? Integer.parseInt(sized.group(1)) : STREETS_TRAIN;
        return split == Split.TRAIN ? train : Math.max(1, train / TRAIN_PER_HELD_OUT);
    }

    private static void requireKnown(String name) {
        if (!names().contains(kind(name))) {
            throw unknown(name);
        }
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "data: there is no data set '" + name + "'; choose " + String.join(", ", names()) + " or streets:N");
    }
}
