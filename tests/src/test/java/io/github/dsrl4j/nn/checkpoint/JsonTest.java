package io.github.dsrl4j.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("null", null),
                Arguments.of(" true ", true),
                Arguments.of("false", false),
                Arguments.of("0", 0L),
                Arguments.of("-0", 0L),
                Arguments.of("-12", -12L),
                Arguments.of("9223372036854775807", Long.MAX_VALUE),
                Arguments.of("-9223372036854775808", Long.MIN_VALUE),
                Arguments.of("9223372036854775808", 0x1p63),
                Arguments.of("123456789012345678901234567890", 1.2345678901234568E29),
                Arguments.of("1.5", 1.5),
                Arguments.of("-2.5e-3", -0.0025),
                Arguments.of("1E+2", 100.0),
                Arguments.of("\"\"", ""),
                Arguments.of("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz"),
                Arguments.of("\"\\u00e9\\u20AC é\"", "é€ é"),
                Arguments.of("\"\\ud83d\\ude00\"", "😀"),
                Arguments.of("[]", List.of()),
                Arguments.of("[1, [2,\n3],\t{}]", List.of(1L, List.of(2L, 3L), Map.of())),
                Arguments.of("{\"b\": 1, \"a\": {\"c\": null}}", orderedMap()));
    }

    private static Map<String, Object> orderedMap() {
        var inner = new LinkedHashMap<String, Object>();
        inner.put("c", null);
        var outer = new LinkedHashMap<String, Object>();
        outer.put("b", 1L);
        outer.put("a", inner);
        return outer;
    }

    @ParameterizedTest
    @MethodSource("values")
    void parsesAndWritesBack(String text, Object value) {
        assertEquals(value, Json.parse(text));
        assertEquals(value, Json.parse(Json.write(value)));
        assertEquals(value, Json.parse(Json.writePretty(value)));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of("", "line 1, column 1: expected a value; the text ends here"),
                Arguments.of("nul", "line 1, column 1: expected a value; found 'n'"),
                Arguments.of("[1 2]", "line 1, column 4: expected ',' or ']'; found '2'"),
                Arguments.of("[1,]", "line 1, column 4: expected a value; found ']'"),
                Arguments.of("{\"a\": 1,\n}", "line 2, column 1: expected a name in quotes; found '}'"),
                Arguments.of("{\"a\" 1}", "line 1, column 6: expected ':'; found '1'"),
                Arguments.of(
                        "{\"a\":1, \"a\":2}", "line 1, column 9: the name 'a' stands twice in one object; found '\"'"),
                Arguments.of("1 1", "line 1, column 3: expected the end of the text; found '1'"),
                Arguments.of("01", "line 1, column 2: expected the end of the text; found '1'"),
                Arguments.of("1.", "line 1, column 3: expected a digit; the text ends here"),
                Arguments.of("1e", "line 1, column 3: expected a digit; the text ends here"),
                Arguments.of("-", "line 1, column 2: expected a value; the text ends here"),
                Arguments.of("1e999", "line 1, column 1: the number is out of range; found '1'"),
                Arguments.of("NaN", "line 1, column 1: expected a value; found 'N'"),
                Arguments.of("\"a", "line 1, column 3: the string does not end; the text ends here"),
                Arguments.of(
                        "\"a\n\"",
                        "line 1, column 3: a control character stands unescaped in a string; found '\\u000a'"),
                Arguments.of("\"\\x\"", "line 1, column 2: unknown escape in a string; found '\\'"),
                Arguments.of("\"\\", "unknown escape in a string"),
                Arguments.of("\"\\u12", "expected four hexadecimal digits; the text ends here"),
                Arguments.of("\"\\ud83d\"", "half of a surrogate pair stands alone"),
                Arguments.of("\"\\ude00\"", "half of a surrogate pair stands alone"),
                Arguments.of("[".repeat(65), "line 1, column 65: nested deeper than 64 levels; found '['"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void refusesWhatIsNotJson(String text, String expected) {
        var error = assertThrows(Json.SyntaxException.class, () -> Json.parse(text));
        assertEquals("JSON: ", error.getMessage().substring(0, 6));
        assertEquals(true, error.getMessage().contains(expected), error::getMessage);
    }

    @Test
    void parsesObjectsOnly() {
        assertEquals(Map.of("a", 1L), Json.parseObject(" {\"a\":1} "));
        var error = assertThrows(Json.SyntaxException.class, () -> Json.parseObject("[1]"));
        assertEquals("JSON: line 1, column 1: expected an object, that is '{'; found '['", error.getMessage());
    }

    @Test
    void writesEveryKindOfValue() {
        var map = new LinkedHashMap<String, Object>();
        map.put("text", "é\"\\\n\u0001\u2028\ud83d" + "😀");
        map.put("numbers", Arrays.asList(1, 2L, 0.5f, 0.1, Double.NaN, Float.NEGATIVE_INFINITY));
        map.put("arrays", new Object[] {new int[] {1, 2}, new long[] {3}, new double[] {0.25}, new float[] {0.1f}, "s"
        });
        map.put("enum", DType.F32);
        assertEquals(
                "{\"text\":\"é\\\"\\\\\\n\\u0001\\u2028\\ud83d😀\",\"numbers\":[1,2,0.5,0.1,null,null],"
                        + "\"arrays\":[[1,2],[3],[0.25],[0.1],\"s\"],\"enum\":\"F32\"}",
                Json.write(map));
    }

    @Test
    void writesIndented() {
        assertEquals(
                "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}",
                Json.writePretty(Json.parse("{\"a\":[1,2],\"b\":{}}")));
    }

    @Test
    void refusesToWriteWhatJsonCannotHold() {
        var type = assertThrows(IllegalArgumentException.class, () -> Json.write(List.of(new Object())));
        assertEquals(
                "JSON: a java.lang.Object cannot be written; convert it to text, a number or a map first",
                type.getMessage());
        var key = assertThrows(IllegalArgumentException.class, () -> Json.write(Map.of(1, 2)));
        assertEquals("JSON: the key 1 of a map is not text", key.getMessage());
        var endless = new ArrayList<Object>();
        endless.add(endless);
        var depth = assertThrows(IllegalArgumentException.class, () -> Json.write(endless));
        assertEquals("JSON: nested deeper than 64 levels", depth.getMessage());
    }
}
