package io.github.dsrl4j.bench;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
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
     * Rounding errors grow through the layers, and in training most where batch normalisation divides by a small deviation; they
     * also turn the sign of a few activations and similarities.
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

    private static Tensor images(Inputs inputs, Shape shape) {
        return Tensor.of(shape, inputs.floats(shape.size()));
    }

    private Shape inputShape() {
        return Shape.of(batch, 3, height, inputWidth);
    }

    /** Runs operation by operation. */
    Task onProcessor() {
        var inputs = Inputs.of(this);
        DualSuperResolution model = model();
        Variable image = Variable.of(images(inputs, inputShape()));
        if (training) {
            return steps(model, image, inputs);
        }
        Tensor[] logits = new Tensor[1];
        return Task.of(
                () -> logits[0] = Gradients.off(() -> model.apply(image)).value(), () -> List.of(logits[0].toArray()));
    }

    /** Runs compiled for inference. */
    Task planned() {
        Plan plan = Plan.compile(model(), inputShape());
        float[] image = images(Inputs.of(this), inputShape()).toArray();
        float[] logits = new float[plan.output().size()];
        return Task.of(() -> plan.run(image, logits), () -> List.of(logits));
    }

    private Task steps(DualSuperResolution model, Variable image, Inputs inputs) {
        int factor = variant.factor();
        Tensor large = images(inputs, Shape.of(batch, 3, 2 * height, 2 * inputWidth));
        Shape labelled = Shape.of(batch, factor * height, factor * inputWidth);
        Tensor labels = Tensor.of(labelled, inputs.labels(labelled.size(), classes));
        var loss = new DsrlLoss(model.options(), ClassSet.CAMVID.ignoreIndex(), null);
        var optimizer = new Adam(List.of(ParameterGroup.of(model.parameters())), WEIGHT_DECAY);
        Callable<Float> step = () -> {
            Variable total = loss.of(model.train(image), labels, large).total();
            model.clearGradients();
            total.backward();
            optimizer.step(RATE);
            return total.value().item();
        };
        var memory = new StepMemory();
        float[] value = new float[1];
        return Task.of(() -> value[0] = inMemory(memory, step), () -> List.of(value, gradients(model)));
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
