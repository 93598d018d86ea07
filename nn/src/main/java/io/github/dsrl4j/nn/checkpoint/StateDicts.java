package io.github.dsrl4j.nn.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the state dict, names with tensors, in what a training script chose to save, and makes its names those of the
 * model.
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

    private StateDicts() {}

    /**
     * The state dict in an object: under one of the usual keys if there is one; else the object itself if it holds
     * tensors; else the only dictionary in it that does.
     */
    static Map<String, TensorView> find(String source, Object root) {
        return find(source, root, 0);
    }

    /** The state dict that stands in an object under a path of keys with dots between them. */
    static Map<String, TensorView> find(String source, Object root, String path) {
        Object here = root;
        for (String key : path.split("\\.", MAX_DEPTH + 1)) {
            if (!(here instanceof Map<?, ?> map) || !map.containsKey(key)) {
                throw new CheckpointException("%s: there is nothing under '%s'; it holds %s"
                        .formatted(source, Names.shorten(path), contents(here)));
            }
            here = map.get(key);
        }
        return find(source, here, 0);
    }

    private static Map<String, TensorView> find(String source, Object value, int depth) {
        if (value instanceof Pickle.Opaque object) {
            throw TorchObjects.refused(source, object.type());
        }
        if (!(value instanceof Map<?, ?> map) || depth > MAX_DEPTH) {
            throw new CheckpointException("%s: it holds no state dict but %s".formatted(source, contents(value)));
        }
        for (String key : USUAL_KEYS) {
            if (map.get(key) instanceof Map<?, ?> inner && leadsToTensors(inner, depth + 1)) {
                return find(source, inner, depth + 1);
            }
        }
        Map<String, TensorView> tensors = tensors(map);
        if (!tensors.isEmpty()) {
            return tensors;
        }
        var candidates = new ArrayList<Map<?, ?>>();
        for (Object inner : map.values()) {
            if (inner instanceof Map<?, ?> innerMap && !tensors(innerMap).isEmpty()) {
                candidates.add(innerMap);
            }
        }
        if (candidates.size() == 1) {
            return tensors(candidates.getFirst());
        }
        String problem = candidates.isEmpty()
                ? "it holds no state dict but "
                : "it holds more than one state dict; choose one by its key: ";
        throw new CheckpointException(source + ": " + problem + contents(map));
    }

    private static boolean leadsToTensors(Map<?, ?> map, int depth) {
        return depth <= MAX_DEPTH
                && (!tensors(map).isEmpty()
                        || USUAL_KEYS.stream()
                                .anyMatch(key ->
                                        map.get(key) instanceof Map<?, ?> inner && leadsToTensors(inner, depth + 1)));
    }

    private static Map<String, TensorView> tensors(Map<?, ?> map) {
        var tensors = new LinkedHashMap<String, TensorView>();
        map.forEach((key, value) -> {
            if (key instanceof String name && value instanceof TensorView tensor) {
                tensors.put(name, tensor);
            }
        });
        return tensors;
    }

    private static String contents(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Pickle.describe(value);
        }
        var shown = new ArrayList<String>();
        for (var entry : map.entrySet()) {
            if (shown.size() == 10) {
                shown.add("...");
                break;
            }
            String key = entry.getKey() instanceof String text ? Names.shorten(text) : Pickle.describe(entry.getKey());
            shown.add(key + ": " + Pickle.describe(entry.getValue()));
        }
        return shown.isEmpty() ? "an empty dictionary" : "a dictionary {" + String.join(", ", shown) + "}";
    }

    /**
     * The same entries under the names that the model itself gives them: {@code DataParallel} puts {@code module.}
     * before every name, and {@code torch.compile} puts {@code _orig_mod.} before the names of what it compiled.
     */
    static <V> Map<String, V> unwrapNames(String source, Map<String, V> state) {
        Map<String, V> names = state;
        while (true) {
            boolean parallel = !names.isEmpty() && names.keySet().stream().allMatch(name -> name.startsWith("module."));
            boolean compiled = names.keySet().stream().anyMatch(StateDicts::isCompiled);
            if (!parallel && !compiled) {
                return names;
            }
            var unwrapped = new LinkedHashMap<String, V>();
            names.forEach((name, value) -> {
                String inner = parallel ? name.substring("module.".length()) : name;
                String plain = ("." + inner).replace("._orig_mod.", ".").substring(1);
                if (unwrapped.put(plain, value) != null) {
                    throw new CheckpointException(
                            "%s: two tensors are named '%s' once 'module.' and '_orig_mod.' are gone"
                                    .formatted(source, Names.shorten(plain)));
                }
            });
            names = unwrapped;
        }
    }

    private static boolean isCompiled(String name) {
        return ("." + name).contains("._orig_mod.");
    }
}
