package io.github.dsrl4j.dsrl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of {@code train} sets what it names, and nothing else. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class TrainingOptionsTest {
    /** A run that takes little time. */
    private static final List<Setting> SMALL = List.of(
            setting("--dataset", "streets:4", "training.dataset", "streets:4"),
            setting("--input", "32x32", "model.input_height", 32L),
            setting("--epochs", "1", "training.epochs", 1L),
            setting("--batch-size", "2", "training.batch_size", 2L));

    @TempDir
    private static Path folder;

    /** The description of a run with no other options. */
    private static Map<String, Object> usual;

    @BeforeAll
    static void trainAsUsual() throws IOException {
        usual = train("usual", SMALL);
    }

    /** What an option, with a value that is not the usual one, makes of a field of the run's description. */
    record Setting(String option, String value, Map<String, Object> fields) {}

    private static Setting setting(String option, String value, String field, Object expected) {
        return new Setting(option, value, Map.of(field, expected));
    }

    /** Values that no two options of one kind share, so that swapped ones are seen. */
    private static List<Setting> settings() {
        return List.of(
                setting("--width", "1.25", "model.width", 1.25),
                setting("--variant", "sssr+sisr", "model.variant", "sssr+sisr"),
                new Setting("--input", "48x64", Map.of("model.input_height", 48L, "model.input_width", 64L)),
                setting("--image-weight", "0.375", "model.image_weight", 0.375),
                setting("--affinity-weight", "2.5", "model.affinity_weight", 2.5),
                setting("--affinity-subsampling", "4", "model.affinity_subsampling", 4L),
                setting("--no-prediction-layer", null, "model.prediction_layer", false),
                setting("--detach-image-features", null, "model.detach_image_features", true),
                setting("--dataset", "streets:12", "training.dataset", "streets:12"),
                setting("--scale-min", "0.75", "training.scale_min", 0.75),
                setting("--scale-max", "1.75", "training.scale_max", 1.75),
                setting("--no-color-jitter", null, "training.color_jitter", false),
                setting("--optimizer", "sgd", "training.optimizer", "sgd"),
                setting("--learning-rate", "0.0625", "training.learning_rate", 0.0625),
                setting("--weight-decay", "0.03125", "training.weight_decay", 0.03125),
                setting("--schedule", "cosine", "training.schedule", "cosine"),
                setting("--warmup", "0.5", "training.warmup_epochs", 0.5),
                setting("--clip-norm", "3.5", "training.clip_norm", 3.5),
                setting("--class-weights", "median", "training.class_weights", "median"),
                setting("--epochs", "2", "training.epochs", 2L),
                setting("--batch-size", "3", "training.batch_size", 3L),
                setting("--seed", "9", "training.seed", 9L));
    }

    /** Trains with these options; gives all fields of the run's description, with their groups. */
    private static Map<String, Object> train(String name, List<Setting> settings) throws IOException {
        var arguments =
                new ArrayList<>(List.of("train", "--out", folder.resolve(name).toString()));
        for (Setting setting : settings) {
            arguments.add(setting.option());
            if (setting.value() != null) {
                arguments.add(setting.value());
            }
        }
        Dsrl.run(arguments.toArray(String[]::new)).expect(0);
        Map<String, Object> run =
                Json.parseObject(Files.readString(folder.resolve(name).resolve("run.json")));
        var fields = new LinkedHashMap<String, Object>();
        for (String group : List.of("model", "training")) {
            ((Map<?, ?>) run.get(group)).forEach((field, value) -> fields.put(group + "." + field, value));
        }
        return fields;
    }

    @Test
    void allOptionsTogetherSetAllTheirFields() throws IOException {
        Map<String, Object> fields = train("all", settings());
        for (Setting setting : settings()) {
            setting.fields().forEach((field, value) -> assertEquals(value, fields.get(field), field));
        }
        // The weights are those of the options: branches, widths, steps.
        try (Safetensors last = Safetensors.open(folder.resolve("all/last.safetensors"))) {
            assertTrue(last.tensors().keySet().stream().anyMatch(name -> name.contains("sisr.")), "an image branch");
            assertTrue(last.tensors().keySet().stream().noneMatch(name -> name.contains("transform.")), "no affinity");
            assertTrue(last.tensors().keySet().stream().noneMatch(name -> name.contains("sssr.prediction")));
            assertTrue(last.tensors().keySet().stream().anyMatch(name -> name.contains("momentum")), "SGD's memory");
        }
        List<String> metrics = Files.readAllLines(folder.resolve("all/metrics.jsonl"));
        assertEquals(2, metrics.size());
        // 12 images in batches of 3: the warm-up of half an epoch takes 2 of 4 steps, and begins at a hundredth.
        assertEquals(
                0.0625 * 0.01,
                ((Number) Json.parseObject(metrics.getFirst()).get("learning_rate")).doubleValue(),
                1e-12);
        assertEquals(
                0.0625 * (1 + Math.cos(Math.PI / 2)) / 2,
                ((Number) Json.parseObject(metrics.getLast()).get("learning_rate")).doubleValue(),
                1e-12);
    }

    static Stream<Arguments> oneByOne() {
        return settings().stream().map(setting -> Arguments.argumentSet(setting.option(), setting));
    }

    /** What is not given stays as it was. */
    @ParameterizedTest
    @MethodSource
    void oneByOne(Setting setting) throws IOException {
        var options = new ArrayList<>(SMALL);
        options.removeIf(other -> other.option().equals(setting.option()));
        options.add(setting);
        Map<String, Object> fields = train("with" + setting.option(), options);
        assertEquals(usual.keySet(), fields.keySet());
        var changed = new LinkedHashMap<String, Object>();
        fields.forEach((field, value) -> {
            if (!value.equals(usual.get(field))) {
                changed.put(field, value);
            }
        });
        assertEquals(setting.fields(), changed);
    }

    @Test
    void noOptionIsForgotten() {
        var known = new TreeSet<String>();
        settings().forEach(setting -> known.add(setting.option()));
        var options = new TreeSet<String>();
        for (OptionSpec option : new picocli.CommandLine(new TrainingArguments())
                .getCommandSpec()
                .options()) {
            options.add(option.longestName());
        }
        // The only network, the folder of data, and own classes, which have tests of their own.
        options.removeAll(List.of("--network", "--data", "--classes"));
        assertEquals(options, known);
    }
}
