package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlOutput;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.inference.Predictions;
import io.github.dsrl4j.dsrl.metric.ConfusionMatrix;
import io.github.dsrl4j.dsrl.metric.ImageQuality;
import io.github.dsrl4j.nn.data.DataLoader;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Runs a model over a data set and scores its predictions. */
public final class Evaluator {
    private static final int WORKERS = 2;

    private final Dataset dataset;
    private final int inputHeight;
    private final int inputWidth;
    private final int batchSize;
    private final StepMemory memory;

    /** For inputs of the given size, read in batches that bound the memory but do not change the result. */
    public Evaluator(Dataset dataset, int inputHeight, int inputWidth, int batchSize) {
        this(dataset, inputHeight, inputWidth, batchSize, new StepMemory());
    }

    /** As above, in memory that other steps use at other times. */
    Evaluator(Dataset dataset, int inputHeight, int inputWidth, int batchSize, StepMemory memory) {
        this.memory = memory;
        this.dataset = dataset;
        this.inputHeight = inputHeight;
        this.inputWidth = inputWidth;
        this.batchSize = batchSize;
    }

    /**
     * Compiles the model as it is now and scores it, image by image.
     *
     * @param imageBranch whether the super-resolved image is scored, too; the model must have been made for training
     */
    public Evaluation evaluate(DualSuperResolution model, boolean imageBranch, Progress progress) throws Exception {
        Plan plan = Plan.compileAll(
                model, Shape.of(1, 3, inputHeight, inputWidth), input -> results(model, imageBranch, input));
        var tally = new Tally(dataset.classes());
        progress.begin("evaluate " + dataset.name(), dataset.size());
        try (var loader = new DataLoader<>(
                dataset.size(),
                batchSize,
                false,
                false,
                0,
                WORKERS,
                (index, random) -> Example.of(dataset.get(index), inputHeight, inputWidth))) {
            for (List<Example> examples : loader.epoch(0, 0)) {
                memory.run(() -> score(plan, model.device(), examples, tally));
                progress.advance(examples.size(), Double.NaN);
            }
        } finally {
            progress.end();
        }
        return tally.result();
    }

    private static List<Variable> results(DualSuperResolution model, boolean imageBranch, Variable input) {
        if (!imageBranch) {
            return List.of(model.apply(input));
        }
        DsrlOutput output = model.train(input);
        return List.of(output.segmentation(), output.image());
    }

    private Void score(Plan plan, Device device, List<Example> examples, Tally tally) {
        Tensor input = Batch.inputs(examples, inputHeight, inputWidth).to(device);
        for (int i = 0; i < examples.size(); i++) {
            long start = System.nanoTime();
            List<Tensor> results = plan.runAll(input.slice(i, i + 1));
            tally.nanoseconds += System.nanoTime() - start;
            Example example = examples.get(i);
            tally.add(
                    example,
                    Predictions.of(results.getFirst(), dataset.classes().count())
                            .getFirst());
            if (results.size() > 1) {
                tally.addImage(example, results.getLast(), 2 * inputHeight, 2 * inputWidth);
            }
        }
        return null;
    }

    /** The running sums of one evaluation. */
    private static final class Tally {
        private final ClassSet classes;
        private final List<ImageScore> perImage = new ArrayList<>();
        private final ConfusionMatrix full;
        private final ConfusionMatrix reduced;
        private int images;
        private long nanoseconds;
        private double psnr;
        private double ssim;
        private int superResolved;

        Tally(ClassSet classes) {
            this.classes = classes;
            full = new ConfusionMatrix(classes.count(), classes.ignoreIndex());
            reduced = new ConfusionMatrix(classes.count(), classes.ignoreIndex());
        }

        void add(Example example, LabelMap prediction) {
            LabelMap truth = example.labels();
            var one = new ConfusionMatrix(classes.count(), classes.ignoreIndex());
            count(one, truth, prediction.resizeNearest(truth.width(), truth.height()));
            full.add(one);
            perImage.add(new ImageScore(example.name(), one.meanIou(), one.pixelAccuracy()));
            count(reduced, truth.resizeNearest(prediction.width(), prediction.height()), prediction);
            images++;
        }

        private static void count(ConfusionMatrix matrix, LabelMap truth, LabelMap prediction) {
            byte[] expected = truth.labels();
            byte[] actual = prediction.labels();
            for (int i = 0; i < expected.length; i++) {
                matrix.add(expected[i] & 0xff, actual[i] & 0xff);
            }
        }

        void addImage(Example example, Tensor image, int height, int width) {
            float[] actual = pixels(image.toArray());
            float[] expected = pixels(example.large());
            psnr += ImageQuality.psnr(actual, expected);
            ssim += ImageQuality.ssim(actual, expected, 3, height, width);
            superResolved++;
        }

        /** Normalised channels back to values in [0, 1]. */
        private static float[] pixels(float[] normalised) {
            float[] mean = Normalization.IMAGENET.mean();
            float[] std = Normalization.IMAGENET.std();
            float[] values = new float[normalised.length];
            int area = normalised.length / 3;
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.clamp(normalised[i] * std[i / area] + mean[i / area], 0f, 1f);
            }
            return values;
        }

        Evaluation result() {
            return new Evaluation(
                    full,
                    reduced,
                    images,
                    images * 1e9 / nanoseconds,
                    psnr / superResolved,
                    ssim / superResolved,
                    perImage);
        }
    }
}
