package io.github.dsrl4j.dsrl.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Cityscapes in its own folder layout: {@code leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png} and
 * {@code gtFine/SPLIT/CITY/NAME_gtFine_labelTrainIds.png}; where only {@code ..._labelIds.png} is there, ids become train
 * ids (Cordts et al. 2016, table of cityscapesScripts).
 */
public final class Cityscapes {
    private static final String IMAGE = "_leftImg8bit.png";

    /** Train id of every label id 0 to 33; ids without a class are ignored. */
    private static final byte[] TRAIN_IDS = trainIds();

    private Cityscapes() {}

    private static byte[] trainIds() {
        int[] labelIds = {7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33};
        var table = new byte[34];
        Arrays.fill(table, (byte) 255);
        for (int trainId = 0; trainId < labelIds.length; trainId++) {
            table[labelIds[trainId]] = (byte) trainId;
        }
        return table;
    }

    /**
     * Opens a split and checks that every image has a label file. Samples are in the order of their names.
     *
     * @param root the folder of {@code leftImg8bit} and {@code gtFine}
     * @throws DatasetException where a folder or file is missing
     */
    public static Dataset open(Path root, Split split) {
        var folder = root.resolve("leftImg8bit").resolve(split.key());
        if (!Files.isDirectory(folder)) {
            throw new DatasetException(
                    "%s: no such folder; Cityscapes with leftImg8bit/%s/CITY and gtFine/%s/CITY is expected in %s"
                            .formatted(folder, split.key(), split.key(), root));
        }
        var pairs =
                images(folder).stream().map(image -> pair(root, split, image)).toList();
        if (pairs.isEmpty()) {
            throw new DatasetException("%s: no file CITY/*%s in this folder".formatted(folder, IMAGE));
        }
        return new FileDataset("cityscapes/" + split.key(), ClassSet.CITYSCAPES, root, pairs, Cityscapes::readTrainIds);
    }

    private static List<Path> images(Path folder) {
        try (var files =
                Files.find(folder, 2, (file, attributes) -> file.toString().endsWith(IMAGE))) {
            // By name, not by path: the order must not depend on the system's separator or case rules.
            return files.sorted(Comparator.comparing(
                            file -> folder.relativize(file).toString().replace('\\', '/')))
                    .toList();
        } catch (IOException e) {
            throw new DatasetException("%s: cannot be listed (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    private static FileDataset.Pair pair(Path root, Split split, Path image) {
        var file = image.getFileName().toString();
        var name = file.substring(0, file.length() - IMAGE.length());
        var labels = root.resolve("gtFine").resolve(split.key());
        var city = image.getParent().getFileName().toString();
        var trainIds = labels.resolve(city).resolve(name + "_gtFine_labelTrainIds.png");
        var labelIds = labels.resolve(city).resolve(name + "_gtFine_labelIds.png");
        boolean mapped = !Files.exists(trainIds) && Files.exists(labelIds);
        return new FileDataset.Pair(name, image, mapped ? labelIds : trainIds, " (labels of %s)".formatted(file));
    }

    private static LabelMap readTrainIds(Path file) {
        var map = LabelMap.read(file);
        if (!file.toString().endsWith("_labelIds.png")) {
            return map;
        }
        var labels = new byte[map.labels().length];
        for (int i = 0; i < labels.length; i++) {
            int id = map.labels()[i] & 0xFF;
            if (id >= TRAIN_IDS.length && id != 255) {
                throw new DatasetException("%s: label id %d at pixel (x %d, y %d) is none of Cityscapes (0..33 or 255)"
                        .formatted(file, id, i % map.width(), i / map.width()));
            }
            labels[i] = id == 255 ? (byte) 255 : TRAIN_IDS[id];
        }
        return new LabelMap(map.width(), map.height(), labels);
    }
}
