package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Labelling;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.TrainingOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code dsrl train} that determine the final weights. */
final class TrainingArguments {
    /** Which fields of a run's description each option sets. */
    private static final Map<String, List<String>> FIELDS = Map.ofEntries(
            Map.entry("--dataset", List.of("dataset")),
            Map.entry("--network", List.of("network")),
            Map.entry("--width", List.of("width")),
            Map.entry("--variant", List.of("variant")),
            Map.entry("--input", List.of("input_height", "input_width")),
            Map.entry("--epochs", List.of("epochs")),
            Map.entry("--batch-size", List.of("batch_size")),
            Map.entry("--seed", List.of("seed")),
            Map.entry("--optimizer", List.of("optimizer")),
            Map.entry("--learning-rate", List.of("learning_rate")),
            Map.entry("--weight-decay", List.of("weight_decay")),
            Map.entry("--schedule", List.of("schedule")),
            Map.entry("--warmup", List.of("warmup_epochs")),
            Map.entry("--clip-norm", List.of("clip_norm")),
            Map.entry("--class-weights", List.of("class_weights")),
            Map.entry("--scale-min", List.of("scale_min")),
            Map.entry("--scale-max", List.of("scale_max")),
            Map.entry("--no-color-jitter", List.of("color_jitter")),
            Map.entry("--image-weight", List.of("image_weight")),
            Map.entry("--affinity-weight", List.of("affinity_weight")),
            Map.entry("--affinity-subsampling", List.of("affinity_subsampling")),
            Map.entry("--no-prediction-layer", List.of("prediction_layer")),
            Map.entry("--detach-image-features", List.of("detach_image_features")));

    /** The options that say what a run is about; others stand in a command only where they are not the usual ones. */
    private static final Set<String> ALWAYS_SHOWN =
            Set.of("--network", "--width", "--variant", "--input", "--epochs", "--batch-size", "--seed");

    private static final DsrlOptions PAPER = DsrlOptions.of(Variant.DSRL);

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            completionCandidates = Choices.OfDatasets.class,
            description = {
                "One of ${COMPLETION-CANDIDATES}.",
                "camvid: lists train.txt, val.txt and test.txt, a line 'image annotation' per sample; paths relative to DIR",
                "  or absolute; names with blanks in quotes, or with a tab between the two.",
                "cityscapes: leftImg8bit and gtFine (cityscapes-coarse: gtCoarse), with or without folders of cities.",
                "masks: folders images and masks, files of the same names but for the extension; for train, val and test",
                "  either lists train.txt ... in DIR or folders train ... in both; with neither, a tenth of the images is drawn",
                "  for val, a tenth for test, by the hash of their names. Needs --classes.",
                "streets is generated and needs no data; streets:N generates N images."
            })
    private String dataset = Datasets.STREETS;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data set; streets needs none.")
    private Path data;

    @Option(
            names = "--classes",
            paramLabel = "FILE",
            description = {
                "Own classes for any data set, as JSON; only \"classes\" must be there:",
                "{\"classes\": [{\"name\": \"road\", \"color\": [128, 64, 128]}, {\"name\": \"car\", \"color\": \"#400080\"}],",
                " \"ignore\": 255, \"labels\": \"auto\", \"map\": {\"7\": \"road\", \"26\": 1, \"0\": \"ignore\"},",
                " \"colors\": {\"#000000\": \"ignore\"}, \"unknown\": \"error\"}",
                "labels: 'values' (what grey and palette files store), 'colors' (exact RGB), or 'auto' (colours where there are",
                "colour channels). map: class of each stored value; without it values are ids in the order of classes. colors:",
                "class of further colours. unknown: 'error', or 'ignore' for every other value and colour. For Cityscapes the",
                "values are those of labelIds. The classes are kept with the run and its models."
            })
    private Path classes;

    private Labelling labelling;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            completionCandidates = Choices.OfNetworks.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String network = "espnetv2";

    @Option(
            names = "--width",
            paramLabel = "FACTOR",
            completionCandidates = Choices.OfWidths.class,
            description = "Multiple of the network's channels: ${COMPLETION-CANDIDATES}.")
    private double width = 0.5;

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            completionCandidates = Choices.OfVariants.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String variant = Variant.DSRL.label();

    @Option(
            names = "--input",
            paramLabel = "HxW",
            converter = InputSize.Converter.class,
            description = "Size of the network's input; images and labels are used at twice this size.")
    private InputSize input = new InputSize(180, 240);

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private int epochs = 60;

    @Option(names = "--batch-size", paramLabel = "B", description = "Images a step.")
    private int batchSize = 8;

    @Option(names = "--seed", paramLabel = "S", description = "Of initial weights, order and augmentation.")
    private long seed = 1;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            completionCandidates = Choices.OfOptimizers.class,
            description = "One of ${COMPLETION-CANDIDATES} (momentum 0.9).")
    private String optimizer = "adamw";

    @Option(names = "--learning-rate", paramLabel = "RATE", description = "At the peak of the schedule.")
    private double learningRate = 2e-3;

    @Option(names = "--weight-decay", paramLabel = "DECAY", description = "Of weights; norms and biases have none.")
    private double weightDecay = 1e-2;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            completionCandidates = Choices.OfSchedules.class,
            description = "One of ${COMPLETION-CANDIDATES}; poly has power 0.9.")
    private String schedule = "poly";

    @Option(names = "--warmup", paramLabel = "EPOCHS", description = "Epochs over which the rate rises.")
    private double warmup = 1;

    @Option(names = "--clip-norm", paramLabel = "NORM", description = "Largest norm of the gradient; 0 is no limit.")
    private double clipNorm;

    @Option(
            names = "--class-weights",
            paramLabel = "NAME",
            completionCandidates = Choices.OfClassWeights.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private String classWeights = "enet";

    @Option(names = "--scale-min", paramLabel = "FACTOR", description = "Smallest random scale.")
    private double scaleMin = 0.5;

    @Option(names = "--scale-max", paramLabel = "FACTOR", description = "Largest random scale.")
    private double scaleMax = 2;

    @Option(names = "--no-color-jitter", description = "Do not vary colours.")
    private boolean noColorJitter;

    @Option(names = "--image-weight", paramLabel = "W1", description = "Weight of the image branch's loss.")
    private float imageWeight = PAPER.imageWeight();

    @Option(names = "--affinity-weight", paramLabel = "W2", description = "Weight of the feature affinity loss.")
    private float affinityWeight = PAPER.affinityWeight();

    @Option(names = "--affinity-subsampling", paramLabel = "N", description = "Pixels a position and side of FA.")
    private int affinitySubsampling = PAPER.affinitySubsampling();

    @Option(
            names = "--no-prediction-layer",
            description = "The last block of SSSR gives the scores, as in the authors' released code.")
    private boolean noPredictionLayer;

    @Option(names = "--detach-image-features", description = "FA pulls on the segmentation branch only.")
    private boolean detachImageFeatures;

    /** The run that the options describe; wrong values are wrong usage. */
    RunDirectory.Run run() {
        try {
            ModelDescription model = model();
            // Built once and thrown away: a network or width that does not exist is wrong usage, found before any data
            // is read.
            model.forInference();
            String root =
                    data == null ? null : data.toAbsolutePath().normalize().toString();
            if (root == null && !Datasets.generated(dataset)) {
                throw new IllegalArgumentException("the data set " + dataset + " needs its folder: --data DIR");
            }
            return new RunDirectory.Run(model, options(root), Map.of());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ModelDescription model() {
        ClassSet classSet = Datasets.classes(dataset, labelling());
        DsrlOptions paper = DsrlOptions.of(Variant.of(variant));
        var options = new DsrlOptions(
                paper.variant(),
                !noPredictionLayer,
                imageWeight,
                affinityWeight,
                affinitySubsampling,
                paper.transformChannels(),
                paper.imageChannels(),
                detachImageFeatures);
        return new ModelDescription(network, width, classSet.count(), classSet, options, input.height(), input.width());
    }

    /** The own classes, read once; null where the data set's are used. */
    private Labelling labelling() {
        if (classes != null && labelling == null) {
            labelling = Labelling.read(classes);
        }
        return labelling;
    }

    private TrainingOptions options(String root) {
        return new TrainingOptions(
                new TrainingOptions.Data(
                        dataset,
                        root,
                        scaleMin,
                        scaleMax,
                        !noColorJitter,
                        labelling(),
                        classes == null
                                ? null
                                : classes.toAbsolutePath().normalize().toString()),
                new TrainingOptions.Optimisation(
                        optimizer, learningRate, weightDecay, schedule, warmup, clipNorm, classWeights),
                epochs,
                batchSize,
                seed);
    }

    /** The folder that the command line names, or else that of the run: data may have moved. */
    String root(RunDirectory.Run run) {
        return data == null ? run.options().data().root() : data.toString();
    }

    /** The command that trains a run, with the options that differ from the usual ones. */
    static String commandLine(RunDirectory.Run run, Path out) {
        Map<String, Object> usual = new TrainingArguments().given();
        Map<String, Object> fields = fields(run.model(), run.options());
        var words = new StringBuilder("dsrl train");
        String root = run.options().data().root();
        words.append(" --dataset ").append(run.options().data().dataset());
        words.append(root == null ? "" : " --data " + quoted(root));
        String classesFile = run.options().data().classesFile();
        words.append(classesFile == null ? "" : " --classes " + quoted(classesFile));
        for (String option : FIELDS.keySet().stream().sorted().toList()) {
            List<Object> values = FIELDS.get(option).stream().map(fields::get).toList();
            boolean usualOnes =
                    values.equals(FIELDS.get(option).stream().map(usual::get).toList());
            if (!option.equals("--dataset") && (ALWAYS_SHOWN.contains(option) || !usualOnes)) {
                words.append(' ').append(option);
                // A switch has no value: it is there because it differs from what is usual.
                words.append(
                        values.getFirst() instanceof Boolean
                                ? ""
                                : " " + values.stream().map(String::valueOf).collect(Collectors.joining("x")));
            }
        }
        return words.append(" --out ").append(quoted(out.toString())).toString();
    }

    /** A path as a shell takes it. */
    static String quoted(String path) {
        return path.matches("[\\w./:+-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    /**
     * Checks that the options that were given are those of the run that is to go on.
     *
     * @throws ParameterException naming the first that differs
     */
    void requireSame(RunDirectory.Run run) {
        Map<String, Object> before = fields(run.model(), run.options());
        if (classes == null) {
            labelling = run.options().data().labelling();
        }
        Map<String, Object> now = given();
        if (!Objects.equals(before.get("labelling"), now.get("labelling"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--classes: %s has other classes than the run began with; a run goes on as it began (--resume needs --out alone)"
                            .formatted(classes));
        }
        for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
            for (String field : FIELDS.getOrDefault(given.longestName(), List.of())) {
                if (!Objects.equals(before.get(field), now.get(field))) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "%s: the run began with %s = %s, not %s; a run goes on as it began (--resume needs --out alone)"
                                    .formatted(given.longestName(), field, before.get(field), now.get(field)));
                }
            }
        }
    }

    private Map<String, Object> given() {
        try {
            return fields(model(), options(null));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static Map<String, Object> fields(ModelDescription model, TrainingOptions options) {
        var fields = new LinkedHashMap<>(model.toJson());
        fields.putAll(options.toJson());
        return fields;
    }
}
