package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.inference.JsonFields;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.nn.optim.Optimizer;
import io.github.dsrl4j.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of a training run:
 *
 * <ul>
 *   <li>{@code run.json}: the model's description, the options, and the provenance;
 *   <li>{@code metrics.jsonl}: a JSON object an epoch;
 *   <li>{@code last.safetensors}: all that is needed to go on bit for bit: weights, optimiser, position;
 *   <li>{@code best.safetensors}: the model of the best epoch, for inference ({@link ModelFile});
 *   <li>{@code profile.txt}: where the time of a training step goes, if that was asked for;
 *   <li>{@code report.html}: the run for people to look at, when it is finished.
 * </ul>
 */
public final class RunDirectory {
    private static final String OPTIMIZER = "optimizer/";
    private static final String STATE = "dsrl4j.training";

    private final Path folder;

    public RunDirectory(Path folder) {
        this.folder = folder;
    }

    /** What a run is: read from {@code run.json}. */
    public record Run(ModelDescription model, TrainingOptions options, Map<String, Object> provenance) {}

    public Path folder() {
        return folder;
    }

    /** The best model so far. */
    public Path best() {
        return folder.resolve("best.safetensors");
    }

    /** The state to resume from. */
    public Path last() {
        return folder.resolve("last.safetensors");
    }

    /** The table of a profiled run. */
    public Path profile() {
        return folder.resolve("profile.txt");
    }

    /** The page that shows the run. */
    public Path report() {
        return folder.resolve("report.html");
    }

    private Path description() {
        return folder.resolve("run.json");
    }

    private Path metricsFile() {
        return folder.resolve("metrics.jsonl");
    }

    /** Whether a run lives here. */
    public boolean exists() {
        return Files.exists(description());
    }

    /** Begins a run; the folder is made if need be. */
    void create(Run run) {
        var json = new LinkedHashMap<String, Object>();
        json.put("model", run.model.toJson());
        json.put("training", run.options.toJson());
        json.put("provenance", run.provenance);
        try {
            Files.createDirectories(folder);
            Path draft = folder.resolve("run.json.new");
            Files.writeString(draft, Json.writePretty(json) + "\n");
            Files.move(draft, description(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("run: cannot write into " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads what the run is.
     *
     * @throws CheckpointException if there is none here, or its description is broken
     */
    public Run read() {
        if (!exists()) {
            throw new CheckpointException(folder + ": no run here (no run.json)");
        }
        try {
            var fields = new JsonFields("run.json", Json.parseObject(Files.readString(description())));
            return new Run(
                    ModelDescription.fromJson(fields.object("model").json()),
                    TrainingOptions.fromJson(fields.object("training").json()),
                    fields.object("provenance").json());
        } catch (IOException | IllegalArgumentException e) {
            throw new CheckpointException(description() + ": " + e.getMessage(), e);
        }
    }

    /** The metrics of all epochs so far. */
    public List<Map<String, Object>> metrics() {
        var lines = new ArrayList<Map<String, Object>>();
        try {
            if (Files.exists(metricsFile())) {
                for (String line : Files.readAllLines(metricsFile())) {
                    lines.add(Json.parseObject(line));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CheckpointException(metricsFile() + ": " + e.getMessage(), e);
        }
        return lines;
    }

    /** Adds the metrics of one epoch. */
    void append(Map<String, Object> metrics) {
        try {
            Files.writeString(
                    metricsFile(), Json.write(metrics) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("run: cannot write " + metricsFile() + ": " + e.getMessage(), e);
        }
    }

    /** Drops the metrics of epochs from {@code epochs} on, which a resumed run will write again. */
    void truncateMetrics(int epochs) {
        List<Map<String, Object>> kept = metrics();
        try {
            Files.deleteIfExists(metricsFile());
        } catch (IOException e) {
            throw new UncheckedIOException("run: cannot rewrite " + metricsFile() + ": " + e.getMessage(), e);
        }
        kept.stream().limit(epochs).forEach(this::append);
    }

    /** Writes all that is needed to go on; atomically. */
    void save(DualSuperResolution model, Optimizer optimizer, TrainingState state) {
        var tensors = new LinkedHashMap<String, Tensor>(model.state());
        optimizer.state().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
        var json = new LinkedHashMap<String, Object>();
        json.put("epoch", state.epoch());
        json.put("step", state.step());
        json.put("seconds", state.seconds());
        json.put("best_miou", bits(state.bestIou()));
        json.put("loss", bits(state.losses().total()));
        json.put("cross_entropy", bits(state.losses().crossEntropy()));
        json.put("mse", bits(state.losses().image()));
        json.put("affinity", bits(state.losses().affinity()));
        Safetensors.write(last(), tensors, Map.of(STATE, Json.write(json)));
    }

    /** Exact, NaN included. */
    private static String bits(double value) {
        return Double.toHexString(value);
    }

    /**
     * The model as the run left it, with all branches of its variant, in inference mode; {@link #best} lacks those branches that
     * serve training only.
     *
     * @throws CheckpointException if there is no run or no state here, or they do not fit each other
     */
    public DualSuperResolution lastModel() {
        Run run = read();
        DualSuperResolution model = run.model().forTraining(run.options().seed());
        StateLoader.strict().drop("^" + OPTIMIZER).load(model, last());
        model.eval();
        return model;
    }

    /**
     * Brings model and optimiser to where the run stopped.
     *
     * @throws CheckpointException if there is no state here, or it does not fit the model
     */
    TrainingState load(DualSuperResolution model, Optimizer optimizer) {
        try (Safetensors content = Safetensors.open(last())) {
            var weights = new LinkedHashMap<String, Tensor>();
            var memory = new LinkedHashMap<String, Tensor>();
            content.tensors().forEach((name, tensor) -> {
                if (name.startsWith(OPTIMIZER)) {
                    memory.put(name.substring(OPTIMIZER.length()), tensor);
                } else {
                    weights.put(name, tensor);
                }
            });
            var fields = new JsonFields(
                    last() + ": " + STATE, Json.parseObject(content.metadata().getOrDefault(STATE, "{}")));
            var state = new TrainingState(
                    fields.integer("epoch"),
                    fields.integer("step"),
                    new StepLosses(
                            Double.parseDouble(fields.string("loss")),
                            Double.parseDouble(fields.string("cross_entropy")),
                            Double.parseDouble(fields.string("mse")),
                            Double.parseDouble(fields.string("affinity"))),
                    fields.number("seconds"),
                    Double.parseDouble(fields.string("best_miou")));
            StateLoader.strict().load(model, weights);
            optimizer.loadState(memory);
            return state;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(last() + ": " + e.getMessage(), e);
        }
    }
}
