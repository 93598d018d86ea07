package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.inference.JsonFields;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.checkpoint.AtomicFile;
import io.github.dsrl4j.nn.checkpoint.CheckpointException;
import io.github.dsrl4j.nn.checkpoint.Failures;
import io.github.dsrl4j.nn.checkpoint.Json;
import io.github.dsrl4j.nn.optim.Optimizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of a training run:
 *
 * <ul>
 *   <li>{@code run.json}: the model's description, the options, and the provenance;
 *   <li>{@code metrics.jsonl}: a JSON object per epoch;
 *   <li>{@code last.safetensors}: all that is needed to go on bit for bit: weights, optimiser, position;
 *   <li>{@code best.safetensors}: the model of the best epoch, for inference ({@link ModelFile});
 *   <li>{@code profile.txt}: where the time of a training step goes, if that was asked for;
 *   <li>{@code report.html}: the run for people to look at, when it is finished.
 * </ul>
 */
public final class RunDirectory {
    private final Path folder;

    public RunDirectory(Path folder) {
        this.folder = folder;
    }

    /** What a run is: read from {@code run.json}. */
    public record Run(ModelDescription model, TrainingOptions options, Map<String, Object> provenance) {}

    public Path folder() {
        return folder;
    }

    /** The best model so far. */
    public Path best() {
        return folder.resolve("best.safetensors");
    }

    /** The state to resume from. */
    public Path last() {
        return folder.resolve("last.safetensors");
    }

    /** The table of a profiled run. */
    public Path profile() {
        return folder.resolve("profile.txt");
    }

    /** The page that shows the run. */
    public Path report() {
        return folder.resolve("report.html");
    }

    private Path description() {
        return folder.resolve("run.json");
    }

    private MetricsFile metricsFile() {
        return new MetricsFile(folder.resolve("metrics.jsonl"));
    }

    /** Whether a run lives here. */
    public boolean exists() {
        return Files.exists(description());
    }

    /**
     * Checks that a run can begin here.
     *
     * @throws IllegalArgumentException if there is a run already, or files that another one left
     */
    void requireVacant() {
        if (exists()) {
            throw new IllegalArgumentException(
                    folder + ": there is a run already; continue it with --resume, or choose another folder");
        }
        for (Path file : List.of(last(), best(), metricsFile().path())) {
            if (Files.exists(file)) {
                throw new IllegalArgumentException(
                        "%s: is of a run whose run.json is missing here; move it away, or choose another folder"
                                .formatted(file));
            }
        }
    }

    /**
     * Begins a run; the folder is made if need be.
     *
     * @return what takes it back, for a run that fails before it leaves anything worth keeping
     * @throws IllegalArgumentException if a run cannot begin here
     * @throws IllegalStateException if another process works here
     */
    Runnable create(Run run) {
        requireVacant();
        var json = new LinkedHashMap<String, Object>();
        json.put("model", run.model.toJson());
        json.put("training", run.options.toJson());
        json.put("provenance", run.provenance);
        byte[] text = (Json.writePretty(json) + "\n").getBytes(StandardCharsets.UTF_8);
        List<Path> created = createFolders();
        try (var _ = RunLock.on(folder)) {
            requireVacant();
            AtomicFile.write(description(), out -> out.write(text));
            return () -> takeBack(description(), created);
        } catch (RuntimeException e) {
            takeBack(null, created);
            throw e;
        }
    }

    /** The folders that had to be made, innermost first. */
    private List<Path> createFolders() {
        var missing = new ArrayList<Path>();
        for (Path at = folder.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.add(at);
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be made: " + Failures.reason(e), e);
        }
        return missing;
    }

    private static void takeBack(Path file, List<Path> folders) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            for (Path made : folders) {
                Files.deleteIfExists(made);
            }
        } catch (IOException e) {
            // Something else stands there by now, which is to stay.
            return;
        }
    }

    /** Takes the lock, under which the run is written to, and removes what a process that was killed left half written. */
    RunLock lock() {
        RunLock lock = RunLock.on(folder);
        AtomicFile.removeLeftovers(description());
        AtomicFile.removeLeftovers(metricsFile().path());
        AtomicFile.removeLeftovers(last());
        AtomicFile.removeLeftovers(best());
        AtomicFile.removeLeftovers(report());
        return lock;
    }

    /**
     * Reads what the run is.
     *
     * @throws CheckpointException if there is none here, or its description is broken
     */
    public Run read() {
        if (!exists()) {
            throw new CheckpointException(folder + ": no run here (no run.json)");
        }
        try {
            var fields = new JsonFields("run.json", Json.parseObject(Files.readString(description())));
            return new Run(
                    ModelDescription.fromJson(fields.object("model").json()),
                    TrainingOptions.fromJson(fields.object("training").json()),
                    fields.object("provenance").json());
        } catch (IOException e) {
            throw new CheckpointException(description() + ": cannot be read: " + Failures.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(description() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The metrics of all epochs so far.
     *
     * @throws CheckpointException if the file is damaged
     */
    public List<Map<String, Object>> metrics() {
        return metricsFile().read();
    }

    /** Adds the metrics of one epoch. */
    void append(Map<String, Object> metrics) {
        metricsFile().append(metrics);
    }

    /** Writes all that is needed to go on, with the metrics of the last finished epoch, if there is one; atomically. */
    void save(
            Run run, DualSuperResolution model, Optimizer optimizer, TrainingState state, Map<String, Object> metrics) {
        new StateFile(last()).write(Provenance.runId(run.provenance), model, optimizer, state, metrics);
    }

    /**
     * Brings model and optimiser to where the run stopped, or leaves them as they are where it has not begun, and drops what it wrote
     * of later epochs.
     *
     * @throws CheckpointException if files of the run are missing, damaged, or of another run
     */
    StateFile.Content restore(Run run, DualSuperResolution model, Optimizer optimizer) {
        boolean begun = Files.exists(last());
        if (!begun && !metrics().isEmpty()) {
            throw new CheckpointException(last() + ": is missing, though "
                    + metrics().size() + " epochs were trained; put it back, or begin in another folder");
        }
        StateFile.Content content = begun
                ? new StateFile(last()).read(Provenance.runId(run.provenance), model, optimizer)
                : new StateFile.Content(TrainingState.START, null);
        if (!Double.isNaN(content.state().bestIou()) && !Files.exists(best())) {
            throw new CheckpointException(best() + ": is missing; put it back, or begin in another folder");
        }
        metricsFile().keep(content.state().epoch(), content.metrics());
        return content;
    }

    /**
     * The model as the run left it, with all branches of its variant, in inference mode; {@link #best} lacks those branches that
     * serve training only.
     *
     * @throws CheckpointException if there is no run or no state here, or they do not fit each other
     */
    public DualSuperResolution lastModel() {
        Run run = read();
        DualSuperResolution model = run.model().forTraining(run.options().seed());
        new StateFile(last()).readWeights(model);
        model.eval();
        return model;
    }
}
