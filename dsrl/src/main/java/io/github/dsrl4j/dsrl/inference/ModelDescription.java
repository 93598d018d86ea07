package io.github.dsrl4j.dsrl.inference;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassInfo;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.network.Networks;
import io.github.dsrl4j.dsrl.network.SegmentationNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * All that is needed to build a model again and to use it: its architecture, its classes, and the input size it was trained for.
 *
 * @param network a name of {@link Networks}
 * @param width multiple of the network's channels
 * @param outputs the number of channels scored; at least the number of classes, more for published weights with a background channel
 */
public record ModelDescription(
        String network,
        double width,
        int outputs,
        ClassSet classes,
        DsrlOptions options,
        int inputHeight,
        int inputWidth) {

    /** The model with all branches of its variant, with weights drawn from {@code seed}. */
    public DualSuperResolution forTraining(long seed) {
        RandomGenerator random = random(seed);
        return DualSuperResolution.forTraining(random, newNetwork(random), options);
    }

    /** The model as it is used, without the branches that serve training only; its weights are to be loaded. */
    public DualSuperResolution forInference() {
        RandomGenerator random = random(0);
        return DualSuperResolution.forInference(random, newNetwork(random), options);
    }

    private SegmentationNetwork newNetwork(RandomGenerator random) {
        return Networks.create(random, network, width, outputs);
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** As a JSON object. */
    public Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("network", network);
        json.put("width", width);
        json.put("outputs", outputs);
        json.put("class_set", classes.name());
        json.put(
                "classes",
                classes.classes().stream()
                        .map(c -> Map.<String, Object>of("name", c.name(), "color", c.color()))
                        .toList());
        json.put("ignore_index", classes.ignoreIndex());
        json.put("variant", options.variant().label());
        json.put("prediction_layer", options.predictionLayer());
        json.put("image_weight", options.imageWeight());
        json.put("affinity_weight", options.affinityWeight());
        json.put("affinity_subsampling", options.affinitySubsampling());
        json.put("transform_channels", options.transformChannels());
        json.put("image_channels", options.imageChannels());
        json.put("detach_image_features", options.detachImageFeatures());
        json.put("input_height", inputHeight);
        json.put("input_width", inputWidth);
        return json;
    }

    /**
     * From a JSON object as {@link #toJson} makes it.
     *
     * @throws IllegalArgumentException if a field is missing or of another type
     */
    public static ModelDescription fromJson(Map<String, Object> json) {
        var fields = new JsonFields("model description", json);
        List<ClassInfo> classes = fields.objects("classes").stream()
                .map(c -> new ClassInfo(c.string("name"), c.integer("color")))
                .toList();
        var options = new DsrlOptions(
                Variant.of(fields.string("variant")),
                fields.bool("prediction_layer"),
                (float) fields.number("image_weight"),
                (float) fields.number("affinity_weight"),
                fields.integer("affinity_subsampling"),
                fields.integer("transform_channels"),
                fields.integer("image_channels"),
                fields.bool("detach_image_features"));
        return new ModelDescription(
                fields.string("network"),
                fields.number("width"),
                fields.integer("outputs"),
                new ClassSet(fields.string("class_set"), classes, fields.integer("ignore_index")),
                options,
                fields.integer("input_height"),
                fields.integer("input_width"));
    }
}
