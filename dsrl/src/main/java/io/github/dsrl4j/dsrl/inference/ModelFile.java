package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.nn.checkpoint.Checkpoint;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.checkpoint.Safetensors;
import io.github.dsrl4j.nn.checkpoint.StateLoader;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained model in one safetensors file: the weights that inference needs, and in the metadata, under {@code dsrl4j.model}, the
 * description from which the model is built again, and under {@code dsrl4j.provenance} where it comes from.
 */
public final class ModelFile {
    static final String MODEL = "dsrl4j.model";
    static final String PROVENANCE = "dsrl4j.provenance";

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
     * Reads a model for inference: a file that {@link #write} wrote, or published weights of a network that is known, in any format
     * of {@link Checkpoint}.
     *
     * @throws CheckpointException if the file is missing or broken, nothing tells what model it holds, or it does not fit its own
     *     description
     */
    public static Loaded read(Path file) {
        if (OnnxSegmentation.isOnnx(file) && Files.exists(file)) {
            throw new CheckpointException(file
                    + ": is an ONNX file, with which images can be segmented, but which holds no weights by their names:"
                    + " give the run, or the model file that it was exported from");
        }
        Map<String, String> metadata = metadata(file);
        Map<String, Tensor> weights = Checkpoint.read(file);
        String described = metadata.get(MODEL);
        ModelDescription description = described != null
                ? description(file, described)
                : PublishedWeights.recognise(weights)
                        .orElseThrow(() -> new CheckpointException(file
                                + ": holds tensors, but neither a description of a dsrl4j model nor the names of a published"
                                + " network that is known (ESPNetv2)"));
        DualSuperResolution model = description.forInference();
        StateLoader.strict().load(model, weights);
        model.eval();
        return new Loaded(description, model, Json.parseObject(metadata.getOrDefault(PROVENANCE, "{}")));
    }

    private static Map<String, String> metadata(Path file) {
        if (Checkpoint.format(file) != Checkpoint.Format.SAFETENSORS) {
            return Map.of();
        }
        try (Safetensors content = Safetensors.open(file)) {
            return Map.copyOf(content.metadata());
        }
    }

    static ModelDescription description(Path file, String json) {
        try {
            return ModelDescription.fromJson(Json.parseObject(json));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": " + e.getMessage(), e);
        }
    }
}
