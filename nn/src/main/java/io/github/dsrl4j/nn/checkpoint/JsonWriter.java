package io.github.dsrl4j.nn.checkpoint;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/** Writes values as JSON; see {@link Json}. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final String indent;
    private int depth;

    /** @param indent what a level is indented by; empty for one line */
    JsonWriter(String indent) {
        this.indent = indent;
    }

    String write(Object value) {
        value(value);
        return out.toString();
    }

    private void value(Object value) {
        switch (value) {
            case null -> out.append("null");
            case Boolean bool -> out.append(bool.booleanValue());
            case Double number when !Double.isFinite(number) -> out.append("null");
            case Float number when !Float.isFinite(number) -> out.append("null");
            case Number number -> out.append(number);
            case CharSequence text -> string(text);
            case Enum<?> constant -> string(constant.name());
            case Map<?, ?> map -> object(map);
            case Iterable<?> elements -> array(elements);
            case Object[] elements -> array(Arrays.asList(elements));
            case int[] elements -> array(Arrays.stream(elements).boxed().toList());
            case long[] elements -> array(Arrays.stream(elements).boxed().toList());
            case double[] elements -> array(Arrays.stream(elements).boxed().toList());
            case float[] elements -> floats(elements);
            default ->
                throw new IllegalArgumentException("JSON: a " + value.getClass().getName()
                        + " cannot be written; convert it to text, a number or a map first");
        }
    }

    private void object(Map<?, ?> map) {
        open('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        boolean first = true;
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            if (!(entry.getKey() instanceof CharSequence name)) {
                throw new IllegalArgumentException("JSON: the key " + entry.getKey() + " of a map is not text");
            }
            separate(first);
            first = false;
            string(name);
            out.append(indent.isEmpty() ? ":" : ": ");
            value(entry.getValue());
        }
        close('}', first);
    }

    private void array(Iterable<?> elements) {
        open('[');
        boolean first = true;
        for (Object element : elements) {
            separate(first);
            first = false;
            value(element);
        }
        close(']', first);
    }

    private void floats(float[] elements) {
        Object[] boxed = new Object[elements.length];
        Arrays.setAll(boxed, i -> elements[i]);
        array(Arrays.asList(boxed));
    }

    private void open(char bracket) {
        if (++depth > JsonParser.MAX_DEPTH) {
            throw new IllegalArgumentException("JSON: nested deeper than " + JsonParser.MAX_DEPTH + " levels");
        }
        out.append(bracket);
    }

    private void separate(boolean first) {
        if (!first) {
            out.append(',');
        }
        newLine();
    }

    private void close(char bracket, boolean empty) {
        depth--;
        if (!empty) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        if (!indent.isEmpty()) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void string(CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Half surrogates have no UTF-8 form; the line separators end a line in JavaScript.
                    if (c < ' ' || c == '\u2028' || c == '\u2029' || (Character.isSurrogate(c) && !isPaired(text, i))) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(CharSequence text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
