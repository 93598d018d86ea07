package io.github.dsrl4j.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Text tables. */
public final class Table {
    private Table() {}

    /** A number with commas between thousands. */
    public static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Aligned columns, the first {@code left} of them to the left; rules under the first row and above the last. */
    public static String render(List<String[]> rows, int left) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        String rule = "-".repeat(Arrays.stream(widths).sum() + 2 * (widths.length - 1)) + "\n";
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            text.append(r == rows.size() - 1 ? rule : "");
            text.append(line(rows.get(r), widths, left)).append('\n');
            text.append(r == 0 ? rule : "");
        }
        return text.toString();
    }

    private static String line(String[] cells, int[] widths, int left) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String space = " ".repeat(widths[i] - cells[i].length());
            line.append(i == 0 ? "" : "  ").append(i < left ? cells[i] + space : space + cells[i]);
        }
        return line.toString().stripTrailing();
    }
}
