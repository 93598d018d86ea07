package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.Version;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.onnx.OnnxExport;
import io.github.dsrl4j.nn.onnx.OnnxOptions;
import io.github.dsrl4j.nn.onnx.OnnxOptions.Extents;
import io.github.dsrl4j.nn.onnx.proto.ModelProto;
import io.github.dsrl4j.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained model as an ONNX file. Input {@code image} {@code [N, 3, H, W]}, normalised RGB; output {@code logits}
 * {@code [N, outputs, f H, f W]}, f being 2 with super-resolution, else 1. The metadata say how to prepare an image and what the
 * outputs mean, for people under plain keys and, under {@code dsrl4j.model}, as in a {@link ModelFile}.
 */
public final class OnnxFile {
    private static final String INPUT = "image";
    private static final String OUTPUT = "logits";

    private OnnxFile() {}

    /**
     * Writes a file, atomically.
     *
     * @param extents which extents a caller of the file may choose; what is not is as given by {@code height} and {@code width}, with
     *     one image at a time
     * @return what was written
     */
    public static ModelProto write(Path file, ModelFile.Loaded model, int height, int width, Extents extents) {
        var options = new OnnxOptions(extents, INPUT, OUTPUT, Version.current(), metadata(model));
        ModelProto onnx = OnnxExport.toModel(model.model(), Shape.of(1, 3, height, width), options);
        onnx.write(file);
        return onnx;
    }

    private static Map<String, String> metadata(ModelFile.Loaded model) {
        ModelDescription description = model.description();
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("network", description.network());
        metadata.put("variant", description.options().variant().label());
        metadata.put("classes", String.join(",", description.classes().names()));
        metadata.put("colors", "RGB");
        metadata.put("input", "(value / 255 - mean) / std");
        metadata.put("mean", commaSeparated(Normalization.IMAGENET.mean()));
        metadata.put("std", commaSeparated(Normalization.IMAGENET.std()));
        metadata.put("factor", Integer.toString(description.options().variant().factor()));
        metadata.put(ModelFile.MODEL, Json.write(description.toJson()));
        metadata.put(ModelFile.PROVENANCE, Json.write(model.provenance()));
        return metadata;
    }

    private static String commaSeparated(float... values) {
        return "%s,%s,%s".formatted(values[0], values[1], values[2]);
    }
}
