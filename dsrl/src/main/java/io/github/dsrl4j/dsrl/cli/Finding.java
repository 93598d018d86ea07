package io.github.dsrl4j.dsrl.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that the doctor looked at.
 *
 * @param name what was looked at, in a word
 * @param status whether it is all right
 * @param text what was found and, unless it is all right, what to do
 */
record Finding(String name, Status status, String text) {
    /** How bad it is: a failure keeps the program from running, a warning does not. */
    enum Status {
        OK,
        WARNING,
        FAILED
    }

    static Finding ok(String name, String text) {
        return new Finding(name, Status.OK, text);
    }

    static Finding warning(String name, String text) {
        return new Finding(name, Status.WARNING, text);
    }

    static Finding failed(String name, String text) {
        return new Finding(name, Status.FAILED, text);
    }

    Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", name);
        json.put("status", status.name().toLowerCase(Locale.ROOT));
        json.put("text", text);
        return json;
    }
}
