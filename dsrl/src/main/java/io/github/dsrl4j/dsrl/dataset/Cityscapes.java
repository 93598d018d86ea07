package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Cityscapes in its own folder layout: {@code leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png} and
 * {@code gtFine/SPLIT/CITY/NAME_gtFine_labelTrainIds.png}; where only {@code ..._labelIds.png} is there, ids become train
 * ids (Cordts et al. 2016, table of cityscapesScripts). Images may be JPEGs, files may lie in the split's folder without
 * cities, and folders and files may be symbolic links.
 */
public final class Cityscapes {
    private static final Pattern IMAGE = Pattern.compile("(.+)_leftImg8bit\\.(png|jpg|jpeg)", Pattern.CASE_INSENSITIVE);

    /** Files lie in the folder of their city, or right in that of the split. */
    private static final int DEPTH = 2;

    /** Train id of every label id 0 to 33; ids without a class are ignored. */
    private static final byte[] TRAIN_IDS = trainIds();

    private Cityscapes() {}

    /** How carefully the labels were drawn: one of the two annotations that Cityscapes has. */
    public enum Annotation {
        /** Every pixel, 5,000 images. */
        FINE("gtFine", "cityscapes"),
        /** Polygons with gaps between them, which are ignored; 20,000 further images. */
        COARSE("gtCoarse", "cityscapes-coarse");

        private final String folder;
        private final String dataset;

        Annotation(String folder, String dataset) {
            this.folder = folder;
            this.dataset = dataset;
        }
    }

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
     * Opens a split with the 19 classes and fine annotations.
     *
     * @see #open(Path, Split, Annotation)
     */
    public static Dataset open(Path root, Split split) {
        return open(root, split, Annotation.FINE);
    }

    /**
     * Opens a split with the 19 classes, and checks that every image has a label file. Samples are in the order of their
     * names.
     *
     * @param root the folder of {@code leftImg8bit} and {@code gtFine} or {@code gtCoarse}
     * @throws DatasetException where a folder or file is missing, or two files claim to be the same image
     */
    public static Dataset open(Path root, Split split, Annotation annotation) {
        var layout = new Layout(root, split, annotation);
        return new FileDataset(
                layout.name(),
                ClassSet.CITYSCAPES,
                root,
                layout.pairs("labelTrainIds", "labelIds"),
                Cityscapes::readTrainIds,
                layout.notes);
    }

    /**
     * Opens a split with other classes. They are read from {@code ..._labelIds.png}, or, if the labelling is by colour, from
     * {@code ..._color.png}.
     *
     * @throws DatasetException as above
     */
    public static Dataset open(Path root, Split split, Annotation annotation, Labelling labelling) {
        var layout = new Layout(root, split, annotation);
        var pairs = layout.pairs(labelling.byColor() ? "color" : "labelIds");
        return new FileDataset(layout.name(), labelling.classes(), root, pairs, labelling::readLabels, layout.notes);
    }

    /** The files of one split. */
    private static final class Layout {
        private final Path root;
        private final Split split;
        private final Annotation annotation;
        private final Path images;
        private final Path labels;
        private final List<String> notes = new ArrayList<>();

        Layout(Path root, Split split, Annotation annotation) {
            this.root = root;
            this.split = split;
            this.annotation = annotation;
            this.images = root.resolve("leftImg8bit").resolve(split.key());
            this.labels = root.resolve(annotation.folder).resolve(split.key());
        }

        String name() {
            return annotation.dataset + "/" + split.key();
        }

        /** Every image with its labels, of the first kind that is there, or else of the first kind. */
        List<FileDataset.Pair> pairs(String... kinds) {
            if (!Files.isDirectory(images)) {
                throw new DatasetException(
                        "%s: no such folder; Cityscapes with leftImg8bit/%s/CITY and %s/%s/CITY is expected in %s"
                                .formatted(images, split.key(), annotation.folder, split.key(), root));
            }
            var found = images();
            if (found.isEmpty()) {
                throw new DatasetException("%s: no file CITY/*_leftImg8bit.png in this folder".formatted(images));
            }
            requireLabels();
            var labelFiles = labelFiles();
            var pairs = new ArrayList<FileDataset.Pair>();
            found.forEach((name, image) ->
                    pairs.add(FileDataset.Pair.found(name, image, labels(labelFiles, name, image, kinds))));
            return pairs;
        }

        /** By name, in the order of their paths. */
        private Map<String, Path> images() {
            var walk = FolderWalk.of(images, DEPTH);
            notes.addAll(walk.notes());
            var found = new LinkedHashMap<String, Path>();
            for (var file : walk.files()) {
                var match = IMAGE.matcher(file.getFileName().toString());
                if (match.matches()) {
                    var other = found.putIfAbsent(match.group(1), file);
                    if (other != null) {
                        throw new DatasetException(
                                "%s and %s are of one name; one of them must go".formatted(other, file));
                    }
                }
            }
            return found;
        }

        private void requireLabels() {
            if (Files.isDirectory(labels)) {
                return;
            }
            for (var other : Annotation.values()) {
                if (Files.isDirectory(root.resolve(other.folder).resolve(split.key()))) {
                    throw new DatasetException("%s: no such folder; there is %s, which the data set %s reads"
                            .formatted(labels, other.folder, other.dataset));
                }
            }
            throw new DatasetException(
                    "%s: no such folder; the labels of %s are expected in it".formatted(labels, images));
        }

        /** By path below the folder of the split, in small letters. */
        private Map<String, Path> labelFiles() {
            var walk = FolderWalk.of(labels, DEPTH);
            var files = new HashMap<String, Path>();
            walk.files().forEach(file -> files.putIfAbsent(walk.relative(file).toLowerCase(Locale.ROOT), file));
            return files;
        }

        private Path labels(Map<String, Path> files, String name, Path image, String... kinds) {
            var parent = images.relativize(image).getParent();
            var city = name.indexOf('_') < 0 ? "" : name.substring(0, name.indexOf('_')) + "/";
            // Beside its image's place, or, where only one of the two has no cities, right in the folder or in its
            // city.
            var places = List.of(parent == null ? "" : parent.toString().replace('\\', '/') + "/", "", city);
            for (var kind : kinds) {
                for (var place : places) {
                    var file = files.get((place + file(name, kind)).toLowerCase(Locale.ROOT));
                    if (file != null) {
                        return file;
                    }
                }
            }
            return labels.resolve(places.getFirst() + file(name, kinds[0]));
        }

        private String file(String name, String kind) {
            return "%s_%s_%s.png".formatted(name, annotation.folder, kind);
        }
    }

    private static LabelMap readTrainIds(Path file) {
        var map = LabelMap.read(file);
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith("_labelids.png")) {
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
