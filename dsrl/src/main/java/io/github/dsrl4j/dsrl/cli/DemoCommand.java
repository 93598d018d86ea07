package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.report.Report;
import io.github.dsrl4j.dsrl.report.ReportedModel;
import io.github.dsrl4j.dsrl.report.RunReport;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.Trainer;
import io.github.dsrl4j.dsrl.train.TrainingOptions;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.tensor.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dsrl demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Trains the variants baseline and dsrl on generated street scenes for as long as the time allows,",
            "and writes report.html, which shows what came of it. Needs no data."
        })
final class DemoCommand implements Callable<Integer> {
    private static final Path DEFAULT_OUT = Path.of("runs", "demo");
    private static final List<Variant> VARIANTS = List.of(Variant.BASELINE, Variant.DSRL);
    private static final int BATCH = 4;
    private static final double WIDTH = 0.5;
    private static final double LEARNING_RATE = 4e-3;

    /** However few images are trained on, 32 are tested on. */
    private static final String TEST_IMAGES = Datasets.STREETS + ":128";

    /** Share of the time in which the machine is measured. */
    private static final double MEASURED = 0.08;

    private static final double MOST_MEASURED_SECONDS = 15;
    /** Share of the training time that the baseline takes, where it was not measured. */
    private static final double USUAL_BASELINE_SHARE = 0.35;
    /** Share of the time that is kept at least for the evaluation and the report. */
    private static final double KEPT = 0.08;
    /** The share of a training step that is its forward pass, which is what evaluation consists of. */
    private static final double FORWARD = 0.4;
    /** Pictures that are generated for each that is trained on, with those for validation. */
    private static final double VALIDATION = 1.25;

    private static final int LEAST_SECONDS = 20;
    private static final int MOST_IMAGES = 1000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder to write to; runs/demo if not given, or runs/demo-2 and so on if there is one already.",
            showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private Path out;

    @Option(names = "--seconds", paramLabel = "N", description = "How long it may take in all.")
    private int seconds = 165;

    @Option(
            names = "--images",
            paramLabel = "N",
            description =
                    "Train on exactly N images, so that the result depends on the seed alone (unless the time runs out).")
    private Integer images;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    private int epochs = 10;

    @Option(
            names = "--input",
            paramLabel = "HxW",
            converter = InputSize.Converter.class,
            description = "Size of the networks' input.")
    private InputSize input = new InputSize(96, 128);

    @Option(names = "--seed", paramLabel = "S", description = "Of initial weights, order and augmentation.")
    private long seed = 1;

    @Mixin
    @SuppressWarnings("UnusedVariable") // for its options alone
    private Machine machine;

    @Mixin
    private DeviceOption deviceOption;

    @Option(names = "--json", description = "Print one JSON object at the end, and nothing else, on standard output.")
    private boolean json;

    /**
     * What fits into the time.
     *
     * @param images to train on
     * @param baselineShare of the training time
     * @param trainingEnd seconds after the beginning; what is left is for the last evaluation and the report
     */
    private record Plan(int images, double baselineShare, double trainingEnd) {
        String dataset() {
            return Datasets.STREETS + ":" + images;
        }
    }

    @Override
    public Integer call() throws Exception {
        long begin = System.nanoTime();
        Path folder = folder();
        Device device = deviceOption.open();
        try (var interruption = new Interruption()) {
            Dataset test = open(TEST_IMAGES, Split.TEST);
            Plan plan = plan(test, device, begin, interruption);
            Dataset trainSet = open(plan.dataset(), Split.TRAIN);
            Dataset validationSet = open(plan.dataset(), Split.VAL);
            generate(trainSet);
            generate(validationSet);
            var models = new ArrayList<ReportedModel>();
            double training = plan.trainingEnd - Pace.secondsSince(begin);
            for (Variant variant : VARIANTS) {
                double share = variant == Variant.BASELINE ? plan.baselineShare : 1;
                double limit = Math.min(plan.trainingEnd, Pace.secondsSince(begin) + share * training);
                BooleanSupplier stop = () -> interruption.getAsBoolean() || Pace.secondsSince(begin) > limit;
                System.err.println("training " + variant.label() + " ...");
                var directory = new RunDirectory(folder.resolve(variant.label()));
                Trainer trainer =
                        Trainer.start(directory, model(variant), options(plan), trainSet, validationSet, device);
                ProgressBar progress = ProgressBar.onStandardError();
                boolean finished = trainer.train(progress, stop).finished();
                if (interruption.getAsBoolean()) {
                    System.err.println("stopped; there is no report");
                    return 1;
                }
                if (!finished) {
                    System.err.println("time is up for " + variant.label());
                }
                models.add(RunReport.evaluate(directory, trainer.model(), test, progress));
            }
            Path file = folder.resolve("report.html");
            report(plan, models, test).write(file);
            tell(file, models, Pace.secondsSince(begin));
        }
        return 0;
    }

    private Path folder() {
        if (seconds < LEAST_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds must be at least %d, not %d".formatted(LEAST_SECONDS, seconds));
        }
        if (epochs < 1 || (images != null && (images < BATCH || images > MOST_IMAGES))) {
            throw new ParameterException(
                    spec.commandLine(), "--epochs must be at least 1, --images %d to %d".formatted(BATCH, MOST_IMAGES));
        }
        if (out != null) {
            if (Files.exists(out) && !Files.isDirectory(out)) {
                throw new IllegalArgumentException(out + ": is a file; --out names a folder");
            }
            for (Variant variant : VARIANTS) {
                if (new RunDirectory(out.resolve(variant.label())).exists()) {
                    throw new ParameterException(
                            spec.commandLine(), out + ": there is a demo already; choose another folder");
                }
            }
            return out;
        }
        Path folder = DEFAULT_OUT;
        for (int i = 2; Files.exists(folder); i++) {
            folder = DEFAULT_OUT.resolveSibling("demo-" + i);
        }
        return folder;
    }

    /** Chooses how many images there will be, from how fast this machine is. */
    private Plan plan(Dataset test, Device device, long begin, BooleanSupplier stop) throws Exception {
        if (images != null) {
            return new Plan(images, USUAL_BASELINE_SHARE, seconds * (1 - KEPT));
        }
        double measured = Math.min(MOST_MEASURED_SECONDS, seconds * MEASURED);
        System.err.println("measuring this machine for some %.0f s ...".formatted(measured));
        double image = secondsPerImage(test);
        double dsrl = Pace.secondsPerStep(model(Variant.DSRL), device, BATCH, 0.7 * measured, stop);
        double baseline = Pace.secondsPerStep(model(Variant.BASELINE), device, BATCH, 0.3 * measured, stop);
        // The pace is measured before all kernels are compiled, which leaves time for validation and a machine that
        // slows down.
        double perImage = VALIDATION * image + epochs * (baseline + dsrl) / BATCH;
        double kept = Math.max(KEPT * seconds, FORWARD * test.size() * (baseline + dsrl) / BATCH);
        double batches = (seconds - kept - Pace.secondsSince(begin)) / perImage / BATCH;
        int fitting = BATCH * (int) Math.clamp(batches, 1, MOST_IMAGES / BATCH);
        System.err.println(
                "a picture takes %.0f ms, a training step %.0f ms for baseline and %.0f ms for dsrl; training on %d images, %d epochs each"
                        .formatted(1000 * image, 1000 * baseline, 1000 * dsrl, fitting, epochs));
        return new Plan(fitting, baseline / (baseline + dsrl), seconds - kept);
    }

    /** How long a picture takes to generate; all of the test's are, which are needed later. */
    private static double secondsPerImage(Dataset test) {
        long start = System.nanoTime();
        generate(test);
        return Pace.secondsSince(start) / test.size();
    }

    private static void generate(Dataset cached) {
        IntStream.range(0, cached.size()).parallel().forEach(cached::get);
    }

    private ModelDescription model(Variant variant) {
        return new ModelDescription(
                "espnetv2",
                WIDTH,
                Datasets.classes(Datasets.STREETS).count(),
                Datasets.classes(Datasets.STREETS),
                DsrlOptions.of(variant),
                input.height(),
                input.width());
    }

    private Dataset open(String dataset, Split split) {
        return Datasets.open(dataset, null, split, 2 * input.width(), 2 * input.height())
                .cached();
    }

    private TrainingOptions options(Plan plan) {
        return new TrainingOptions(
                new TrainingOptions.Data(plan.dataset(), null, 0.75, 1.5, false),
                new TrainingOptions.Optimisation("adamw", LEARNING_RATE, 1e-2, "poly", 1, 0, "enet"),
                epochs,
                BATCH,
                seed);
    }

    private Report report(Plan plan, List<ReportedModel> models, Dataset test) {
        String lead =
                ("Two networks learnt from nothing to label street scenes, in a few passes over %d generated pictures: baseline "
                                + "labels a picture of %d × %d at that resolution, and dsrl, trained with dual super-resolution, labels the very "
                                + "same picture at %d × %d.")
                        .formatted(plan.images, input.width(), input.height(), 2 * input.width(), 2 * input.height());
        String command = "dsrl demo --images %d --epochs %d --input %s --seed %d --seconds 3600"
                .formatted(plan.images, epochs, input, seed);
        return new Report("dsrl demo", "Twice the resolution from the same small picture", lead, command, models, test);
    }

    private void tell(Path file, List<ReportedModel> models, double took) {
        for (ReportedModel model : models) {
            System.err.println("%-8s  mIoU on %d test images: %s"
                    .formatted(
                            model.run().model().options().variant().label(),
                            model.evaluation().images(),
                            Text.percent(model.evaluation().fullResolution().meanIou())));
        }
        System.err.println("took %.0f s; open %s in a browser"
                .formatted(took, file.toAbsolutePath().toUri()));
        if (json) {
            var scores = new LinkedHashMap<String, Object>();
            for (ReportedModel model : models) {
                scores.put(
                        model.run().model().options().variant().label(),
                        Map.of(
                                "miou", model.evaluation().fullResolution().meanIou(),
                                "pixel_accuracy",
                                        model.evaluation().fullResolution().pixelAccuracy()));
            }
            var summary = new LinkedHashMap<String, Object>();
            summary.put("report", file.toString());
            summary.put("seconds", took);
            summary.put("test", scores);
            spec.commandLine().getOut().println(Json.writePretty(summary));
        }
    }
}
