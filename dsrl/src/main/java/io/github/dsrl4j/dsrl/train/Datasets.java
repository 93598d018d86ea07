package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.CamVid;
import io.github.dsrl4j.dsrl.dataset.Cityscapes;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
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
    /** Generated street scenes with the classes of CamVid. */
    public static final String STREETS = "streets";

    private static final Pattern STREETS_WITH_SIZE = Pattern.compile(STREETS + ":([1-9][0-9]{0,5})");
    private static final int STREETS_TRAIN = 256;
    private static final int TRAIN_PER_HELD_OUT = 4;
    private static final long STREETS_SEED = 2020;

    private Datasets() {}

    /** All names. */
    public static List<String> names() {
        return List.of(CAMVID, CITYSCAPES, STREETS);
    }

    /** Whether a data set is made and not read, so that it has no folder. */
    public static boolean generated(String name) {
        return kind(name).equals(STREETS);
    }

    /** The classes of a data set. */
    public static ClassSet classes(String name) {
        return switch (kind(name)) {
            case CAMVID, STREETS -> ClassSet.CAMVID;
            case CITYSCAPES -> ClassSet.CITYSCAPES;
            default -> throw unknown(name);
        };
    }

    /**
     * Opens a data set.
     *
     * @param root its folder; not used by {@code streets}
     * @param width of generated images
     * @param height of generated images
     * @throws io.github.dsrl4j.dsrl.dataset.DatasetException if files are missing
     */
    public static Dataset open(String name, String root, Split split, int width, int height) {
        if (!generated(name) && root == null) {
            throw new IllegalArgumentException("data: the data set " + name + " needs its folder (--data)");
        }
        return switch (kind(name)) {
            case CAMVID -> CamVid.open(Path.of(root), split);
            case CITYSCAPES -> Cityscapes.open(Path.of(root), split);
            case STREETS -> Streets.of(streets(name, split), width, height, STREETS_SEED, split);
            default -> throw unknown(name);
        };
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

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "data: there is no data set '" + name + "'; choose " + String.join(", ", names()) + " or streets:N");
    }
}
