package io.github.dsrl4j.nn.checkpoint;

import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Puts tensors into a module's parameters and buffers by name. A strict loader wants every name and shape to fit and
 * changes nothing otherwise; a lenient one takes what fits and says what did not. Immutable.
 *
 * <pre>{@code
 * StateLoader.strict().load(network, Path.of("espnetv2_s_2.0_city_1024x512.pth"));
 * var report = StateLoader.lenient().rename("^backbone\\.", "encoder.").drop("^head\\.").load(network, tensors);
 * }</pre>
 *
 * PyTorch before 0.4.1 did not count batches: where a checkpoint lacks {@code num_batches_tracked}, the count becomes
 * 0.
 */
public final class StateLoader {
    private static final String BATCH_COUNT = "num_batches_tracked";

    private final boolean strict;
    private final List<Rule> rules;

    private StateLoader(boolean strict, List<Rule> rules) {
        this.strict = strict;
        this.rules = rules;
    }

    /** How a name changes; without a replacement the tensor is left out. */
    private record Rule(Pattern pattern, String replacement) {}

    /** A loader that wants everything to fit. */
    public static StateLoader strict() {
        return new StateLoader(true, List.of());
    }

    /** A loader that takes what fits. */
    public static StateLoader lenient() {
        return new StateLoader(false, List.of());
    }

    /**
     * This loader with one more rule, applied after those before it: what matches in a checkpoint's name is replaced.
     *
     * @param regex as of {@link Pattern}; it may match anywhere in the name
     * @param replacement as of {@link java.util.regex.Matcher#replaceAll(String)}: {@code $1} is the first group
     */
    public StateLoader rename(String regex, String replacement) {
        return with(new Rule(Pattern.compile(regex), replacement));
    }

    /**
     * This loader with one more rule: tensors whose name matches somewhere are left out, as if the checkpoint lacked
     * them.
     */
    public StateLoader drop(String regex) {
        return with(new Rule(Pattern.compile(regex), null));
    }

    private StateLoader with(Rule rule) {
        var all = new ArrayList<>(rules);
        all.add(rule);
        return new StateLoader(strict, List.copyOf(all));
    }

    /**
     * What was loaded and what was not.
     *
     * @param loaded the module's names that got their values
     * @param missing the module's names that the checkpoint lacks
     * @param unexpected the checkpoint's names that the module lacks, as the rules made them
     * @param reshaped the names that both have, in different shapes
     * @param table the last three for people to read; empty if everything fits
     */
    public record Report(
            List<String> loaded, List<String> missing, List<String> unexpected, List<String> reshaped, String table) {}

    /**
     * Reads a file and loads it.
     *
     * @throws CheckpointException as {@link Checkpoint#read} and {@link #load(Module, Map)} do
     */
    public Report load(Module module, Path file) {
        try (var open = StoredTensors.openAsNamed(file, "")) {
            return load(module, open.toTensors(), file.toString());
        }
    }

    /**
     * Loads tensors. Their names lose, before the rules are applied, what {@code DataParallel}, {@code torch.compile} and
     * sharded training put before them, unless the module's own names have it, too. If the module then has none of
     * the names, its own lose it as well: what a module in a module wrote loads into either.
     *
     * @throws CheckpointException if rules give two tensors one name; and from a strict loader if anything does not
     *     fit, with a table of missing, unexpected and differently shaped names. The module is then as it was.
     */
    public Report load(Module module, Map<String, Tensor> tensors) {
        return load(module, tensors, "checkpoint");
    }

    private Report load(Module module, Map<String, Tensor> tensors, String source) {
        Map<String, Tensor> state = module.state();
        boolean isWrapped = !WrapperNames.removed(state).keySet().equals(state.keySet());
        Map<String, Tensor> renamed = rename(isWrapped ? tensors : WrapperNames.removed(tensors), source);
        if (isWrapped && Collections.disjoint(state.keySet(), renamed.keySet())) {
            state = WrapperNames.removed(state);
            renamed = rename(WrapperNames.removed(tensors), source);
        }
        return load(module, state, renamed, source);
    }

    private Report load(Module module, Map<String, Tensor> state, Map<String, Tensor> renamed, String source) {
        var difference = StateDifference.between(state, renamed, StateLoader::isBatchCount);
        String table = difference.table(state, renamed);
        if (strict && !table.isEmpty()) {
            throw new CheckpointException("%s: does not fit %s (%s); nothing was loaded\n%s"
                    .formatted(source, module.getClass().getSimpleName(), difference.counts(), table));
        }
        difference.fitting().forEach(name -> state.get(name).copyFrom(renamed.get(name)));
        state.forEach((name, target) -> {
            if (isBatchCount(name) && !renamed.containsKey(name)) {
                target.copyFrom(new float[target.size()]);
            }
        });
        return new Report(
                difference.fitting(), difference.missing(), difference.unexpected(), difference.reshaped(), table);
    }

    private static boolean isBatchCount(String name) {
        return name.equals(BATCH_COUNT) || name.endsWith("." + BATCH_COUNT);
    }

    private Map<String, Tensor> rename(Map<String, Tensor> tensors, String source) {
        var renamed = new LinkedHashMap<String, Tensor>();
        var origins = new LinkedHashMap<String, String>();
        tensors.forEach((name, tensor) -> {
            String target = rename(name);
            if (target != null) {
                renamed.put(target, tensor);
                String other = origins.put(target, name);
                if (other != null) {
                    throw new CheckpointException("%s: the rules give '%s' and '%s' the same name, '%s'"
                            .formatted(source, Names.shorten(other), Names.shorten(name), Names.shorten(target)));
                }
            }
        });
        return renamed;
    }

    private String rename(String name) {
        String current = name;
        for (Rule rule : rules) {
            var matcher = rule.pattern().matcher(current);
            if (rule.replacement() != null) {
                current = matcher.replaceAll(rule.replacement());
            } else if (matcher.find()) {
                return null;
            }
        }
        return current;
    }
}
