package io.github.dsrl4j.dsrl.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers and tables for people to read. */
final class Text {
    private static final Pattern COLORING = Pattern.compile("\033\\[[0-9;]*m");

    private Text() {}

    /** A share as per cent; a dash where there is none. */
    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /** A whole number with commas between thousands. */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A number with a fixed count of decimals; a dash for NaN. */
    static String fixed(double number, int decimals) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    /** Rows with aligned columns: the first to the left, the others to the right. */
    static String table(List<List<String>> rows) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], visible(row.get(i)));
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String space = " ".repeat(widths[i] - visible(row.get(i)));
                line.append(i == 0 ? row.get(i) + space : "   " + space + row.get(i));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int visible(String cell) {
        return COLORING.matcher(cell).replaceAll("").length();
    }
}
