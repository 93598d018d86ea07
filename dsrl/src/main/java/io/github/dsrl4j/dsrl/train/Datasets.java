package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.CamVid;
import io.github.dsrl4j.dsrl.dataset.Cityscapes;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import java.nio.file.Path;
import java.util.List;

/** The data sets by the names that users choose them by. */
public final class Datasets {
    /** CamVid, 11 classes. */
    public static final String CAMVID = "camvid";
    /** Cityscapes, 19 classes. */
    public static final String CITYSCAPES = "cityscapes";
    /** Generated street scenes with the classes of CamVid. */
    public static final String STREETS = "streets";

    private static final int STREETS_TRAIN = 256;
    private static final int STREETS_HELD_OUT = 64;
    private static final long STREETS_SEED = 2020;

    private Datasets() {}

    /** All names. */
    public static List<String> names() {
        return List.of(CAMVID, CITYSCAPES, STREETS);
    }

    /** The classes of a data set. */
    public static ClassSet classes(String name) {
        return switch (name) {
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
        if (!name.equals(STREETS) && root == null) {
            throw new IllegalArgumentException("data: the data set " + name + " needs its folder (--data)");
        }
        return switch (name) {
            case CAMVID -> CamVid.open(Path.of(root), split);
            case CITYSCAPES -> Cityscapes.open(Path.of(root), split);
            case STREETS ->
                Streets.of(split == Split.TRAIN ? STREETS_TRAIN : STREETS_HELD_OUT, width, height, STREETS_SEED, split);
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "data: there is no data set '" + name + "'; choose " + String.join(", ", names()));
    }
}
