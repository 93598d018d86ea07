package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How the names and shapes of a module and of a checkpoint compare.
 *
 * @param fitting names that both have in one shape
 * @param missing names that only the module has
 * @param unexpected names that only the checkpoint has
 * @param reshaped names that both have in different shapes
 */
record StateDifference(List<String> fitting, List<String> missing, List<String> unexpected, List<String> reshaped) {
    /** Rows of one kind that a table shows: a checkpoint of another network altogether would fill the screen. */
    private static final int SHOWN = 20;

    static StateDifference between(
            Map<String, Tensor> module, Map<String, Tensor> checkpoint, Predicate<String> mayBeMissing) {
        var fitting = new ArrayList<String>();
        var missing = new ArrayList<String>();
        var reshaped = new ArrayList<String>();
        module.forEach((name, tensor) -> {
            Tensor found = checkpoint.get(name);
            if (found == null) {
                if (!mayBeMissing.test(name)) {
                    missing.add(name);
                }
            } else if (found.shape().equals(tensor.shape())) {
                fitting.add(name);
            } else {
                reshaped.add(name);
            }
        });
        var unexpected = new ArrayList<String>();
        checkpoint.keySet().stream().filter(name -> !module.containsKey(name)).forEach(unexpected::add);
        return new StateDifference(
                List.copyOf(fitting), List.copyOf(missing), List.copyOf(unexpected), List.copyOf(reshaped));
    }

    /** How many names there are of each kind, in one line. */
    String counts() {
        return "%d fit, %d missing, %d unexpected, %d of another shape"
                .formatted(fitting.size(), missing.size(), unexpected.size(), reshaped.size());
    }

    private record Row(String kind, String name, String shape, String remark) {}

    /** A row for each name that does not fit, in columns; empty if all do. */
    String table(Map<String, Tensor> module, Map<String, Tensor> checkpoint) {
        var rows = new ArrayList<Row>();
        Map<String, String> suggestions = suggestions(module, checkpoint);
        for (String name : shown(missing)) {
            String near = suggestions.get(name);
            String remark = near == null ? "" : "did you mean '" + near + "', which the checkpoint has?";
            rows.add(new Row("missing", name, module.get(name).shape().toString(), remark));
        }
        addRest(rows, "missing", missing);
        for (String name : shown(unexpected)) {
            rows.add(new Row(
                    "unexpected",
                    Names.shorten(name),
                    checkpoint.get(name).shape().toString(),
                    ""));
        }
        addRest(rows, "unexpected", unexpected);
        for (String name : shown(reshaped)) {
            String shapes = "module " + module.get(name).shape() + ", checkpoint "
                    + checkpoint.get(name).shape();
            rows.add(new Row("shape", name, shapes, ""));
        }
        addRest(rows, "shape", reshaped);
        return layOut(rows);
    }

    private static List<String> shown(List<String> names) {
        return names.subList(0, Math.min(SHOWN, names.size()));
    }

    private static void addRest(List<Row> rows, String kind, List<String> names) {
        if (names.size() > SHOWN) {
            rows.add(new Row(kind, "... and " + (names.size() - SHOWN) + " more", "", ""));
        }
    }

    /** For missing names the nearest unexpected one, each used once and one of the same shape if there is any. */
    private Map<String, String> suggestions(Map<String, Tensor> module, Map<String, Tensor> checkpoint) {
        var free = new LinkedHashSet<>(unexpected);
        var suggestions = new HashMap<String, String>();
        for (String name : shown(missing)) {
            List<String> sameShape = free.stream()
                    .filter(other -> checkpoint
                            .get(other)
                            .shape()
                            .equals(module.get(name).shape()))
                    .toList();
            String near = EditDistance.nearest(name, sameShape);
            near = near == null ? EditDistance.nearest(name, free) : near;
            if (near != null) {
                suggestions.put(name, near);
                free.remove(near);
            }
        }
        return suggestions;
    }

    private static String layOut(List<Row> rows) {
        int kindWidth = rows.stream().mapToInt(row -> row.kind().length()).max().orElse(0);
        int nameWidth = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int shapeWidth = rows.stream()
                .filter(row -> !row.remark().isEmpty())
                .mapToInt(row -> row.shape().length())
                .max()
                .orElse(0);
        var lines = new ArrayList<String>();
        for (Row row : rows) {
            String line = "  " + pad(row.kind(), kindWidth) + "  " + pad(row.name(), nameWidth) + "  "
                    + pad(row.shape(), shapeWidth) + "  " + row.remark();
            lines.add(line.stripTrailing());
        }
        return String.join("\n", lines);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
