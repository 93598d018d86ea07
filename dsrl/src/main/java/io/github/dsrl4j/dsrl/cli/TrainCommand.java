package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.Trainer;
import io.github.dsrl4j.dsrl.train.TrainingOptions;
import io.github.dsrl4j.tensor.Device;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dsrl train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "Trains a network; every epoch leaves a checkpoint, and --resume goes on bit for bit.")
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "RUN", description = "Folder of the run.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in --out; all other options come from there.")
    private boolean resume;

    @Option(names = "--dataset", paramLabel = "NAME", description = "camvid, cityscapes or streets (generated).")
    private String dataset = Datasets.STREETS;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data set; streets needs none.")
    private String data;

    @Option(names = "--network", paramLabel = "NAME", description = "espnetv2.")
    private String network = "espnetv2";

    @Option(names = "--width", paramLabel = "FACTOR", description = "Multiple of the network's channels.")
    private double width = 0.5;

    @Option(names = "--variant", paramLabel = "NAME", description = "baseline, sssr, sssr+sisr or dsrl.")
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

    @Option(names = "--optimizer", paramLabel = "NAME", description = "adamw, adam or sgd (momentum 0.9).")
    private String optimizer = "adamw";

    @Option(names = "--learning-rate", paramLabel = "RATE", description = "At the peak of the schedule.")
    private double learningRate = 2e-3;

    @Option(names = "--weight-decay", paramLabel = "DECAY", description = "Of weights; norms and biases have none.")
    private double weightDecay = 1e-2;

    @Option(names = "--schedule", paramLabel = "NAME", description = "poly (power 0.9), cosine or constant.")
    private String schedule = "poly";

    @Option(names = "--warmup", paramLabel = "EPOCHS", description = "Epochs over which the rate rises.")
    private double warmup = 1;

    @Option(names = "--clip-norm", paramLabel = "NORM", description = "Largest norm of the gradient; 0 is no limit.")
    private double clipNorm = 0;

    @Option(names = "--class-weights", paramLabel = "NAME", description = "enet, median or none.")
    private String classWeights = "enet";

    @Option(names = "--scale-min", paramLabel = "FACTOR", description = "Smallest random scale.")
    private double scaleMin = 0.5;

    @Option(names = "--scale-max", paramLabel = "FACTOR", description = "Largest random scale.")
    private double scaleMax = 2;

    @Option(names = "--no-color-jitter", description = "Do not vary colours.")
    private boolean noColorJitter;

    @Option(names = "--image-weight", paramLabel = "W1", description = "Weight of the image branch's loss.")
    private float imageWeight = DsrlOptions.of(Variant.DSRL).imageWeight();

    @Option(names = "--affinity-weight", paramLabel = "W2", description = "Weight of the feature affinity loss.")
    private float affinityWeight = DsrlOptions.of(Variant.DSRL).affinityWeight();

    @Option(names = "--affinity-subsampling", paramLabel = "N", description = "Pixels a position and side of FA.")
    private int affinitySubsampling = DsrlOptions.of(Variant.DSRL).affinitySubsampling();

    @Option(names = "--detach-image-features", description = "FA pulls on the segmentation branch only.")
    private boolean detachImageFeatures;

    @Override
    public Integer call() throws Exception {
        System.err.println(Device.cpu().description());
        var directory = new RunDirectory(out);
        Trainer trainer = resume ? resumed(directory) : started(directory);
        try (var interruption = new Interruption()) {
            Trainer.Outcome outcome = trainer.train(ProgressBar.onStandardError(), interruption);
            System.err.println(
                    outcome.finished()
                            ? "trained %d epochs; best model: %s".formatted(outcome.epochs(), directory.best())
                            : "stopped after step %d of epoch %d, saved; go on with: dsrl train --resume --out %s"
                                    .formatted(outcome.steps(), outcome.epochs() + 1, out));
        }
        return 0;
    }

    private Trainer resumed(RunDirectory directory) {
        var options = directory.read().options().data();
        var model = directory.read().model();
        return Trainer.resume(
                directory,
                open(options.dataset(), options.root(), Split.TRAIN, model.inputHeight(), model.inputWidth()),
                open(options.dataset(), options.root(), Split.VAL, model.inputHeight(), model.inputWidth()));
    }

    private Trainer started(RunDirectory directory) {
        Dataset trainSet;
        ModelDescription description;
        TrainingOptions options;
        try {
            description = description();
            options = options();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        trainSet = open(dataset, data, Split.TRAIN, input.height(), input.width());
        Dataset validationSet = open(dataset, data, Split.VAL, input.height(), input.width());
        return Trainer.start(directory, description, options, trainSet, validationSet);
    }

    private static Dataset open(String name, String root, Split split, int inputHeight, int inputWidth) {
        return Datasets.open(name, root, split, 2 * inputWidth, 2 * inputHeight).cached();
    }

    private ModelDescription description() {
        ClassSet classes = Datasets.classes(dataset);
        DsrlOptions paper = DsrlOptions.of(Variant.of(variant));
        var options = new DsrlOptions(
                paper.variant(),
                imageWeight,
                affinityWeight,
                affinitySubsampling,
                paper.transformChannels(),
                paper.imageChannels(),
                detachImageFeatures);
        return new ModelDescription(
                network, width, classes.count(), classes, options, input.height(), input.width());
    }

    private TrainingOptions options() {
        String root = data == null ? null : Path.of(data).toAbsolutePath().normalize().toString();
        return new TrainingOptions(
                new TrainingOptions.Data(dataset, root, scaleMin, scaleMax, !noColorJitter),
                new TrainingOptions.Optimisation(
                        optimizer, learningRate, weightDecay, schedule, warmup, clipNorm, classWeights),
                epochs,
                batchSize,
                seed);
    }
}
