package io.github.dsrl4j.dsrl.dataset;

import io.github.dsrl4j.nn.checkpoint.EditDistance;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The JSON form of a {@link Labelling}, described there. */
final class LabellingJson {
    private static final String IGNORE = "ignore";
    private static final int USUAL_IGNORE = 255;
    private static final List<String> KEYS = List.of("name", "classes", IGNORE, "labels", "map", "colors", "unknown");
    private static final List<String> CLASS_KEYS = List.of("name", "color", "id");
    private static final Pattern HEX = Pattern.compile("#[0-9A-Fa-f]{6}");
    private static final Pattern DECIMAL = Pattern.compile("\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*");

    private final String source;

    LabellingJson(String source) {
        this.source = source;
    }

    static Labelling read(Path file) {
        Map<String, Object> json;
        try {
            json = Json.parseObject(TextFile.read(file));
        } catch (Json.SyntaxException e) {
            throw new DatasetException("%s: %s".formatted(file, e.getMessage()), e);
        }
        return new LabellingJson(file.toString())
                .parse(json, FolderWalk.stem(file.getFileName().toString()));
    }

    Labelling parse(Map<String, Object> json, String usualName) {
        requireKeys("the file", json, KEYS);
        var classes = classes(json, usualName);
        var colors = new TreeMap<Integer, Integer>();
        // Colours that nobody chose do not stand for a class in a file.
        var given = givenColors(json);
        given.forEach((id, color) -> colors.put(color, id));
        object(json, "colors").forEach((text, target) -> {
            int color = color("'colors'", text);
            int id = id("'colors': " + text, target, classes);
            var before = colors.putIfAbsent(color, id);
            if (before != null && before != id) {
                throw wrong("'colors': %s is the colour of class '%s' already"
                        .formatted(text, classes.names().get(before)));
            }
        });
        var values = new TreeMap<Integer, Integer>();
        object(json, "map").forEach((text, target) -> values.put(value(text), id("'map': " + text, target, classes)));
        var form = Labelling.Form.valueOf(choice(json, "labels", "auto", List.of("values", "colors", "auto"))
                .toUpperCase(Locale.ROOT));
        if (form == Labelling.Form.COLORS && given.size() < classes.count()) {
            throw wrong("labels are \"colors\", but %d of %d classes have none"
                    .formatted(classes.count() - given.size(), classes.count()));
        }
        boolean unknownIgnored =
                choice(json, "unknown", "error", List.of("error", IGNORE)).equals(IGNORE);
        return new Labelling(classes, form, values, colors, unknownIgnored);
    }

    private ClassSet classes(Map<String, Object> json, String usualName) {
        var entries = entries(json);
        var names = new ArrayList<String>();
        for (int i = 0; i < entries.size(); i++) {
            var name = className(i, entries.get(i));
            int before = names.indexOf(name);
            if (before >= 0) {
                throw wrong("classes %d and %d are both called '%s'".formatted(before, i, name));
            }
            names.add(name);
        }
        var given = givenColors(json);
        var palette = palette(given, names.size());
        var infos = new ArrayList<ClassInfo>();
        for (int i = 0; i < names.size(); i++) {
            infos.add(new ClassInfo(names.get(i), palette[i]));
        }
        int ignore = whole("'ignore'", json.getOrDefault(IGNORE, (long) USUAL_IGNORE));
        if (ignore < names.size() || ignore > 255) {
            throw wrong(
                    "'ignore' is %d, but must lie in %d..255: 0..%d are the classes; to ignore a stored value that is lower, map it: \"map\": {\"0\": \"ignore\", \"1\": 0, ...}"
                            .formatted(ignore, names.size(), names.size() - 1));
        }
        return new ClassSet(string("'name'", json.getOrDefault("name", usualName)), infos, ignore);
    }

    private List<?> entries(Map<String, Object> json) {
        if (!(json.get("classes") instanceof List<?> list)) {
            throw wrong("'classes' must be a list, e.g. [{\"name\": \"road\", \"color\": [128, 64, 128]}, ...]");
        }
        if (list.isEmpty() || list.size() > 255) {
            throw wrong("'classes' has %d entries; 1 to 255 are supported".formatted(list.size()));
        }
        return list;
    }

    private String className(int id, Object entry) {
        var what = "class " + id;
        if (entry instanceof String name) {
            return usable(what, name);
        }
        var fields = object(what, entry);
        requireKeys(what, fields, CLASS_KEYS);
        var said = fields.get("id");
        if (said != null && whole(what + ", 'id'", said) != id) {
            throw wrong(
                    "%s: its id says %s; ids follow the order of the list, and 'map' says which stored values they have"
                            .formatted(what, said));
        }
        return usable(what, string(what + ", 'name'", fields.get("name")));
    }

    private String usable(String what, String name) {
        if (name.isBlank() || name.equals(IGNORE)) {
            throw wrong("%s: '%s' cannot be the name of a class".formatted(what, name));
        }
        return name.strip();
    }

    /** The colours that the file gives, by class id. */
    private Map<Integer, Integer> givenColors(Map<String, Object> json) {
        var colors = new TreeMap<Integer, Integer>();
        var entries = entries(json);
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Map<?, ?> fields && fields.containsKey("color")) {
                int color = color("class " + i, fields.get("color"));
                for (var other : colors.entrySet()) {
                    if (other.getValue() == color) {
                        throw wrong("classes %d and %d have one colour, #%06X".formatted(other.getKey(), i, color));
                    }
                }
                colors.put(i, color);
            }
        }
        return colors;
    }

    /** The given colours, and for the other classes those of the palette of Pascal VOC that are not taken. */
    private static int[] palette(Map<Integer, Integer> given, int count) {
        var palette = new int[count];
        int next = 1;
        for (int i = 0; i < count; i++) {
            while (!given.containsKey(i) && given.containsValue(vocColor(next))) {
                next++;
            }
            palette[i] = given.containsKey(i) ? given.get(i) : vocColor(next++);
        }
        return palette;
    }

    /** The bits of the index, three at a time, are the highest bits of red, green and blue that are still free. */
    private static int vocColor(int index) {
        int color = 0;
        for (int bit = 0; bit < 8; bit++) {
            int three = index >> (3 * bit);
            color |= (three & 1) << (23 - bit) | (three >> 1 & 1) << (15 - bit) | (three >> 2 & 1) << (7 - bit);
        }
        return color;
    }

    private int color(String what, Object json) {
        if (json instanceof List<?> list && list.size() == 3) {
            int color = 0;
            for (var channel : list) {
                color = color << 8 | channel(what, whole(what + ", 'color'", channel));
            }
            return color;
        }
        if (json instanceof String text && HEX.matcher(text).matches()) {
            return Integer.parseInt(text.substring(1), 16);
        }
        var decimal = json instanceof String text ? DECIMAL.matcher(text) : null;
        if (decimal != null && decimal.matches()) {
            int color = 0;
            for (int group = 1; group <= 3; group++) {
                color = color << 8 | channel(what, Integer.parseInt(decimal.group(group)));
            }
            return color;
        }
        throw wrong("%s: %s is no colour; [red, green, blue] of 0..255 or \"#RRGGBB\" is expected"
                .formatted(what, Json.write(json)));
    }

    private int channel(String what, int value) {
        if (value < 0 || value > 255) {
            throw wrong("%s: %d is no part of a colour; 0..255 is expected".formatted(what, value));
        }
        return value;
    }

    private int value(String text) {
        if (text.matches("\\d{1,3}") && Integer.parseInt(text) <= 255) {
            return Integer.parseInt(text);
        }
        throw wrong("'map': '%s' is no value of a label file; 0..255 is expected".formatted(text));
    }

    /** The id that a class's name, its id, or the word for ignored pixels means. */
    private int id(String what, Object target, ClassSet classes) {
        if (target instanceof String name) {
            if (name.equals(IGNORE)) {
                return classes.ignoreIndex();
            }
            int id = classes.names().indexOf(name.strip());
            if (id < 0) {
                throw wrong("%s: there is no class '%s'%s"
                        .formatted(what, name, EditDistance.didYouMean(name, classes.names())));
            }
            return id;
        }
        int id = whole(what, target);
        if (id != classes.ignoreIndex() && (id < 0 || id >= classes.count())) {
            throw wrong("%s: id %d is neither a class (0..%d) nor the ignored id %d"
                    .formatted(what, id, classes.count() - 1, classes.ignoreIndex()));
        }
        return id;
    }

    private String choice(Map<String, Object> json, String key, String usual, List<String> choices) {
        var text = string("'" + key + "'", json.getOrDefault(key, usual));
        if (!choices.contains(text)) {
            throw wrong("'%s' is '%s'; one of %s is expected%s"
                    .formatted(key, text, String.join(", ", choices), EditDistance.didYouMean(text, choices)));
        }
        return text;
    }

    private void requireKeys(String what, Map<String, Object> json, List<String> known) {
        for (var key : json.keySet()) {
            if (!known.contains(key)) {
                throw wrong("%s has a field '%s', which means nothing%s (known: %s)"
                        .formatted(what, key, EditDistance.didYouMean(key, known), String.join(", ", known)));
            }
        }
    }

    private Map<String, Object> object(Map<String, Object> json, String key) {
        return json.containsKey(key) ? object("'" + key + "'", json.get(key)) : Map.of();
    }

    private Map<String, Object> object(String what, Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            throw wrong("%s must be an object, not %s".formatted(what, Json.write(json)));
        }
        var fields = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> fields.put(String.valueOf(key), value));
        return fields;
    }

    private String string(String what, Object json) {
        if (json instanceof String text) {
            return text;
        }
        throw wrong(
                json == null ? what + " is missing" : "%s must be a text, not %s".formatted(what, Json.write(json)));
    }

    private int whole(String what, Object json) {
        if (json instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        if (json instanceof Integer number) {
            return number;
        }
        throw wrong("%s must be a whole number, not %s".formatted(what, Json.write(json)));
    }

    private DatasetException wrong(String message) {
        return new DatasetException(source + ": " + message);
    }

    static Map<String, Object> write(Labelling labelling) {
        var classes = labelling.classes();
        var colors = new TreeMap<>(labelling.colors());
        var list = new ArrayList<Map<String, Object>>();
        for (int id = 0; id < classes.count(); id++) {
            var info = classes.classes().get(id);
            var fields = new LinkedHashMap<String, Object>();
            fields.put("name", info.name());
            // A colour of the usual palette stands for no class in a file, and is found again without being told.
            if (colors.remove(info.color(), id)) {
                fields.put("color", "#%06X".formatted(info.color()));
            }
            list.add(fields);
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("name", classes.name());
        json.put("classes", list);
        json.put(IGNORE, classes.ignoreIndex());
        json.put("labels", labelling.form().name().toLowerCase(Locale.ROOT));
        if (!labelling.values().isEmpty()) {
            json.put("map", texts(labelling.values(), "%d"));
        }
        if (!colors.isEmpty()) {
            json.put("colors", texts(colors, "#%06X"));
        }
        json.put("unknown", labelling.unknownIgnored() ? IGNORE : "error");
        return json;
    }

    private static Map<String, Object> texts(Map<Integer, Integer> ids, String format) {
        var texts = new LinkedHashMap<String, Object>();
        new TreeMap<>(ids).forEach((key, id) -> texts.put(format.formatted(key), id));
        return texts;
    }
}
