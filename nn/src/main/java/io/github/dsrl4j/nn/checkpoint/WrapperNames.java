package io.github.dsrl4j.nn.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The names that training tools put between a model and its own: {@code DataParallel} puts {@code module.} before every
 * name; {@code torch.compile}, fully sharded training and activation checkpoints put {@code _orig_mod.} and the like
 * before the names of whatever they wrapped, be it the model or a part.
 */
final class WrapperNames {
    private static final String PARALLEL = "module.";
    private static final List<String> ANYWHERE =
            List.of("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.");

    /** How often one wrapper may stand in another. */
    private static final int MAX_NESTED = 8;

    private WrapperNames() {}

    /**
     * The same entries under the names that the model itself gives them. A wrapper's name goes only where all names of
     * the same part have it: a module that holds nothing but one child may be a wrapper, one that holds more is none.
     * Names stay as they are where two would become one.
     */
    static <V> Map<String, V> removed(Map<String, V> state) {
        Map<String, V> names = state;
        for (int i = 0; i < MAX_NESTED && !names.isEmpty(); i++) {
            var sorted = new TreeSet<>(names.keySet());
            var inner = new LinkedHashMap<String, V>();
            names.forEach((name, value) -> inner.put(inner(name, sorted), value));
            if (inner.size() < names.size() || inner.keySet().equals(names.keySet())) {
                return names;
            }
            names = inner;
        }
        return names;
    }

    /** A name without its first wrapper. */
    private static String inner(String name, NavigableSet<String> all) {
        if (name.startsWith(PARALLEL) && allBegin("", PARALLEL, all)) {
            return name.substring(PARALLEL.length());
        }
        for (String wrapper : ANYWHERE) {
            int at = ("." + name).indexOf("." + wrapper);
            if (at >= 0 && allBegin(name.substring(0, at), wrapper, all)) {
                return name.substring(0, at) + name.substring(at + wrapper.length());
            }
        }
        return name;
    }

    /** Whether all names of a part go on with a wrapper and something after it. */
    private static boolean allBegin(String part, String wrapper, NavigableSet<String> all) {
        String wrapped = part + wrapper;
        String first = all.ceiling(part);
        String last = part.isEmpty() ? all.last() : all.lower(part.substring(0, part.length() - 1) + (char) ('.' + 1));
        // What lies between two names that begin alike begins so, too.
        return first != null
                && first.startsWith(wrapped)
                && first.length() > wrapped.length()
                && last != null
                && last.startsWith(wrapped);
    }
}
