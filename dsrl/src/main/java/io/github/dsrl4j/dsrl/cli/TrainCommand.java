package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.report.RunReport;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.Trainer;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.profile.Profile;
import io.github.dsrl4j.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    private static final int SHOWN_OPERATIONS = 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "RUN", description = "Folder of the run.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in --out; all other options come from there.")
    private boolean resume;

    @Mixin
    private TrainingArguments arguments;

    @Mixin
    private CacheOption cacheOption;

    @Mixin
    private Machine machine;

    @Mixin
    private DeviceOption deviceOption;

    @Option(
            names = "--profile",
            description = {
                "Measure ten training steps, after the first twelve: time, share, GFLOP/s, GB/s and allocated bytes of each",
                "operation. The table goes to standard error, and with a second one by layer to profile.txt in the run's folder."
            })
    private boolean profile;

    @Option(names = "--json", description = "Print one JSON object at the end, and nothing else, on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        var directory = new RunDirectory(out);
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException(out + ": is a file; --out names the folder of the run");
        }
        RunDirectory.Run run = resume ? directory.read() : arguments.run();
        if (resume) {
            arguments.requireSame(run);
        } else if (directory.exists()) {
            throw new ParameterException(
                    spec.commandLine(),
                    out + ": there is a run already; go on with --resume, or choose another folder");
        }
        Dataset trainSet = open(run, Split.TRAIN);
        Dataset validationSet = open(run, Split.VAL);
        if (resume) {
            deviceOption.noteChange(run.provenance());
        }
        Device device = deviceOption.open();
        if (!Datasets.generated(run.options().data().dataset())) {
            System.err.printf(
                    "reading %s (%d images) and %s (%d) once: hashes%s%n",
                    trainSet.name(),
                    trainSet.size(),
                    validationSet.name(),
                    validationSet.size(),
                    resume ? "" : ", and all labels");
        }
        Trainer trainer = resume
                ? Trainer.resume(directory, trainSet, validationSet, device)
                : Trainer.start(directory, run.model(), run.options(), trainSet, validationSet, device);
        if (profile) {
            trainer.profiled();
        }
        try (var interruption = new Interruption()) {
            Trainer.Outcome outcome = trainer.train(ProgressBar.onStandardError(), interruption, interruption);
            if (outcome.finished()) {
                String command = TrainingArguments.commandLine(run, out);
                RunReport.write(directory, trainer.model(), validationSet, command, Progress.NONE);
            }
            // Inside, so that it is said before the program ends after Ctrl-C.
            tell(directory, outcome);
            if (profile) {
                tellProfile(directory, trainer, device);
            }
        }
        return 0;
    }

    private Dataset open(RunDirectory.Run run, Split split) {
        Dataset dataset = Datasets.open(
                run.options().data().dataset(),
                arguments.root(run),
                split,
                2 * run.model().inputWidth(),
                2 * run.model().inputHeight(),
                run.options().data().labelling());
        dataset.notes().forEach(note -> System.err.println("note: " + note));
        return cacheOption.cache().of(dataset);
    }

    private void tell(RunDirectory directory, Trainer.Outcome outcome) {
        System.err.println(
                outcome.finished()
                        ? "trained %d epochs; best model: %s; report: %s"
                                .formatted(outcome.epochs(), directory.best(), directory.report())
                        : "stopped after step %d of epoch %d, saved; go on with: dsrl train --resume --out %s%s%s"
                                .formatted(
                                        outcome.steps(),
                                        outcome.epochs() + 1,
                                        TrainingArguments.quoted(out.toString()),
                                        deviceOption.words(),
                                        machine.words()));
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(summary(directory, outcome)));
        }
    }

    private static void tellProfile(RunDirectory directory, Trainer trainer, Device device) throws IOException {
        Optional<Profile> measured = trainer.profile();
        if (measured.isEmpty()) {
            System.err.println("no profile: too few training steps were made before the end");
            return;
        }
        String machine = device.description() + "\n\n";
        String operations = measured.get().byOperation().toText();
        String layers = measured.get().byLayer().toText();
        Files.writeString(directory.profile(), machine + operations + "\n" + layers);
        System.err.printf(
                "%na training step, forward and backward, by operation:%n%n%s%nall operations, and layers: %s%n",
                measured.get().byOperation().top(SHOWN_OPERATIONS).toText(), directory.profile());
    }

    private Map<String, Object> summary(RunDirectory directory, Trainer.Outcome outcome) {
        List<Map<String, Object>> metrics = directory.metrics();
        var summary = new LinkedHashMap<String, Object>();
        summary.put("run", out.toString());
        summary.put("finished", outcome.finished());
        summary.put("epochs", outcome.epochs());
        summary.put("steps_of_unfinished_epoch", outcome.steps());
        summary.put(
                "best_validation_miou",
                metrics.stream()
                        .mapToDouble(line ->
                                line.get("validation_miou") instanceof Number iou ? iou.doubleValue() : Double.NaN)
                        .filter(iou -> !Double.isNaN(iou))
                        .max()
                        .orElse(Double.NaN));
        summary.put("last_epoch", metrics.isEmpty() ? null : metrics.getLast());
        summary.put(
                "best_model", Files.exists(directory.best()) ? directory.best().toString() : null);
        summary.put("report", outcome.finished() ? directory.report().toString() : null);
        return summary;
    }
}
