package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.nn.checkpoint.Checkpoint;
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
        return loaded(file.toString(), metadata(file), Checkpoint.read(file));
    }

    /**
     * Reads a model from the bytes of such a file.
     *
     * @param source what messages shall call it
     * @throws CheckpointException as {@link #read(Path)} does
     */
    public static Loaded read(String source, byte[] file) {
        return loaded(source, metadata(source, file), Checkpoint.read(source, file));
    }

    private static Loaded loaded(String source, Map<String, String> metadata, Map<String, Tensor> weights) {
        String described = metadata.get(MODEL);
        ModelDescription description = described != null
                ? description(source, described)
                : PublishedWeights.recognise(weights)
                        .orElseThrow(() -> new CheckpointException(source
                                + ": holds tensors, but neither a description of a dsrl4j model nor the names of a published"
                                + " network that is known (ESPNetv2)"));
        requireFinite(source, weights);
        DualSuperResolution model = description.forInference();
        StateLoader.strict().load(model, weights);
        model.eval();
        return new Loaded(description, model, Json.parseObject(metadata.getOrDefault(PROVENANCE, "{}")));
    }

    /**
     * Refuses weights with which every prediction would be nonsense.
     *
     * @throws CheckpointException naming a tensor with a number that is NaN or infinite
     */
    public static void requireFinite(String source, Map<String, Tensor> weights) {
        String broken = notFinite(weights);
        if (broken != null) {
            throw new CheckpointException(source + ": " + broken
                    + "; the training that made it diverged, or the file is damaged: use an earlier checkpoint");
        }
    }

    /** What is wrong with the first tensor that is not finite everywhere, in words; null if none is. */
    public static String notFinite(Map<String, Tensor> weights) {
        for (var entry : weights.entrySet()) {
            float[] values = entry.getValue().toArray();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return "weight '%s' has the value %s (element %d)".formatted(entry.getKey(), values[i], i);
                }
            }
        }
        return null;
    }

    private static Map<String, String> metadata(Path file) {
        if (Checkpoint.format(file) != Checkpoint.Format.SAFETENSORS) {
            return Map.of();
        }
        try (Safetensors content = Safetensors.open(file)) {
            return Map.copyOf(content.metadata());
        }
    }

    private static Map<String, String> metadata(String source, byte[] file) {
        if (Checkpoint.format(source, file) != Checkpoint.Format.SAFETENSORS) {
            return Map.of();
        }
        try (Safetensors content = Safetensors.of(source, file)) {
            return Map.copyOf(content.metadata());
        }
    }

    private static ModelDescription description(String source, String json) {
        try {
            return ModelDescription.fromJson(Json.parseObject(json));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + e.getMessage(), e);
        }
    }
}
