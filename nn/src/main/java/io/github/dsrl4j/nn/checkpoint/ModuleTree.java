package io.github.dsrl4j.nn.checkpoint;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The state dict of a whole module that was pickled: a Python object with {@code _parameters}, {@code _buffers} and
 * {@code _modules} among its attributes, or one of TorchScript, whose attributes are its tensors and modules
 * themselves. Names are those of {@code module.state_dict()}; nothing of the module is run.
 */
final class ModuleTree {
    private static final String SCRIPTED = "__torch__.";
    private static final String SCRIPTED_CLASSES = "__torch__.torch.classes.";
    private static final int MAX_DEPTH = 64;

    /** What a name takes beside its letters, and what looking at an attribute counts for. */
    private static final int NAME_BYTES = 64;

    private static final int LOOK_BYTES = 8;

    private final String source;
    private final ScriptCode code;
    private final Budget budget;
    private final Map<String, TensorView> tensors = new LinkedHashMap<>();

    private ModuleTree(String source, ScriptCode code, Budget budget) {
        this.source = source;
        this.code = code;
        this.budget = budget;
    }

    /** Whether a value is a module. */
    static boolean isModule(Object value) {
        return value instanceof Opaque object
                && object.kind() == Opaque.Kind.OBJECT
                && (isScripted(object) || isPython(object));
    }

    private static boolean isScripted(Opaque object) {
        return object.name().startsWith(SCRIPTED)
                && !object.name().startsWith(SCRIPTED_CLASSES)
                && object.state() instanceof Map<?, ?>;
    }

    private static boolean isPython(Opaque object) {
        return object.attributes().get("_parameters") instanceof Map<?, ?>
                && object.attributes().get("_modules") instanceof Map<?, ?>;
    }

    /**
     * The tensors of a {@linkplain #isModule module} by name.
     *
     * @throws CheckpointException if one of them is of a kind that is not read, or modules contain each other without
     *     end
     */
    static Map<String, TensorView> tensors(String source, Object module, ScriptCode code, Budget budget) {
        var tree = new ModuleTree(source, code, budget);
        tree.add((Opaque) module, "", 0);
        return tree.tensors;
    }

    private void add(Opaque module, String prefix, int depth) {
        if (depth > MAX_DEPTH) {
            throw error("modules stand in each other more than %d deep at '%s'"
                    .formatted(MAX_DEPTH, Names.shorten(prefix)));
        }
        look(module.attributes().size());
        if (isPython(module)) {
            addPython(module, prefix, depth);
        } else {
            addScripted(module, prefix, depth);
        }
    }

    private void addPython(Opaque module, String prefix, int depth) {
        Map<?, ?> attributes = module.attributes();
        addTensors((Map<?, ?>) attributes.get("_parameters"), _ -> true, prefix);
        if (attributes.get("_buffers") instanceof Map<?, ?> buffers) {
            Set<Object> left = transientNames(attributes.get("_non_persistent_buffers_set"));
            addTensors(buffers, name -> !left.contains(name), prefix);
        }
        Map<?, ?> modules = (Map<?, ?>) attributes.get("_modules");
        modules.forEach((key, value) -> {
            if (value instanceof Opaque object && !isModule(object)) {
                throw error("'%s' keeps its weights in a way of its own (%s), which is not read"
                        .formatted(Names.shorten(prefix + key), Names.shorten(object.name())));
            }
        });
        addModules(modules, prefix, depth);
    }

    private void addScripted(Opaque module, String prefix, int depth) {
        Map<?, ?> attributes = module.attributes();
        attributes.forEach((key, value) -> {
            if (value instanceof Opaque object && object.name().startsWith(SCRIPTED_CLASSES)) {
                throw error("'%s' holds packed weights (%s), which are not read"
                        .formatted(Names.shorten(prefix + key), Names.shorten(object.name())));
            }
        });
        addTensors(attributes, name -> code.isState(module.name(), name), prefix);
        addModules(attributes, prefix, depth);
    }

    private void addTensors(Map<?, ?> entries, Predicate<String> isState, String prefix) {
        look(entries.size());
        entries.forEach((key, value) -> {
            if (key instanceof String own && isState.test(own)) {
                if (value instanceof TensorView tensor) {
                    tensors.put(extended(prefix, own), tensor);
                } else if (value instanceof Opaque opaque && opaque.kind() == Opaque.Kind.TENSOR) {
                    throw StateDicts.unreadable(source, prefix + own, opaque);
                }
            }
        });
    }

    private void addModules(Map<?, ?> entries, String prefix, int depth) {
        look(entries.size());
        entries.forEach((key, value) -> {
            if (key instanceof String own && isModule(value)) {
                add((Opaque) value, extended(prefix, own) + ".", depth + 1);
            }
        });
    }

    private String extended(String prefix, String own) {
        String name = prefix + own;
        budget.take(NAME_BYTES + 2L * name.length(), "the names of a module's tensors");
        return name;
    }

    /** Modules can stand in each other many times, so that a small file describes a tree without end. */
    private void look(int attributes) {
        budget.take((long) LOOK_BYTES * attributes, "the tree of a module");
    }

    private Set<Object> transientNames(Object names) {
        List<Object> items = names instanceof Pickle.SetOf(List<Object> set) ? set : List.of();
        look(items.size());
        return new HashSet<>(items.stream().filter(String.class::isInstance).toList());
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": module: " + problem);
    }
}
