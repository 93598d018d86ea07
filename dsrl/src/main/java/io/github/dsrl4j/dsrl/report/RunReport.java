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
     */
    public static void write(
            RunDirectory directory, DualSuperResolution model, Dataset validationSet, Progress progress) throws Exception {
        RunDirectory.Run run = directory.read();
        ReportedModel reported = evaluate(directory, model, validationSet, progress);
        ModelDescription description = run.model();
        String title = "%s %s, %s, on %s"
                .formatted(
                        description.network(),
                        description.width(),
                        description.options().variant().label(),
                        run.options().data().dataset());
        String lead = "The network after %d epochs of training, shown on images of %s that it was not trained on."
                .formatted(reported.metrics().size(), validationSet.name());
        new Report("Training run", title, lead, "dsrl train --resume --out " + directory.folder(), List.of(reported), validationSet)
                .write(directory.report());
    }

    /** What a report shows of a run: its model as it is now, scored on {@code dataset}. */
    public static ReportedModel evaluate(
            RunDirectory directory, DualSuperResolution model, Dataset dataset, Progress progress) throws Exception {
        RunDirectory.Run run = directory.read();
        Evaluation evaluation = new Evaluator(dataset, run.model().inputHeight(), run.model().inputWidth(), BATCH)
                .evaluate(model, run.model().options().variant().superResolvesImage(), progress);
        return new ReportedModel(run, directory.metrics(), model, evaluation);
    }
}
