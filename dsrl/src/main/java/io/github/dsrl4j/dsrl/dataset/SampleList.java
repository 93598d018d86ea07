package io.github.dsrl4j.dsrl.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A list of samples: a text file with an entry or two in a line. Lines end as on any system; blank lines do not count.
 * Entries stand between blanks, or between tabs where the line has any; a name with blanks may stand in quotes.
 */
final class SampleList {
    private static final Pattern TABS = Pattern.compile("\t+");

    private SampleList() {}

    /**
     * One line.
     *
     * @param number from 1, blank lines included
     * @param text without the blanks around it
     * @param words its entries, without quotes
     */
    record Line(int number, String text, List<String> words) {
        boolean looksLikeComment() {
            return text.startsWith("#");
        }
    }

    /**
     * The lines that are not blank.
     *
     * @throws DatasetException naming file and line, where it is no UTF-8 text, or a quotation mark has no partner
     */
    static List<Line> read(Path list) {
        var lines = new ArrayList<Line>();
        int number = 0;
        for (var line : (Iterable<String>) TextFile.read(list).lines()::iterator) {
            number++;
            var text = line.strip();
            if (!text.isEmpty()) {
                lines.add(new Line(number, text, words(list, number, text)));
            }
        }
        return lines;
    }

    private static List<String> words(Path list, int number, String text) {
        if (text.indexOf('\t') < 0) {
            return quoted(list, number, text);
        }
        var words = new ArrayList<String>();
        for (var column : TABS.split(text, 0)) {
            var word = column.strip();
            if (!word.isEmpty()) {
                // Between tabs a blank separates nothing, so that quotes are those around the whole column.
                words.add(enclosed(word) ? word.substring(1, word.length() - 1) : word);
            }
        }
        return words;
    }

    private static boolean enclosed(String word) {
        char mark = word.charAt(0);
        return word.length() > 2 && (mark == '"' || mark == '\'') && word.indexOf(mark, 1) == word.length() - 1;
    }

    private static List<String> quoted(Path list, int number, String text) {
        var words = new ArrayList<String>();
        for (int at = 0; at < text.length(); ) {
            char first = text.charAt(at);
            if (Character.isWhitespace(first)) {
                at++;
                continue;
            }
            boolean quote = first == '"' || first == '\'';
            int begin = quote ? at + 1 : at;
            int end = begin;
            while (end < text.length()
                    && (quote ? text.charAt(end) != first : !Character.isWhitespace(text.charAt(end)))) {
                end++;
            }
            if (quote && end == text.length()) {
                throw new DatasetException("%s: line %d has a quotation mark %c without its partner: %s"
                        .formatted(list, number, first, text));
            }
            words.add(text.substring(begin, end));
            at = quote ? end + 1 : end;
        }
        return words;
    }
}
