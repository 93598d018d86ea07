package io.github.dsrl4j.nn.checkpoint;

import java.io.Serial;
import java.util.Map;

/**
 * JSON (RFC 8259) as plain Java values: an object is a {@code Map<String, Object>} in the order of the text, an array a
 * {@code List<Object>}, a string a {@code String}, a number a {@code Long} if it is a whole number that fits and a
 * {@code Double} otherwise, and then {@code Boolean} and {@code null}.
 */
public final class Json {
    private Json() {}

    /**
     * The value that a text holds. Nesting is limited to {@value JsonParser#MAX_DEPTH} levels, and the names within an
     * object must differ.
     *
     * @throws SyntaxException if the text is not JSON; the message names line and column
     */
    public static Object parse(String text) {
        return new JsonParser(text).parse();
    }

    /**
     * The object that a text holds.
     *
     * @throws SyntaxException if the text is not JSON, or not an object
     */
    public static Map<String, Object> parseObject(String text) {
        return new JsonParser(text).parseObject();
    }

    /**
     * A value as JSON on one line. Beside what {@link #parse} returns it takes any {@code Number}, {@code
     * CharSequence}, {@code Enum} (its name), {@code Iterable}, array of objects, ints, longs, floats or doubles, and
     * {@code Map} with string keys. A number that is NaN or infinite becomes {@code null}, since JSON has no word for
     * it.
     *
     * @throws IllegalArgumentException if the value holds something else, or is nested too deeply
     */
    public static String write(Object value) {
        return new JsonWriter("").write(value);
    }

    /** As {@link #write}, on several lines, indented by two spaces a level, for people to read. */
    public static String writePretty(Object value) {
        return new JsonWriter("  ").write(value);
    }

    /** A text that is not JSON. */
    public static final class SyntaxException extends IllegalArgumentException {
        @Serial
        private static final long serialVersionUID = 1L;

        SyntaxException(String message) {
            super(message);
        }
    }
}
