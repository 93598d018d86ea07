package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.report.RunReport;
import io.github.dsrl4j.dsrl.train.Datasets;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import io.github.dsrl4j.dsrl.train.Trainer;
import io.github.dsrl4j.nn.checkpoint.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    @Spec
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "RUN", description = "Folder of the run.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the run in --out; all other options come from there.")
    private boolean resume;

    @Mixin
    private TrainingArguments arguments;

    @Mixin
    private Machine machine;

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
        machine.announce();
        Trainer trainer = resume
                ? Trainer.resume(directory, trainSet, validationSet)
                : Trainer.start(directory, run.model(), run.options(), trainSet, validationSet);
        try (var interruption = new Interruption()) {
            Trainer.Outcome outcome = trainer.train(ProgressBar.onStandardError(), interruption);
            if (outcome.finished()) {
                String command = TrainingArguments.commandLine(run, out);
                RunReport.write(directory, trainer.model(), validationSet, command, Progress.NONE);
            }
            // Inside, so that it is said before the program ends after Ctrl-C.
            tell(directory, outcome);
        }
        return 0;
    }

    private Dataset open(RunDirectory.Run run, Split split) {
        return Datasets.open(
                        run.options().data().dataset(),
                        arguments.root(run),
                        split,
                        2 * run.model().inputWidth(),
                        2 * run.model().inputHeight())
                .cached();
    }

    private void tell(RunDirectory directory, Trainer.Outcome outcome) {
        System.err.println(
                outcome.finished()
                        ? "trained %d epochs; best model: %s; report: %s"
                                .formatted(outcome.epochs(), directory.best(), directory.report())
                        : "stopped after step %d of epoch %d, saved; go on with: dsrl train --resume --out %s"
                                .formatted(outcome.steps(), outcome.epochs() + 1, out));
        if (json) {
            spec.commandLine().getOut().println(Json.writePretty(summary(directory, outcome)));
        }
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
