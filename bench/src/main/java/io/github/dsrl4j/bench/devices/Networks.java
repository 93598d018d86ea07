package io.github.dsrl4j.bench.devices;

import io.github.dsrl4j.autograd.Gradients;
import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.bench.devices.Load.Kind;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DsrlOptions;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.Variant;
import io.github.dsrl4j.dsrl.dataset.ClassSet;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.dsrl.report.Cost;
import io.github.dsrl4j.nn.optim.Adam;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Whole networks: what a user waits for. All devices run them operation by operation. */
final class Networks {
    private static final double WIDTH = 0.5;
    private static final int CLASSES = ClassSet.CAMVID.count();
    private static final int BATCH = 4;
    private static final long SEED = 1;
    private static final double RATE = 1e-4;
    private static final double WEIGHT_DECAY = 2e-4;

    /** The first steps are compared; later ones drift apart, as rounding errors decide about the signs of activations. */
    private static final int COMPARED_STEPS = 3;

    private static final double TOLERANCE = 2e-3;

    private Networks() {}

    static List<Load> all(Scale scale) {
        var loads = new ArrayList<Load>();
        for (int height : scale.of(36, 60, 120, 240, 480)) {
            loads.add(inference(height, height * 4 / 3));
        }
        for (int height : scale.of(36, 54, 84, 120, 180)) {
            loads.add(training(height, height * 4 / 3));
        }
        return loads;
    }

    private static ModelDescription description(Variant variant, int height, int width) {
        return new ModelDescription(
                "espnetv2", WIDTH, CLASSES, ClassSet.CAMVID, DsrlOptions.of(variant), height, width);
    }

    private static Load inference(int height, int width) {
        ModelDescription description = description(Variant.SSSR, height, width);
        return new Load(
                "inference, ESPNetv2 s=0.5 with SSSR",
                height + " x " + width,
                (long) height * width,
                () -> 2 * Cost.inferenceSummary(description).multiplyAdds(),
                0,
                TOLERANCE,
                Kind.INFERENCE,
                device -> startInference(description, device));
    }

    private static Load.Running startInference(ModelDescription description, Device device) {
        int height = description.inputHeight();
        int width = description.inputWidth();
        DualSuperResolution model = description.forInference();
        model.eval();
        model.moveTo(device);
        var o = new Operands(device);
        Tensor image = o.input(image(1, height, width, 3)).reshape(1, 3, height, width);
        Tensor logits = o.output(4 * CLASSES * height * width);
        var memory = new StepMemory();
        return o.running(() -> step(memory, () -> {
            Variable result = Gradients.off(() -> model.apply(Variable.of(image)));
            logits.copyFrom(result.value().reshape(logits.shape()));
            return null;
        }));
    }

    private static Load training(int height, int width) {
        ModelDescription description = description(Variant.DSRL, height, width);
        return new Load(
                "training step, DSRL on ESPNetv2 s=0.5, batch " + BATCH,
                height + " x " + width,
                (long) height * width,
                () -> trainingFlops(description),
                0,
                TOLERANCE,
                Kind.TRAINING,
                device -> new Training(description, device));
    }

    /** A backward pass takes twice the forward pass; the symmetry of the similarity matrices saves half of theirs. */
    private static long trainingFlops(ModelDescription description) {
        DsrlOptions options = description.options();
        int step = options.affinitySubsampling();
        long positions = (long) (2 * description.inputHeight() / step) * (2 * description.inputWidth() / step);
        long saved = positions * positions * (options.transformChannels() + options.imageChannels()) / 2;
        return 6L * BATCH * (Cost.trainingSummary(description).multiplyAdds() - saved);
    }

    private static void step(StepMemory memory, Callable<Void> work) {
        try {
            memory.run(work);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waves of several lengths, as normalised images. On noise, batch normalisation would blow rounding errors up. */
    private static float[] image(int batch, int height, int width, int channels) {
        float[] values = new float[batch * channels * height * width];
        int i = 0;
        for (int n = 0; n < batch; n++) {
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        double v = (double) y / height + 0.3 * n;
                        double h = (double) x / width + 0.2 * c;
                        values[i++] = (float) (Math.sin(3 * v + 5 * h * (n + 1))
                                + 0.5 * Math.sin(19 * v - 13 * h + c)
                                + 0.3 * Math.sin(71 * h + 47 * v * (c + 1)));
                    }
                }
            }
        }
        return values;
    }

    private static float[] labels(int height, int width) {
        float[] ids = new float[BATCH * height * width];
        for (int i = 0; i < ids.length; i++) {
            int n = i / (height * width);
            int y = i / width % height;
            int x = i % width;
            ids[i] = (5 * y / height + 7 * x / width + n) % CLASSES;
        }
        return ids;
    }

    /** A training step as the trainer makes it; the results are the first losses. */
    private static final class Training implements Load.Running {
        private final DualSuperResolution model;
        private final DsrlLoss loss;
        private final Adam optimizer;
        private final StepMemory memory = new StepMemory();
        private final List<Float> losses = new ArrayList<>();
        private final List<Tensor> tensors = new ArrayList<>();
        private final List<float[]> hosts = new ArrayList<>();

        Training(ModelDescription description, Device device) {
            int height = description.inputHeight();
            int width = description.inputWidth();
            model = description.forTraining(SEED);
            model.moveTo(device);
            loss = new DsrlLoss(description.options(), ClassSet.CAMVID.ignoreIndex(), null);
            optimizer = new Adam(List.of(ParameterGroup.of(model.parameters())), WEIGHT_DECAY);
            input(device, Shape.of(BATCH, 3, height, width), image(BATCH, height, width, 3));
            input(device, Shape.of(BATCH, 3, 2 * height, 2 * width), image(BATCH, 2 * height, 2 * width, 3));
            input(device, Shape.of(BATCH, 2 * height, 2 * width), labels(2 * height, 2 * width));
        }

        private void input(Device device, Shape shape, float[] host) {
            tensors.add(Tensor.empty(device, shape));
            hosts.add(host);
        }

        @Override
        public void upload() {
            for (int i = 0; i < tensors.size(); i++) {
                float[] host = hosts.get(i);
                tensors.get(i).copyFrom(host);
            }
        }

        @Override
        public void run() {
            step(memory, () -> {
                Variable total = loss.of(model.train(Variable.of(tensors.get(0))), tensors.get(2), tensors.get(1))
                        .total();
                float value = total.value().item();
                if (losses.size() < COMPARED_STEPS) {
                    losses.add(value);
                }
                model.clearGradients();
                total.backward();
                optimizer.step(RATE);
                return null;
            });
        }

        @Override
        public float[][] download() {
            float[] first = new float[losses.size()];
            for (int i = 0; i < first.length; i++) {
                first[i] = losses.get(i);
            }
            return new float[][] {first};
        }
    }
}
