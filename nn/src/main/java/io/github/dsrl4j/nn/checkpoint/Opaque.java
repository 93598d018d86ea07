package io.github.dsrl4j.nn.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pickle names or makes and nobody here builds: a Python class, function or object, or a tensor of a kind that
 * is not read. It is a name and what the pickle puts into it; no class is looked up and nothing is called. Two are
 * equal only if they are one.
 */
final class Opaque {
    private final Kind kind;
    private final String name;
    private Map<Object, Object> items = Map.of();
    private Object state = Pickle.None.NONE;

    /** What it stands for. */
    enum Kind {
        /** A class or a function. */
        NAME,
        /** What a class or a function would have made. */
        OBJECT,
        /** A tensor that has no dense real form here. */
        TENSOR
    }

    Opaque(Kind kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    Kind kind() {
        return kind;
    }

    /** The full name of the class or function; of a tensor, its kind. */
    String name() {
        return name;
    }

    /** The items that it holds if its class is a dictionary; else none. */
    Map<Object, Object> items() {
        return items;
    }

    /** The items, to be added to. */
    Map<Object, Object> growingItems() {
        if (items.isEmpty()) {
            items = new LinkedHashMap<>();
        }
        return items;
    }

    /** What the pickle gave it as state, mostly its attributes. */
    Object state() {
        return state;
    }

    void setState(Object state) {
        this.state = state;
    }

    /** Its attributes by name; none where its state is something else. */
    Map<?, ?> attributes() {
        return state instanceof Map<?, ?> map ? map : Map.of();
    }

    /** For messages. */
    String describe() {
        String shown = Names.shorten(name);
        return switch (kind) {
            case NAME -> "a Python class or function (" + shown + ")";
            case OBJECT -> "a Python object (" + shown + ")";
            case TENSOR -> shown;
        };
    }
}
