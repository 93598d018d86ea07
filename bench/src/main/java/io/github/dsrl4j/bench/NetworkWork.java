package io.github.dsrl4j.bench;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.dsrl.dataset.LabelMap;
import io.github.dsrl4j.dsrl.dataset.Normalization;
import io.github.dsrl4j.dsrl.dataset.Sample;
import io.github.dsrl4j.dsrl.dataset.Split;
import io.github.dsrl4j.dsrl.dataset.Streets;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.report.Cost;
import io.github.dsrl4j.nn.optim.Adam;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * What a whole ESPNetv2 does, on the processor with whatever kernels this Java machine was told to use. Either a training step as the
 * trainer makes it (forward pass of all branches, losses, backward pass, Adam, in step-scoped memory), with the results loss and
 * gradients of all parameters one after the other; or inference, with the logits as result.
 *
 * @param variant which branches there are
 * @param width multiple of the network's channels
 */
record NetworkWork(boolean training, Variant variant, double width, int classes, int batch, int height, int inputWidth)
        implements Work {
    private static final long SEED = 1;
    private static final double RATE = 1e-4;
    private static final double WEIGHT_DECAY = 2e-4;

    @Override
    public String name() {
        return "%s %s, espnetv2 %s, %d x %dx%d"
                .formatted(training ? "training step" : "inference", variant.label(), width, batch, height, inputWidth);
    }

    private ModelDescription description() {
        return new ModelDescription(
                "espnetv2", width, classes, ClassSet.CAMVID, DsrlOptions.of(variant), height, inputWidth);
    }

    /** The multiply-adds of the forward pass, and twice as many of the backward pass. */
    @Override
    public Effort effort() {
        if (!training) {
            return new Effort(2L * batch * Cost.inferenceSummary(description()).multiplyAdds(), 0);
        }
        long macs = Cost.trainingSummary(description()).multiplyAdds();
        if (variant.tiesFeatures()) {
            // The symmetry of the similarity matrices saves half.
            DsrlOptions options = description().options();
            int step = options.affinitySubsampling();
            long positions = (long) (2 * height / step) * (2 * inputWidth / step);
            macs -= positions * positions * (options.transformChannels() + options.imageChannels()) / 2;
        }
        return new Effort(6L * batch * macs, 0);
    }

    /**
     * Rounding errors grow through the layers, and turn the sign of a few activations and similarities, on which gradients depend.
     */
    @Override
    public double tolerance(int result) {
        return result == 0 ? 1e-4 : 1e-2;
    }

    private DualSuperResolution model() {
        DualSuperResolution model = description().forTraining(SEED);
        if (!training) {
            model.eval();
        }
        return model;
    }

    /**
     * Generated street scenes of twice the input's size. On noise, whose averages over large areas hardly differ, batch normalisation
     * would blow up rounding errors a thousandfold.
     */
    private Tensor scenes(Function<Sample, float[]> part, int... dims) {
        Dataset streets = Streets.of(batch, 2 * inputWidth, 2 * height, SEED, Split.TRAIN);
        Tensor tensor = Tensor.empty(Shape.of(dims));
        for (int i = 0; i < batch; i++) {
            tensor.slice(i, i + 1).copyFrom(part.apply(streets.get(i)));
        }
        return tensor;
    }

    private Tensor input() {
        return scenes(scene -> scene.image().halve().toPlanar(Normalization.IMAGENET), batch, 3, height, inputWidth);
    }

    /** Runs operation by operation. */
    Task onProcessor() {
        DualSuperResolution model = model();
        Variable input = Variable.of(input());
        if (training) {
            return steps(model, input);
        }
        Tensor[] logits = new Tensor[1];
        return Task.of(
                () -> logits[0] = Gradients.off(() -> model.apply(input)).value(), () -> List.of(logits[0].toArray()));
    }

    /** Runs compiled for inference. */
    Task planned() {
        Tensor input = input();
        Plan plan = Plan.compile(model(), input.shape());
        Tensor logits = Tensor.empty(plan.output());
        return Task.of(() -> plan.run(input, logits), () -> List.of(logits.toArray()));
    }

    private Task steps(DualSuperResolution model, Variable input) {
        int labelledHeight = variant.factor() * height;
        int labelledWidth = variant.factor() * inputWidth;
        Tensor large =
                scenes(scene -> scene.image().toPlanar(Normalization.IMAGENET), batch, 3, 2 * height, 2 * inputWidth);
        Tensor labels = scenes(
                scene -> ids(scene.labels().resizeNearest(labelledWidth, labelledHeight)),
                batch,
                labelledHeight,
                labelledWidth);
        var loss = new DsrlLoss(model.options(), ClassSet.CAMVID.ignoreIndex(), null);
        var optimizer = new Adam(List.of(ParameterGroup.of(model.parameters())), WEIGHT_DECAY);
        Callable<Float> step = () -> {
            Variable total = loss.of(model.train(input), labels, large).total();
            float value = total.value().item();
            model.clearGradients();
            total.backward();
            optimizer.step(RATE);
            return value;
        };
        var memory = new StepMemory();
        float[] losses = new float[1];
        return Task.of(() -> losses[0] = inMemory(memory, step), () -> List.of(losses, gradients(model)));
    }

    private static float[] ids(LabelMap map) {
        float[] ids = new float[map.labels().length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = map.labels()[i] & 0xff;
        }
        return ids;
    }

    private static float inMemory(StepMemory memory, Callable<Float> step) {
        try {
            return memory.run(step);
        } catch (Exception e) {
            throw new IllegalStateException("training step: " + e, e);
        }
    }

    private static float[] gradients(DualSuperResolution model) {
        float[] gradients = new float[Math.toIntExact(model.parameterCount())];
        int at = 0;
        for (Variable parameter : model.parameters().values()) {
            if (parameter.hasGradient()) {
                System.arraycopy(
                        parameter.gradient().toArray(),
                        0,
                        gradients,
                        at,
                        parameter.shape().size());
            }
            at += parameter.shape().size();
        }
        return gradients;
    }
}
