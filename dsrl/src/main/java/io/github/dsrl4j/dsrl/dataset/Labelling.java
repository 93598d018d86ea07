package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The classes of a data set, and how its label files say them: by stored values, which are class ids or are mapped to them,
 * or by colours. {@link #read(Path)} takes own classes from a JSON file, of which only {@code classes} must be there:
 *
 * {@snippet lang = json :
 * {
 *   "name": "two classes",
 *   "classes": [{"name": "road", "color": "#804080"}, {"name": "car", "color": [64, 0, 128]}],
 *   "ignore": 255,
 *   "labels": "values",
 *   "map": {"7": "road", "26": "car", "0": "ignore"},
 *   "colors": {"#400040": "car", "#000000": "ignore"},
 *   "unknown": "error"
 * }
 * }
 *
 * <ul>
 *   <li>{@code classes}: in the order of their ids 0, 1, ...; a name alone will do, and has a colour of the usual palette
 *       (that of Pascal VOC);
 *   <li>{@code ignore}: the id of pixels without a class, 255 unless said otherwise; it is no class;
 *   <li>{@code labels}: {@code values} (what a grey or palette file stores), {@code colors} (RGB, each exactly that of a
 *       class), or {@code auto}: colours where the file has colour channels, otherwise values; {@code auto} unless said
 *       otherwise;
 *   <li>{@code map}: the class (id, name, or {@code ignore}) of each stored value. Without it values are ids;
 *   <li>{@code colors}: the class of further colours, {@code #RRGGBB} or {@code r,g,b};
 *   <li>{@code unknown}: what another value or colour is: an {@code error}, as usual, or {@code ignore}.
 * </ul>
 *
 * @param classes the classes, with the ignored id
 * @param form where a file says its labels
 * @param values class id or ignored id of stored values; empty where values are ids
 * @param colors class id or ignored id of colours {@code 0xRRGGBB}
 * @param unknownIgnored whether other values and colours are ignored; otherwise they are errors
 */
public record Labelling(
        ClassSet classes,
        Form form,
        Map<Integer, Integer> values,
        Map<Integer, Integer> colors,
        boolean unknownIgnored) {

    /** Where a file says its labels. */
    public enum Form {
        /** In stored values: of grey and palette images. */
        VALUES,
        /** In colours. */
        COLORS,
        /** In colours where there are colour channels, otherwise in values. */
        AUTO
    }

    /** Checks that all ids exist. */
    public Labelling {
        Objects.requireNonNull(form, "form");
        values = Map.copyOf(new TreeMap<>(values));
        colors = Map.copyOf(new TreeMap<>(colors));
        for (var ids : List.of(values, colors)) {
            for (int id : ids.values()) {
                if (id != classes.ignoreIndex() && (id < 0 || id >= classes.count())) {
                    throw new DatasetException("classes '%s': id %d is neither a class (0..%d) nor the ignored id %d"
                            .formatted(classes.name(), id, classes.count() - 1, classes.ignoreIndex()));
                }
            }
        }
    }

    /** Stored values that are class ids, or the ignored id. */
    public static Labelling of(ClassSet classes) {
        var colors = new TreeMap<Integer, Integer>();
        for (int id = 0; id < classes.count(); id++) {
            colors.putIfAbsent(classes.classes().get(id).color(), id);
        }
        return new Labelling(classes, Form.VALUES, Map.of(), colors, false);
    }

    /**
     * Reads own classes.
     *
     * @throws DatasetException naming the file, and what in it is missing, unknown, out of range or there twice
     */
    public static Labelling read(Path file) {
        return LabellingJson.read(file);
    }

    /**
     * From a JSON object of the form above.
     *
     * @param source what messages shall call it
     * @throws DatasetException as above
     */
    public static Labelling fromJson(String source, Map<String, Object> json) {
        return new LabellingJson(source).parse(json, "own");
    }

    /** As a JSON object of the form above. */
    public Map<String, Object> toJson() {
        return LabellingJson.write(this);
    }

    /** Whether labels can be said by colours alone. */
    public boolean byColor() {
        return form == Form.COLORS;
    }

    /**
     * Reads a label file.
     *
     * @throws DatasetException naming the file, and the pixel of a value or colour that no class has
     */
    public LabelMap readLabels(Path file) {
        return new LabelReader(this).read(file);
    }

    /**
     * The class ids of stored values.
     *
     * @param source what messages shall call the labels
     * @throws DatasetException naming the pixel of a value that no class has
     */
    public LabelMap map(LabelMap stored, String source) {
        if (values.isEmpty() && !unknownIgnored) {
            classes.check(stored, source);
            return stored;
        }
        var table = table();
        var from = stored.labels();
        var ids = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            int id = table[from[i] & 0xFF];
            if (id < 0) {
                throw new DatasetException(
                        "%s: value %d at pixel (x %d, y %d) is not in the map of the classes '%s' (it maps %s)"
                                .formatted(
                                        source,
                                        from[i] & 0xFF,
                                        i % stored.width(),
                                        i / stored.width(),
                                        classes.name(),
                                        mapped()));
            }
            ids[i] = (byte) id;
        }
        return new LabelMap(stored.width(), stored.height(), ids);
    }

    private String mapped() {
        var list = String.join(
                ", ", values.keySet().stream().sorted().map(String::valueOf).toList());
        return list.length() <= 80 ? list : list.substring(0, 80) + " ...";
    }

    /** The id of each stored value; -1 where it has none. The ignored id means itself unless it is mapped. */
    private int[] table() {
        var table = new int[256];
        Arrays.fill(table, unknownIgnored ? classes.ignoreIndex() : -1);
        table[classes.ignoreIndex()] = classes.ignoreIndex();
        if (values.isEmpty()) {
            Arrays.setAll(table, value -> value < classes.count() ? value : table[value]);
        }
        values.forEach((value, id) -> table[value] = id);
        return table;
    }
}
