package io.github.dsrl4j.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which attributes of a TorchScript class are parameters and buffers, as the class's code lists them in its first lines.
 * Of the code nothing else is read.
 */
final class ScriptCode {
    private static final Pattern CLASS = Pattern.compile("class ([A-Za-z_0-9]+)\\(Module\\):");
    private static final Pattern LIST = Pattern.compile("  __(?:parameters|buffers)__ = \\[(.*)]");

    private final Map<String, Set<String>> tensors = new HashMap<>();

    /**
     * Reads a file of code.
     *
     * @param module what Python calls the file, such as {@code __torch__.torch.nn.modules.conv}
     */
    void add(String module, MemorySegment code) {
        Set<String> current = null;
        String text = new String(code.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        for (String line : (Iterable<String>) text.lines()::iterator) {
            var begins = CLASS.matcher(line);
            if (begins.matches()) {
                current = new LinkedHashSet<>();
                tensors.put(module + "." + begins.group(1), current);
            }
            var list = LIST.matcher(line);
            if (current != null && list.matches()) {
                current.addAll(Arrays.stream(list.group(1).split(",", -1))
                        .map(name -> name.strip().replace("\"", ""))
                        .collect(Collectors.toSet()));
            }
        }
    }

    /** Whether an attribute of a class belongs to its state; where the code says nothing, every tensor does. */
    boolean isState(String className, String attribute) {
        Set<String> known = tensors.get(className);
        return known == null || known.contains(attribute);
    }
}
