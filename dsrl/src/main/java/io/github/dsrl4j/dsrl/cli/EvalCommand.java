package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.dsrl.report.Cost;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.Evaluator;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.nn.profile.Profile;
import io.github.dsrl4j.tensor.Tensor;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsrl eval}. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "Scores the model of a run on the images of a split, and keeps the figures in the run's folder.")
final class EvalCommand implements Callable<Integer> {
    /** The evaluation before has compiled most. */
    private static final int PROFILED_RUNS = 20;

    /** Which weights of a run. */
    enum Weights {
        BEST,
        LAST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Folder of a run that 'dsrl train' wrote.")
    private Path folder;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            completionCandidates = Choices.OfSplits.class,
            description = {
                "val, on which the best epoch was chosen, test, or train, to see how well the training images",
                "themselves are learnt."
            })
    private String split = "val";

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data set, if it has moved.")
    private Path data;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            description = {
                "${COMPLETION-CANDIDATES}. The best model is stored without the image branch;",
                "with the last one, PSNR and SSIM of that branch are measured, too."
            })
    private Weights weights = Weights.BEST;

    @Option(names = "--batch-size", paramLabel = "B", description = "Images at a time; the result is the same.")
    private int batchSize = 8;

    @Mixin
    @SuppressWarnings("UnusedVariable") // for its options alone
    private Machine machine;

    @Mixin
    private DeviceOption deviceOption;

    @Option(names = "--per-image", description = "Also score every image by itself, the worst first.")
    private boolean perImage;

    @Option(
            names = "--profile",
            description = "Also measure the compiled plan, one image at a time; the table goes to standard error.")
    private boolean profile;

    @Option(names = "--json", description = "Print one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Split part = part();
        var directory = new RunDirectory(folder);
        RunDirectory.Run run = directory.read();
        DualSuperResolution model =
                weights == Weights.BEST ? ModelFile.read(directory.best()).model() : directory.lastModel();
        Dataset dataset = open(run, part);
        model.moveTo(deviceOption.open());
        var scores = new Scores(
                folder,
                run.model(),
                weights.toString(),
                part,
                dataset.fingerprint(),
                evaluate(run, dataset, model),
                Cost.of(run.model()),
                perImage);
        Path file = folder.resolve(
                weights == Weights.BEST
                        ? "eval-%s.json".formatted(part.key())
                        : "eval-%s-last.json".formatted(part.key()));
        String text = Json.writePretty(scores.toJson());
        // First what takes long to compute, then what may fail.
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? text + "\n" : scores.toText());
        out.flush();
        boolean kept = keep(file, text);
        if (kept && !json) {
            out.print("\nwritten to " + file + "\n");
            out.flush();
        }
        if (profile) {
            System.err.print("\ninference of one image, compiled, by operation:\n\n"
                    + profile(run.model(), model).byOperation().toText());
        }
        return 0;
    }

    /** Keeps the figures in the run's folder, which may well be for reading only. */
    private static boolean keep(Path file, String text) {
        try {
            AtomicFile.write(file, out -> out.write((text + "\n").getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (CheckpointException e) {
            System.err.println("note: the figures are not kept: " + e.getMessage());
            return false;
        }
    }

    private static Profile profile(ModelDescription description, DualSuperResolution model) {
        Tensor image = Tensor.randn(new Random(0), 1, 3, description.inputHeight(), description.inputWidth())
                .to(model.device());
        Plan plan = Plan.compile(model, image.shape());
        plan.profile(image, PROFILED_RUNS);
        return plan.profile(image, PROFILED_RUNS);
    }

    private Split part() {
        if (Arrays.stream(Split.values()).noneMatch(part -> part.key().equals(split))) {
            throw new ParameterException(
                    spec.commandLine(), "--split: there is no '" + split + "'; choose train, val or test");
        }
        if (batchSize < 1) {
            throw new ParameterException(spec.commandLine(), "--batch-size must be at least 1, not " + batchSize);
        }
        return Split.parse(split);
    }

    private Dataset open(RunDirectory.Run run, Split part) {
        Dataset dataset = Datasets.open(
                run.options().data().dataset(),
                data == null ? run.options().data().root() : data.toString(),
                part,
                2 * run.model().inputWidth(),
                2 * run.model().inputHeight(),
                run.options().data().labelling());
        dataset.notes().forEach(note -> System.err.println("note: " + note));
        return dataset;
    }

    private Evaluation evaluate(RunDirectory.Run run, Dataset dataset, DualSuperResolution model) throws Exception {
        ModelDescription description = run.model();
        boolean imageBranch =
                weights == Weights.LAST && description.options().variant().superResolvesImage();
        return new Evaluator(dataset, description.inputHeight(), description.inputWidth(), batchSize)
                .evaluate(model, imageBranch, ProgressBar.onStandardError());
    }
}
