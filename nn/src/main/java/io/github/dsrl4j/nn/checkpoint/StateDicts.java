package io.github.dsrl4j.nn.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds the state dict, names with tensors, in what a training script chose to save: dictionaries, lists, objects with
 * attributes, and whole modules among them.
 */
final class StateDicts {
    /** Where people put a model's state beside the epoch and the optimiser, the likeliest first. */
    private static final List<String> USUAL_KEYS = List.of(
            "state_dict",
            "model_state_dict",
            "model_state",
            "model",
            "net",
            "network",
            "module",
            "weights",
            "params",
            "state",
            "params_ema",
            "state_dict_ema",
            "model_ema",
            "ema");

    private static final int MAX_DEPTH = 4;

    /** Items of a list that are looked at. */
    private static final int MAX_ITEMS = 1000;

    /** What modules save of themselves that is no tensor ({@code get_extra_state}). */
    private static final String EXTRA_STATE = "_extra_state";

    private final String source;
    private final ScriptCode code;
    private final Budget budget;
    private final Consumer<String> passedOver;

    /** Whether a value is a state, once it is known: a pickle can refer to one value many times. */
    private final IdentityHashMap<Object, Boolean> states = new IdentityHashMap<>();

    private final Set<Object> barren = Collections.newSetFromMap(new IdentityHashMap<>());

    private StateDicts(String source, ScriptCode code, Budget budget, Consumer<String> passedOver) {
        this.source = source;
        this.code = code;
        this.budget = budget;
        this.passedOver = passedOver;
    }

    /**
     * The state dict in what was saved: under one of the usual keys if there is one; else the object itself if it holds
     * tensors; else the only one in it that does.
     *
     * @param key where it stands, keys with dots between them; empty to search for it
     * @param budget for what is made while searching
     * @param passedOver is told what stands beside the tensors and might have been weights
     */
    static Map<String, TensorView> find(
            String source, TorchArchive archive, String key, Budget budget, Consumer<String> passedOver) {
        var search = new StateDicts(source, archive.code(), budget, passedOver);
        Object root = archive.root();
        if (key.isEmpty()) {
            return search.find(root, 0);
        }
        Object here = search.under(root, key, 0);
        if (here == null) {
            throw search.error(
                    "there is nothing under '%s'; it holds %s".formatted(Names.shorten(key), contents(root)));
        }
        if (!search.isState(here) && children(here).isEmpty()) {
            throw search.error(
                    "there is no state dict under '%s' but %s".formatted(Names.shorten(key), contents(here)));
        }
        return search.find(here, 1);
    }

    /** What stands under a path; keys may have dots themselves. Null if nothing does. */
    private Object under(Object here, String path, int depth) {
        Map<?, ?> children = children(here);
        Object whole = child(children, path);
        if (whole != null || depth > MAX_DEPTH) {
            return whole;
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            Object next = child(children, path.substring(0, dot));
            Object found = next == null ? null : under(next, path.substring(dot + 1), depth + 1);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static Object child(Map<?, ?> children, String key) {
        Object named = children.get(key);
        return named == null && key.matches("[0-9]{1,9}") ? children.get(Long.valueOf(key)) : named;
    }

    /** What a value holds, by key, index or name of the attribute. */
    private static Map<?, ?> children(Object value) {
        return switch (value) {
            case Map<?, ?> map -> map;
            case Opaque object -> object.items().isEmpty() ? object.attributes() : object.items();
            case List<?> list -> byIndex(list);
            case Pickle.Tuple(List<Object> items) -> byIndex(items);
            default -> Map.of();
        };
    }

    private static Map<Object, Object> byIndex(List<?> items) {
        var map = new LinkedHashMap<Object, Object>();
        for (int i = 0; i < Math.min(MAX_ITEMS, items.size()); i++) {
            map.put((long) i, items.get(i));
        }
        return map;
    }

    private Map<String, TensorView> find(Object value, int depth) {
        if (ModuleTree.isModule(value)) {
            return tensors(value, true);
        }
        Map<?, ?> children = children(value);
        for (String key : USUAL_KEYS) {
            if (leadsToTensors(children.get(key), depth + 1)) {
                return find(children.get(key), depth + 1);
            }
        }
        if (isState(value)) {
            return tensors(value, depth > 0);
        }
        List<?> candidates =
                children.values().stream().filter(this::isState).limit(2).toList();
        if (candidates.size() == 1) {
            return tensors(candidates.getFirst(), true);
        }
        throw error(
                candidates.isEmpty()
                        ? "it holds no state dict but " + contents(value) + remedy(value)
                        : "it holds more than one state dict; choose one by its key (dsrl convert --key "
                                + firstKey(children) + "): " + contents(value));
    }

    private static String remedy(Object value) {
        return value instanceof Opaque
                ? "; in Python, save the weights alone: torch.save(model.state_dict(), file)"
                : "";
    }

    private String firstKey(Map<?, ?> children) {
        for (var entry : children.entrySet()) {
            if (isState(entry.getValue())) {
                Object key = entry.getKey();
                return key instanceof String || key instanceof Long ? Names.shorten(key.toString()) : "NAME";
            }
        }
        return "NAME";
    }

    private boolean leadsToTensors(Object value, int depth) {
        if (value == null || depth > MAX_DEPTH) {
            return false;
        }
        if (isState(value)) {
            return true;
        }
        boolean hasKeys = value instanceof Map<?, ?> || value instanceof Opaque;
        if (!hasKeys || !barren.add(value)) {
            return false;
        }
        boolean leads = USUAL_KEYS.stream()
                .anyMatch(key -> leadsToTensors(children(value).get(key), depth + 1));
        if (leads) {
            barren.remove(value);
        }
        return leads;
    }

    /** Whether a value is a module, or a dictionary with tensors under names. */
    private boolean isState(Object value) {
        if (!(value instanceof Map<?, ?> || value instanceof Opaque)) {
            return false;
        }
        Boolean known = states.get(value);
        if (known == null) {
            known = ModuleTree.isModule(value)
                    || children(value).entrySet().stream()
                            .anyMatch(entry -> entry.getKey() instanceof String && isTensor(entry.getValue()));
            states.put(value, known);
        }
        return known;
    }

    /** Whether a value is a tensor, be it one that is not read. */
    private static boolean isTensor(Object value) {
        return value instanceof TensorView || (value instanceof Opaque object && object.kind() == Opaque.Kind.TENSOR);
    }

    /**
     * The tensors of a state.
     *
     * @param pure whether nothing but weights belongs there, so that an object is one that cannot be read; else
     *     harmless things may stand beside the weights, and are reported as passed over
     */
    private Map<String, TensorView> tensors(Object state, boolean pure) {
        if (ModuleTree.isModule(state)) {
            return ModuleTree.tensors(source, state, code, budget);
        }
        var tensors = new LinkedHashMap<String, TensorView>();
        var others = new LinkedHashMap<String, Object>();
        children(state).forEach((key, value) -> {
            if (key instanceof String name && value instanceof TensorView tensor) {
                tensors.put(name, tensor);
            } else if (key instanceof String name && mayBeWeights(value) && !name.endsWith(EXTRA_STATE)) {
                others.put(name, value);
            } else if (key instanceof Pickle.Key wrapped && wrapped.value() instanceof String && isTensor(value)) {
                throw error("the name of a tensor is too long: " + Pickle.describe(key));
            } else if (!(key instanceof String) && isTensor(value)) {
                unnamed(key, pure);
            }
        });
        // Beside a module's tensors there are other tensors of it, not scores and arguments.
        Set<String> modules = tensors.keySet().stream().map(StateDicts::module).collect(Collectors.toSet());
        others.forEach((name, value) -> {
            boolean ofAModule = !module(name).isEmpty() && modules.contains(module(name));
            if (pure || isTensor(value) || ofAModule) {
                throw unreadable(source, name, value);
            }
            passedOver.accept("'%s', %s".formatted(Names.shorten(name), describe(value)));
        });
        return tensors;
    }

    private void unnamed(Object key, boolean pure) {
        String shown = key instanceof Long number ? number.toString() : Pickle.describe(key);
        if (pure) {
            throw error("a tensor stands under %s, which is no text and so no name".formatted(shown));
        }
        passedOver.accept("a tensor under %s, which is no text".formatted(shown));
    }

    /** Whether a value is an object, or tensors put together: packed, as quantised layers have them, or in parts. */
    private boolean mayBeWeights(Object value) {
        return value instanceof Opaque || holdsTensors(value);
    }

    private boolean holdsTensors(Object value) {
        return switch (value) {
            case List<?> items -> items.stream().limit(MAX_ITEMS).anyMatch(StateDicts::isTensor);
            case Pickle.Tuple(List<Object> items) ->
                items.stream().limit(MAX_ITEMS).anyMatch(StateDicts::isTensor);
            default -> isState(value);
        };
    }

    private static String describe(Object value) {
        return Pickle.describe(value) + (value instanceof Opaque ? "" : " of tensors");
    }

    private static String module(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1);
    }

    /** What stands where a weight belongs, and what to do about it. */
    static CheckpointException unreadable(String source, String name, Object value) {
        String remedy = switch (value) {
            case Opaque _
            when isTensor(value) ->
                "save it as a dense tensor of real numbers (to_dense(), dequantize(), resolve_neg(), .real)";
            case Opaque _ -> "save it as a tensor (torch.as_tensor)";
            case Pickle.Tuple _ -> "save the model before it is quantised or packed";
            default -> "save every tensor under a name of its own, as model.state_dict() has them";
        };
        return new CheckpointException("%s: weight '%s' cannot be read: it is %s; in Python, %s"
                .formatted(source, Names.shorten(name), describe(value), remedy));
    }

    private static String contents(Object value) {
        Map<?, ?> map = value instanceof Map<?, ?> || value instanceof Opaque ? children(value) : Map.of();
        if (map.isEmpty() && !(value instanceof Map<?, ?>)) {
            return Pickle.describe(value);
        }
        var shown = new ArrayList<String>();
        for (var entry : map.entrySet()) {
            if (shown.size() == 10) {
                shown.add("...");
                break;
            }
            String key = entry.getKey() instanceof String || entry.getKey() instanceof Long
                    ? Names.shorten(entry.getKey().toString())
                    : Pickle.describe(entry.getKey());
            shown.add(key + ": " + Pickle.describe(entry.getValue()));
        }
        String what = value instanceof Opaque ? Pickle.describe(value) : "a dictionary";
        return shown.isEmpty() ? "an empty dictionary" : what + " {" + String.join(", ", shown) + "}";
    }

    private CheckpointException error(String problem) {
        return new CheckpointException(source + ": " + problem);
    }
}
