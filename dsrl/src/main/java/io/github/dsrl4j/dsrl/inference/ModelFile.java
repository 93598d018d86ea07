package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained model in one safetensors file: the weights that inference needs, and in the metadata, under {@code dsrl4j.model}, the
 * description from which the model is built again, and under {@code dsrl4j.provenance} where it comes from.
 */
public final class ModelFile {
    private static final String MODEL = "dsrl4j.model";
    private static final String PROVENANCE = "dsrl4j.provenance";

    private ModelFile() {}

    /** A model that was read, ready for inference. */
    public record Loaded(ModelDescription description, DualSuperResolution model, Map<String, Object> provenance) {}

    /** Writes the weights of {@code model}, without the branches that serve training only; atomically. */
    public static void write(
            Path file, ModelDescription description, DualSuperResolution model, Map<String, Object> provenance) {
        var weights = new LinkedHashMap<String, Tensor>();
        model.state().forEach((name, tensor) -> {
            if (!DualSuperResolution.isTrainingOnly(name)) {
                weights.put(name, tensor);
            }
        });
        Safetensors.write(
                file, weights, Map.of(MODEL, Json.write(description.toJson()), PROVENANCE, Json.write(provenance)));
    }

    /**
     * Reads a model for inference.
     *
     * @throws CheckpointException if the file is missing or broken, was not written by {@link #write}, or does not fit its own
     *     description
     */
    public static Loaded read(Path file) {
        try (Safetensors content = Safetensors.open(file)) {
            String described = content.metadata().get(MODEL);
            if (described == null) {
                throw new CheckpointException(
                        file + ": holds tensors, but no description of a dsrl4j model (metadata " + MODEL + ")");
            }
            ModelDescription description = description(file, described);
            DualSuperResolution model = description.forInference();
            StateLoader.strict().load(model, content.tensors());
            model.eval();
            String provenance = content.metadata().getOrDefault(PROVENANCE, "{}");
            return new Loaded(description, model, Json.parseObject(provenance));
        }
    }

    private static ModelDescription description(Path file, String json) {
        try {
            return ModelDescription.fromJson(Json.parseObject(json));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }
}
