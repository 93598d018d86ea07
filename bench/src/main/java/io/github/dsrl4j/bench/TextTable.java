package io.github.dsrl4j.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A table for people, each column as wide as its widest cell. */
final class TextTable {
    private final int words;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param words the columns on the left that are aligned to the left
     */
    TextTable(int words) {
        this.words = words;
    }

    /** The first row is the header. The last cell of a shorter row may run on. */
    void add(Stream<String> cells) {
        rows.add(cells.toList());
    }

    @Override
    public String toString() {
        int[] widths = widths();
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String space = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
                boolean left = i < words || (i == row.size() - 1 && row.size() < widths.length);
                line.append(i == 0 ? "" : "  ").append(left ? row.get(i) + space : space + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < (row.size() == widths.length ? row.size() : row.size() - 1); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }
}
