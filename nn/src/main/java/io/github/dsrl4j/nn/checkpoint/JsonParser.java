package io.github.dsrl4j.nn.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over a text by recursive descent; see {@link Json}. */
final class JsonParser {
    static final int MAX_DEPTH = 64;

    private final String text;
    private int position;
    private int depth;

    JsonParser(String text) {
        this.text = text;
    }

    Object parse() {
        skipWhitespace();
        Object value = value();
        expectEnd();
        return value;
    }

    Map<String, Object> parseObject() {
        skipWhitespace();
        if (peek() != '{') {
            throw error("expected an object, that is '{'");
        }
        Map<String, Object> value = object();
        expectEnd();
        return value;
    }

    private void expectEnd() {
        skipWhitespace();
        if (position < text.length()) {
            throw error("expected the end of the text");
        }
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object() {
        enter();
        var members = new LinkedHashMap<String, Object>();
        if (!closes('}')) {
            do {
                skipWhitespace();
                if (peek() != '"') {
                    throw error("expected a name in quotes");
                }
                int start = position;
                String name = string();
                if (members.containsKey(name)) {
                    position = start;
                    throw error("the name '" + Names.shorten(name) + "' stands twice in one object");
                }
                skipWhitespace();
                expect(':');
                skipWhitespace();
                members.put(name, value());
            } while (continues('}'));
        }
        depth--;
        return members;
    }

    private List<Object> array() {
        enter();
        var elements = new ArrayList<Object>(0);
        if (!closes(']')) {
            do {
                skipWhitespace();
                elements.add(value());
            } while (continues(']'));
        }
        depth--;
        return elements;
    }

    private void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested deeper than " + MAX_DEPTH + " levels");
        }
        position++;
    }

    private boolean closes(char end) {
        skipWhitespace();
        if (peek() != end) {
            return false;
        }
        position++;
        return true;
    }

    private boolean continues(char end) {
        skipWhitespace();
        int c = peek();
        if (c != ',' && c != end) {
            throw error("expected ',' or '" + end + "'");
        }
        position++;
        return c == ',';
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, position)) {
            throw error("expected a value");
        }
        position += word.length();
        return value;
    }

    private String string() {
        expect('"');
        int start = position;
        while (peek() != '"' && peek() != '\\') {
            plainCharacter();
        }
        if (peek() == '"') {
            return text.substring(start, position++);
        }
        var unescaped = new StringBuilder().append(text, start, position);
        while (peek() != '"') {
            unescaped.append(peek() == '\\' ? escape() : plainCharacter());
        }
        position++;
        return unescaped.toString();
    }

    private char plainCharacter() {
        int c = peek();
        if (c < 0) {
            throw error("the string does not end");
        }
        if (c < ' ') {
            throw error("a control character stands unescaped in a string");
        }
        position++;
        return (char) c;
    }

    private String escape() {
        position++;
        int c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> Character.toString(c);
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'u' -> unicodeEscape();
            default -> {
                position -= 2;
                throw error("unknown escape in a string");
            }
        };
    }

    private String unicodeEscape() {
        char first = hexUnit();
        if (!Character.isSurrogate(first)) {
            return Character.toString(first);
        }
        if (Character.isHighSurrogate(first) && text.startsWith("\\u", position)) {
            position += 2;
            char second = hexUnit();
            if (Character.isLowSurrogate(second)) {
                return Character.toString(Character.toCodePoint(first, second));
            }
        }
        throw error("half of a surrogate pair stands alone");
    }

    private char hexUnit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = position < text.length() && peek() < 128 ? Character.digit(peek(), 16) : -1;
            if (digit < 0) {
                throw error("expected four hexadecimal digits");
            }
            unit = unit << 4 | digit;
            position++;
        }
        return (char) unit;
    }

    private Number number() {
        int start = position;
        accept('-');
        if (!accept('0')) {
            digits("expected a value");
        }
        boolean whole = true;
        if (accept('.')) {
            whole = false;
            digits("expected a digit");
        }
        if (accept('e') || accept('E')) {
            whole = false;
            if (!accept('+')) {
                accept('-');
            }
            digits("expected a digit");
        }
        String number = text.substring(start, position);
        if (whole && number.length() <= 20) {
            try {
                return Long.valueOf(number);
            } catch (NumberFormatException tooLarge) {
                return Double.valueOf(number);
            }
        }
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            position = start;
            throw error("the number is out of range");
        }
        return value;
    }

    private void digits(String expected) {
        if (!isDigit(peek())) {
            throw error(expected);
        }
        while (isDigit(peek())) {
            position++;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private boolean accept(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw error("expected '" + c + "'");
        }
    }

    private int peek() {
        return position < text.length() ? text.charAt(position) : -1;
    }

    private void skipWhitespace() {
        while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private Json.SyntaxException error(String problem) {
        int end = Math.min(position, text.length());
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        String found =
                end == text.length() ? "the text ends here" : "found '" + Names.printable(text.charAt(end)) + "'";
        return new Json.SyntaxException(
                "JSON: line %d, column %d: %s; %s".formatted(line, end - lineStart + 1, problem, found));
    }
}
