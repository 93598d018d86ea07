package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.dataset.Augmentation;
import io.github.dsrl4j.dsrl.dataset.Labelling;
import io.github.dsrl4j.dsrl.inference.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model is trained; together with the model's description, the data and the seed, this determines its final weights.
 *
 * @param data where the images come from and how they are varied
 * @param optimisation how the weights are moved
 * @param epochs passes over the training images
 * @param batchSize images a step
 * @param seed of initial weights, order and augmentation
 */
public record TrainingOptions(Data data, Optimisation optimisation, int epochs, int batchSize, long seed) {
    public TrainingOptions {
        if (epochs < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "training: epochs (%d) and batch size (%d) must be at least 1".formatted(epochs, batchSize));
        }
    }

    /**
     * What is trained on.
     *
     * @param dataset a kind of {@link Datasets}
     * @param root its folder, or null for generated data
     * @param scaleMin smallest factor of the random scaling
     * @param scaleMax largest factor
     * @param colorJitter whether colours are varied
     * @param labelling own classes, or null for those of the data set
     * @param classesFile the file that the own classes were read from, or null
     */
    public record Data(
            String dataset,
            String root,
            double scaleMin,
            double scaleMax,
            boolean colorJitter,
            Labelling labelling,
            String classesFile) {
        /** With the classes of the data set. */
        public Data(String dataset, String root, double scaleMin, double scaleMax, boolean colorJitter) {
            this(dataset, root, scaleMin, scaleMax, colorJitter, null, null);
        }

        public Data {
            if (!(scaleMin > 0 && scaleMin <= scaleMax && scaleMax <= Augmentation.LARGEST_SCALE)) {
                throw new IllegalArgumentException(
                        "training: scales must be 0 < least <= largest <= %.0f, not %s and %s"
                                .formatted(Augmentation.LARGEST_SCALE, scaleMin, scaleMax));
            }
        }
    }

    /**
     * How the weights are changed.
     *
     * @param optimizer {@code adam}, {@code adamw} or {@code sgd}
     * @param learningRate at the peak of the schedule
     * @param weightDecay as the optimiser defines it
     * @param schedule {@code poly}, {@code cosine} or {@code constant}
     * @param warmupEpochs epochs over which the rate rises linearly from 0
     * @param clipNorm largest 2-norm of all gradients together, or 0 for no limit
     * @param classWeights {@code enet} (1 / ln(1.02 + frequency)), {@code median} (median frequency / frequency) or {@code none}
     */
    public record Optimisation(
            String optimizer,
            double learningRate,
            double weightDecay,
            String schedule,
            double warmupEpochs,
            double clipNorm,
            String classWeights) {
        /** All optimisers. */
        public static final List<String> OPTIMIZERS = List.of("adam", "adamw", "sgd");
        /** All schedules. */
        public static final List<String> SCHEDULES = List.of("poly", "cosine", "constant");
        /** All kinds of class weights. */
        public static final List<String> CLASS_WEIGHTS = List.of("enet", "median", "none");

        public Optimisation {
            check("optimizer", optimizer, OPTIMIZERS);
            check("schedule", schedule, SCHEDULES);
            check("class weights", classWeights, CLASS_WEIGHTS);
            checkRange("learning rate", learningRate, Double.MIN_VALUE);
            checkRange("weight decay", weightDecay, 0);
            checkRange("warm-up", warmupEpochs, 0);
            checkRange("clip norm", clipNorm, 0);
        }

        /** Whatever is larger than a float overflows in the kernels, and JSON has no infinity. */
        private static void checkRange(String what, double value, double least) {
            if (!(value >= least && value <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException("training: the %s must be %s and finite, not %s"
                        .formatted(what, least > 0 ? "positive" : "0 or more", value));
            }
        }

        private static void check(String what, String name, List<String> names) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "%s: there is no '%s'; choose %s".formatted(what, name, String.join(", ", names)));
            }
        }
    }

    /** As a JSON object. */
    public Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("dataset", data.dataset);
        json.put("root", data.root == null ? "" : data.root);
        json.put("scale_min", data.scaleMin);
        json.put("scale_max", data.scaleMax);
        json.put("color_jitter", data.colorJitter);
        if (data.labelling != null) {
            json.put("labelling", data.labelling.toJson());
        }
        if (data.classesFile != null) {
            json.put("classes_file", data.classesFile);
        }
        json.put("optimizer", optimisation.optimizer);
        json.put("learning_rate", optimisation.learningRate);
        json.put("weight_decay", optimisation.weightDecay);
        json.put("schedule", optimisation.schedule);
        json.put("warmup_epochs", optimisation.warmupEpochs);
        json.put("clip_norm", optimisation.clipNorm);
        json.put("class_weights", optimisation.classWeights);
        json.put("epochs", epochs);
        json.put("batch_size", batchSize);
        json.put("seed", seed);
        return json;
    }

    /**
     * From a JSON object as {@link #toJson} makes it.
     *
     * @throws IllegalArgumentException if a field is missing or of another type
     */
    public static TrainingOptions fromJson(Map<String, Object> json) {
        var fields = new JsonFields("training options", json);
        String root = fields.string("root");
        return new TrainingOptions(
                new Data(
                        fields.string("dataset"),
                        root.isEmpty() ? null : root,
                        fields.number("scale_min"),
                        fields.number("scale_max"),
                        fields.bool("color_jitter"),
                        labelling(fields),
                        json.containsKey("classes_file") ? fields.string("classes_file") : null),
                new Optimisation(
                        fields.string("optimizer"),
                        fields.number("learning_rate"),
                        fields.number("weight_decay"),
                        fields.string("schedule"),
                        fields.number("warmup_epochs"),
                        fields.number("clip_norm"),
                        fields.string("class_weights")),
                fields.integer("epochs"),
                fields.integer("batch_size"),
                fields.whole("seed"));
    }

    private static Labelling labelling(JsonFields fields) {
        return fields.json().containsKey("labelling")
                ? Labelling.fromJson(
                        "training options, labelling",
                        fields.object("labelling").json())
                : null;
    }
}
