package io.github.dsrl4j.dsrl.inference;

import java.util.List;
import java.util.Map;

/** Typed access to the fields of a JSON object, with an error that names the field. */
public record JsonFields(String what, Map<String, Object> json) {
    public String string(String name) {
        return get(name, String.class, "a string");
    }

    public boolean bool(String name) {
        return get(name, Boolean.class, "true or false");
    }

    public double number(String name) {
        return get(name, Number.class, "a number").doubleValue();
    }

    public long whole(String name) {
        double value = number(name);
        Number exact = (Number) json.get(name);
        if (exact.longValue() != value) {
            throw new IllegalArgumentException("%s: '%s' must be a whole number, not %s".formatted(what, name, exact));
        }
        return exact.longValue();
    }

    public int integer(String name) {
        return Math.toIntExact(whole(name));
    }

    /** A field that holds an object. */
    public JsonFields object(String name) {
        return of(name, get(name, Map.class, "an object"));
    }

    /** A field that holds a list of objects. */
    public List<JsonFields> objects(String name) {
        List<?> list = get(name, List.class, "a list");
        return list.stream().map(entry -> of(name, entry)).toList();
    }

    private JsonFields of(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("%s: '%s' must hold objects".formatted(what, name));
        }
        var typed = new java.util.LinkedHashMap<String, Object>();
        map.forEach((key, entry) -> typed.put(String.valueOf(key), entry));
        return new JsonFields(what + "." + name, typed);
    }

    private <T> T get(String name, Class<T> type, String expected) {
        Object value = json.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("%s: '%s' must be %s, not %s".formatted(what, name, expected, value));
        }
        return type.cast(value);
    }
}
