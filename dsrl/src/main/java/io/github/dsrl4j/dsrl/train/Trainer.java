package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.Augmentation;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.ColorJitter;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.inference.ModelFile;
import io.github.dsrl4j.nn.data.DataLoader;
import io.github.dsrl4j.nn.data.SampleSource;
import io.github.dsrl4j.nn.optim.GradientClipping;
import io.github.dsrl4j.nn.optim.Optimizer;
import io.github.dsrl4j.nn.optim.Schedule;
import io.github.dsrl4j.nn.profile.Profile;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Trains a model and keeps its {@link RunDirectory}. The final weights follow from description, options and data alone: not from the
 * number of threads, nor from where the run was interrupted and resumed.
 */
public final class Trainer {
    private static final int WORKERS = 1;

    /** Steps before the first that is profiled: about as many as the Java machine compiles in. */
    private static final int WARM_UP_STEPS = 12;

    private static final int PROFILED_STEPS = 10;

    private final RunDirectory directory;
    private final RunDirectory.Run run;
    private final Dataset trainSet;
    private final Dataset validationSet;
    private final DualSuperResolution model;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final DsrlLoss loss;
    private final Device device;
    private final StepMemory memory = new StepMemory();
    private final int stepsPerEpoch;
    private final Augmentation augmentation;
    /** Undoes the beginning of the run, as long as it has left nothing worth keeping. */
    private Runnable takeBack = () -> {};
    /** Those of the last finished epoch; null before the first. */
    private Map<String, Object> metrics;

    private StepProfile profile;

    /** How a run ended: whether all epochs were trained, and how far it came. */
    public record Outcome(boolean finished, int epochs, int steps) {}

    /** A trainer on an opened run; {@link #start} or {@link #resume} makes one. */
    private Trainer(
            RunDirectory directory, RunDirectory.Run run, Dataset trainSet, Dataset validationSet, Device device) {
        TrainingOptions options = run.options();
        requireBatch(options, trainSet);
        this.directory = directory;
        this.run = run;
        this.trainSet = trainSet;
        this.validationSet = validationSet;
        stepsPerEpoch = trainSet.size() / options.batchSize();
        this.device = device;
        augmentation = augmentation(
                options.data(), 2 * run.model().inputWidth(), 2 * run.model().inputHeight(), trainSet.classes());
        model = run.model().forTraining(options.seed());
        model.moveTo(device);
        optimizer = Recipes.optimizer(options.optimisation(), model.parameters());
        schedule = Recipes.schedule(options.optimisation(), stepsPerEpoch);
        Tensor weights = Recipes.classWeights(
                options.optimisation().classWeights(), () -> LabelSurvey.of(run.provenance(), trainSet));
        loss = new DsrlLoss(
                run.model().options(),
                run.model().classes().ignoreIndex(),
                weights == null ? null : weights.to(device));
    }

    private static void requireBatch(TrainingOptions options, Dataset trainSet) {
        if (trainSet.size() < options.batchSize()) {
            throw new IllegalArgumentException("training: %s has %d images, fewer than a batch of %d"
                    .formatted(trainSet.name(), trainSet.size(), options.batchSize()));
        }
    }

    /** Begins a run in an empty place, on the processor; see the other {@code start}. */
    public static Trainer start(
            RunDirectory directory,
            ModelDescription description,
            TrainingOptions options,
            Dataset trainSet,
            Dataset validationSet) {
        return start(directory, description, options, trainSet, validationSet, Device.cpu());
    }

    /**
     * Begins a run in an empty place.
     *
     * @param device where the model lives and is trained; the run can go on on another one, then with other roundings
     * @throws IllegalArgumentException if there is a run already, or options do not fit the data
     */
    public static Trainer start(
            RunDirectory directory,
            ModelDescription description,
            TrainingOptions options,
            Dataset trainSet,
            Dataset validationSet,
            Device device) {
        directory.requireVacant();
        // Before all data are read, which takes its time.
        requireBatch(options, trainSet);
        var run = new RunDirectory.Run(description, options, Provenance.of(options, trainSet, validationSet, device));
        var trainer = new Trainer(directory, run, trainSet, validationSet, device);
        trainer.takeBack = directory.create(run);
        return trainer;
    }

    /** Goes on with a run on the processor; see the other {@code resume}. */
    public static Trainer resume(RunDirectory directory, Dataset trainSet, Dataset validationSet) {
        return resume(directory, trainSet, validationSet, Device.cpu());
    }

    /**
     * Goes on with a run.
     *
     * @throws IllegalArgumentException if the data are not those that the run began with
     */
    public static Trainer resume(RunDirectory directory, Dataset trainSet, Dataset validationSet, Device device) {
        RunDirectory.Run run = directory.read();
        Provenance.requireSameData(run.provenance(), trainSet, validationSet);
        return new Trainer(directory, run, trainSet, validationSet, device);
    }

    /**
     * Measures the operations of some steps of {@link #train}: ten after the first twelve, or fewer of a run that is shorter. Nothing
     * else changes, but for the time of these steps.
     */
    public Trainer profiled() {
        long stepsToCome = (long) run.options().epochs() * stepsPerEpoch;
        profile = new StepProfile(model, (int) Math.min(WARM_UP_STEPS, stepsToCome - 1), PROFILED_STEPS);
        return this;
    }

    /** What {@link #profiled} measured; nothing if too few steps were made. */
    public Optional<Profile> profile() {
        return profile == null ? Optional.empty() : profile.profile();
    }

    /** The model that is being trained. */
    public DualSuperResolution model() {
        return model;
    }

    /** Trains until all epochs are done or {@code stop} says so, which is asked after every step; see the other {@code train}. */
    public Outcome train(Progress progress, BooleanSupplier stop) throws Exception {
        return train(progress, stop, () -> false);
    }

    /**
     * Trains until all epochs are done or {@code stop} says so, which is asked after every step; the state is then saved in the
     * middle of the epoch. The state is also saved before an epoch is validated, so that the epoch is kept whatever happens then.
     *
     * @param stopValidation asked while an epoch is validated; the run then goes on with that validation
     * @throws IllegalStateException if another process trains in this folder, or if the loss or a weight is no longer finite
     * @throws io.github.dsrl4j.nn.checkpoint.CheckpointException if a file of the run is missing, damaged, or of another run
     */
    public Outcome train(Progress progress, BooleanSupplier stop, BooleanSupplier stopValidation) throws Exception {
        try (var _ = directory.lock()) {
            return trainLocked(progress, stop, stopValidation);
        } finally {
            if (!Files.exists(directory.last())) {
                takeBack.run();
            }
        }
    }

    private Outcome trainLocked(Progress progress, BooleanSupplier stop, BooleanSupplier stopValidation)
            throws Exception {
        StateFile.Content restored = directory.restore(run, model, optimizer);
        TrainingState state = restored.state();
        metrics = restored.metrics();
        TrainingOptions options = run.options();
        try (var loader = new DataLoader<>(
                trainSet.size(), options.batchSize(), true, true, options.seed(), WORKERS, examples())) {
            while (state.epoch() < options.epochs()) {
                state = trainEpoch(loader, state, progress, stop);
                directory.save(run, model, optimizer, state, metrics);
                if (state.step() == stepsPerEpoch) {
                    state = validate(state, new StoppableProgress(progress, stopValidation));
                }
                if (state.step() > 0) {
                    return new Outcome(false, state.epoch(), state.step());
                }
            }
        }
        return new Outcome(true, state.epoch(), 0);
    }

    private SampleSource<Example> examples() {
        int height = run.model().inputHeight();
        int width = run.model().inputWidth();
        return (index, random) -> Example.of(augmentation.apply(trainSet.get(index), random), height, width);
    }

    private static Augmentation augmentation(TrainingOptions.Data data, int width, int height, ClassSet classes) {
        Augmentation standard =
                Augmentation.standard(width, height, classes).withScale(data.scaleMin(), data.scaleMax());
        return data.colorJitter() ? standard : standard.withJitter(ColorJitter.NONE);
    }

    /** The rest of an epoch: to its end, or to a stop. */
    private TrainingState trainEpoch(
            DataLoader<Example> loader, TrainingState begin, Progress progress, BooleanSupplier stop) throws Exception {
        TrainingState state = begin;
        model.train();
        progress.begin(
                "epoch %d/%d".formatted(state.epoch() + 1, run.options().epochs()),
                (stepsPerEpoch - state.step()) * run.options().batchSize());
        long start = System.nanoTime();
        for (List<Example> examples : loader.epoch(state.epoch(), state.step())) {
            double rate = schedule.rate(
                    (long) state.epoch() * stepsPerEpoch + state.step(),
                    (long) run.options().epochs() * stepsPerEpoch);
            StepLosses losses = state.losses().plus(watched(() -> memory.run(() -> step(examples, rate))));
            double seconds = begin.seconds() + (System.nanoTime() - start) * 1e-9;
            state = new TrainingState(state.epoch(), state.step() + 1, losses, seconds, state.bestIou());
            progress.advance(examples.size(), losses.total() / state.step());
            if (state.step() < stepsPerEpoch && stop.getAsBoolean()) {
                break;
            }
        }
        progress.end();
        return state;
    }

    private StepLosses watched(ScopedValue.CallableOp<StepLosses, Exception> step) throws Exception {
        return profile == null ? step.call() : profile.step(step);
    }

    private StepLosses step(List<Example> examples, double rate) {
        Batch batch = Batch.of(
                examples,
                run.model().inputHeight(),
                run.model().inputWidth(),
                run.model().options().variant().factor());
        // Labels are checked before they are moved.
        DsrlLoss.Terms terms = loss.of(
                model.train(Variable.of(batch.input().to(device))),
                batch.labels(),
                run.model().options().variant().superResolvesImage()
                        ? batch.large().to(device)
                        : batch.large());
        StepLosses losses = StepLosses.of(terms);
        if (!Double.isFinite(losses.total())) {
            throw new IllegalStateException(
                    "training: the loss became %s; try a lower --learning-rate".formatted(losses.total()));
        }
        model.clearGradients();
        terms.total().backward();
        if (run.options().optimisation().clipNorm() > 0) {
            GradientClipping.clipNorm(
                    model.parameters(), run.options().optimisation().clipNorm());
        }
        optimizer.step(rate);
        return losses;
    }

    /** Scores the model after an epoch's last step and finishes the epoch; or leaves it as it is, if told to stop. */
    private TrainingState validate(TrainingState state, Progress progress) throws Exception {
        Evaluation evaluation;
        try {
            evaluation = evaluate(progress);
        } catch (CancellationException e) {
            return state;
        }
        double iou = evaluation.fullResolution().meanIou();
        boolean best = !(iou <= state.bestIou());
        if (best) {
            var provenance = new LinkedHashMap<>(run.provenance());
            provenance.put("epoch", state.epoch() + 1);
            provenance.put("validation_miou", iou);
            ModelFile.write(directory.best(), run.model(), model, provenance);
        }
        double rate = schedule.rate(
                (long) state.epoch() * stepsPerEpoch, (long) run.options().epochs() * stepsPerEpoch);
        metrics = EpochMetrics.of(state, stepsPerEpoch * run.options().batchSize(), rate, evaluation);
        var next = new TrainingState(state.epoch() + 1, 0, StepLosses.ZERO, 0, best ? iou : state.bestIou());
        // With the metrics, so that they are written later if this is the last that is written now.
        directory.save(run, model, optimizer, next, metrics);
        directory.append(metrics);
        progress.epoch(metrics);
        return next;
    }

    private Evaluation evaluate(Progress progress) throws Exception {
        var evaluator = new Evaluator(
                validationSet,
                run.model().inputHeight(),
                run.model().inputWidth(),
                run.options().batchSize(),
                memory);
        return evaluator.evaluate(model, run.model().options().variant().superResolvesImage(), progress);
    }
}
