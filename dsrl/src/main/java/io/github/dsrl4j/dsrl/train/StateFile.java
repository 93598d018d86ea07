package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.inference.JsonFields;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.nn.optim.Optimizer;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code last.safetensors}: all that is needed to go on with a run bit for bit: weights, optimiser, position, and whose state it is. */
final class StateFile {
    private static final String OPTIMIZER = "optimizer/";
    private static final String STATE = "dsrl4j.training";
    private static final String METRICS = "dsrl4j.metrics";
    private static final String RUN = "run";

    private final Path file;

    StateFile(Path file) {
        this.file = file;
    }

    /**
     * What was read.
     *
     * @param metrics those of the last finished epoch, or null; the run may have been killed before it wrote them
     */
    record Content(TrainingState state, Map<String, Object> metrics) {}

    /**
     * Writes the state, atomically.
     *
     * @param run which run it is of
     * @throws IllegalStateException if a weight is not finite; the file is then as it was
     */
    void write(
            String run,
            DualSuperResolution model,
            Optimizer optimizer,
            TrainingState state,
            Map<String, Object> metrics) {
        var tensors = new LinkedHashMap<String, Tensor>(model.state());
        optimizer.state().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
        String broken = ModelFile.notFinite(tensors);
        if (broken != null) {
            throw new IllegalStateException(
                    "training: %s in epoch %d; the state before is kept: start anew with a lower --learning-rate, or with --clip-norm"
                            .formatted(broken, state.epoch() + 1));
        }
        var metadata = new LinkedHashMap<String, String>();
        metadata.put(STATE, Json.write(toJson(run, state)));
        if (metrics != null) {
            metadata.put(METRICS, Json.write(metrics));
        }
        Safetensors.write(file, tensors, metadata);
    }

    private static Map<String, Object> toJson(String run, TrainingState state) {
        var json = new LinkedHashMap<String, Object>();
        json.put(RUN, run);
        json.put("epoch", state.epoch());
        json.put("step", state.step());
        json.put("seconds", state.seconds());
        json.put("best_miou", bits(state.bestIou()));
        json.put("loss", bits(state.losses().total()));
        json.put("cross_entropy", bits(state.losses().crossEntropy()));
        json.put("mse", bits(state.losses().image()));
        json.put("affinity", bits(state.losses().affinity()));
        return json;
    }

    /** Exact, NaN included. */
    private static String bits(double value) {
        return Double.toHexString(value);
    }

    /**
     * Brings model and optimiser to where the run stopped.
     *
     * @throws CheckpointException if there is no state, it is damaged or of another run, or it does not fit the model
     */
    Content read(String run, DualSuperResolution model, Optimizer optimizer) {
        try (Safetensors content = Safetensors.open(file)) {
            var fields = new JsonFields(
                    file + ": " + STATE, Json.parseObject(content.metadata().getOrDefault(STATE, "{}")));
            requireSameRun(run, fields);
            var weights = new LinkedHashMap<String, Tensor>();
            var memory = new LinkedHashMap<String, Tensor>();
            Map<String, Tensor> tensors = content.tensors();
            ModelFile.requireFinite(file.toString(), tensors);
            tensors.forEach((name, tensor) -> {
                if (name.startsWith(OPTIMIZER)) {
                    memory.put(name.substring(OPTIMIZER.length()), tensor);
                } else {
                    weights.put(name, tensor);
                }
            });
            TrainingState state = state(fields);
            String metrics = content.metadata().get(METRICS);
            StateLoader.strict().load(model, weights);
            optimizer.loadState(memory);
            return new Content(state, metrics == null ? null : Json.parseObject(metrics));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }

    /** Runs of earlier versions have no names. */
    private void requireSameRun(String run, JsonFields fields) {
        Object of = fields.json().get(RUN);
        if (of != null && !of.equals(run)) {
            throw new CheckpointException(file
                    + ": is the state of another run than the one that run.json describes; put the right file back");
        }
    }

    private static TrainingState state(JsonFields fields) {
        return new TrainingState(
                fields.integer("epoch"),
                fields.integer("step"),
                new StepLosses(
                        Double.parseDouble(fields.string("loss")),
                        Double.parseDouble(fields.string("cross_entropy")),
                        Double.parseDouble(fields.string("mse")),
                        Double.parseDouble(fields.string("affinity"))),
                fields.number("seconds"),
                Double.parseDouble(fields.string("best_miou")));
    }

    /** Brings a model alone to where the run stopped. */
    void readWeights(DualSuperResolution model) {
        Map<String, Tensor> tensors = Safetensors.read(file);
        ModelFile.requireFinite(file.toString(), tensors);
        StateLoader.strict().drop("^" + OPTIMIZER).load(model, tensors);
    }
}
