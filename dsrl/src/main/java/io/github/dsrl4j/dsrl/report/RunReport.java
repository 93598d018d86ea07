package io.github.dsrl4j.dsrl.report;

import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.train.Evaluation;
import io.github.dsrl4j.dsrl.train.Evaluator;
import io.github.dsrl4j.dsrl.train.Progress;
import io.github.dsrl4j.dsrl.train.RunDirectory;
import java.util.List;

/** The page about one run. */
public final class RunReport {
    private static final int BATCH = 8;

    private RunReport() {}

    /**
     * Evaluates the model as the last epoch left it, and writes {@link RunDirectory#report}.
     *
     * @param model with all branches of its variant
     * @param validationSet the images that the run was validated on
     * @param command that trains such a run again
     */
    public static void write(
            RunDirectory directory, DualSuperResolution model, Dataset validationSet, String command, Progress progress)
            throws Exception {
        RunDirectory.Run run = directory.read();
        ReportedModel reported = evaluate(directory, model, validationSet, progress);
        ModelDescription description = run.model();
        String title = "%s %s, %s, on %s"
                .formatted(
                        description.network(),
                        description.width(),
                        description.options().variant().label(),
                        run.options().data().dataset());
        int factor = description.options().variant().factor();
        String lead =
                "The network after %d epochs of training, labelling pictures of %d × %d at %d × %d that it was not trained on."
                        .formatted(
                                reported.metrics().size(),
                                description.inputWidth(),
                                description.inputHeight(),
                                factor * description.inputWidth(),
                                factor * description.inputHeight());
        new Report("Training run", title, lead, command, List.of(reported), validationSet).write(directory.report());
    }

    /** What a report shows of a run: its model as it is now, scored on {@code dataset}. */
    public static ReportedModel evaluate(
            RunDirectory directory, DualSuperResolution model, Dataset dataset, Progress progress) throws Exception {
        RunDirectory.Run run = directory.read();
        Evaluation evaluation = new Evaluator(
                        dataset, run.model().inputHeight(), run.model().inputWidth(), BATCH)
                .evaluate(model, run.model().options().variant().superResolvesImage(), progress);
        return new ReportedModel(run, directory.metrics(), model, evaluation);
    }
}
