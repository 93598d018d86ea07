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
import io.github.dsrl4j.nn.optim.Optimizer;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.nn.optim.Sgd;
import io.github.dsrl4j.nn.plan.Plan;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * What a whole ESPNetv2 does, on the processor with whatever kernels this Java machine was told to use.
 *
 * @param variant which branches there are
 * @param width multiple of the network's channels
 */
public record NetworkWork(Duty duty, Variant variant, double width, int classes, int batch, int height, int inputWidth)
        implements Work {
    /** Of the optimisers. */
    public static final double RATE = 1e-4;

    /** The class id of pixels that do not count. */
    public static final int IGNORED = ClassSet.CAMVID.ignoreIndex();

    /** Of the image at which networks are compared. */
    private static final int HEIGHT = 256;

    private static final int WIDTH = 512;
    private static final double WEIGHT_DECAY = 2e-4;
    private static final long SEED = 1;

    /** What it does. */
    public enum Duty {
        /** The forward pass without gradients. Result: the logits. */
        INFERENCE("inference"),
        /**
         * A training step as the trainer makes it: forward pass of all branches, losses, backward pass, Adam, in step-scoped memory.
         * Results: the loss, and the gradients of all parameters one after the other.
         */
        TRAINING("training step"),
        /** The same with gradient descent without momentum or decay, for comparison with others. */
        DESCENT("sgd step");

        private final String label;

        Duty(String label) {
            this.label = label;
        }
    }

    @Override
    public String name() {
        return "%s %s, espnetv2 %s, %d x %dx%d"
                .formatted(duty.label, variant.label(), width, batch, height, inputWidth);
    }

    /** Whether it is inference of more pixels than those of the one image at which networks are compared. */
    boolean isLarger() {
        return duty == Duty.INFERENCE && batch * height * inputWidth > HEIGHT * WIDTH;
    }

    private boolean training() {
        return duty != Duty.INFERENCE;
    }

    private ModelDescription description() {
        return new ModelDescription(
                "espnetv2", width, classes, ClassSet.CAMVID, DsrlOptions.of(variant), height, inputWidth);
    }

    /** The multiply-adds of the forward pass, and twice as many of the backward pass. */
    @Override
    public Effort effort() {
        if (!training()) {
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
     * A rounding error can turn the sign of an activation, on which the gradients depend: changing the last bit of the input changes
     * them by 2e-3 of their norm.
     */
    @Override
    public double tolerance(int result) {
        return result == 0 ? 1e-4 : 1e-2;
    }

    /** The network, with the same weights each time. */
    public DualSuperResolution model() {
        DualSuperResolution model = description().forTraining(SEED);
        if (!training()) {
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

    /** Images {@code [N, 3, H, W]}; larger inputs repeat a small one, which would take longer to draw than to work on. */
    public Tensor input() {
        if (isLarger()) {
            return tiles(with(1, HEIGHT, WIDTH).input());
        }
        return scenes(scene -> scene.image().halve().toPlanar(Normalization.IMAGENET), batch, 3, height, inputWidth);
    }

    private NetworkWork with(int otherBatch, int otherHeight, int otherWidth) {
        return new NetworkWork(duty, variant, width, classes, otherBatch, otherHeight, otherWidth);
    }

    /** An image again and again, side by side and in every place of the batch. */
    private Tensor tiles(Tensor image) {
        float[] tile = image.toArray();
        float[] tiles = new float[batch * 3 * height * inputWidth];
        for (int i = 0; i < tiles.length; i++) {
            int x = i % inputWidth % WIDTH;
            int y = i / inputWidth % height % HEIGHT;
            int channel = i / inputWidth / height % 3;
            tiles[i] = tile[(channel * HEIGHT + y) * WIDTH + x];
        }
        return Tensor.of(Shape.of(batch, 3, height, inputWidth), tiles);
    }

    /** Runs operation by operation; of several images that are the same, one. */
    Task specified() {
        if (!isLarger() || batch == 1) {
            return onProcessor();
        }
        Task one = with(1, height, inputWidth).onProcessor();
        return Task.of(one::run, () -> {
            float[] logits = one.results().getFirst();
            float[] all = new float[batch * logits.length];
            for (int i = 0; i < batch; i++) {
                System.arraycopy(logits, 0, all, i * logits.length, logits.length);
            }
            return List.of(all);
        });
    }

    /** Class ids of the pixels that are scored. */
    public Tensor labels() {
        int labelledHeight = variant.factor() * height;
        int labelledWidth = variant.factor() * inputWidth;
        return scenes(
                scene -> ids(scene.labels().resizeNearest(labelledWidth, labelledHeight)),
                batch,
                labelledHeight,
                labelledWidth);
    }

    /** Runs operation by operation. */
    Task onProcessor() {
        DualSuperResolution model = model();
        Variable input = Variable.of(input());
        if (training()) {
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
        Tensor large =
                scenes(scene -> scene.image().toPlanar(Normalization.IMAGENET), batch, 3, 2 * height, 2 * inputWidth);
        Tensor labels = labels();
        var loss = new DsrlLoss(model.options(), IGNORED, null);
        var groups = List.of(ParameterGroup.of(model.parameters()));
        Optimizer optimizer = duty == Duty.DESCENT ? new Sgd(groups, 0, 0) : new Adam(groups, WEIGHT_DECAY);
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
