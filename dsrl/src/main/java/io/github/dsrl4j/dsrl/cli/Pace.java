package io.github.dsrl4j.dsrl.cli;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.DsrlLoss;
import io.github.dsrl4j.dsrl.DualSuperResolution;
import io.github.dsrl4j.dsrl.inference.ModelDescription;
import io.github.dsrl4j.tensor.Device;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.StepMemory;
import io.github.dsrl4j.tensor.Tensor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGeneratorFactory;

/** Measures how fast this machine trains, to plan what fits into a given time. */
final class Pace {
    private Pace() {}

    /**
     * The shortest time of a training step, in seconds, among those that fit into {@code seconds} (one at least): the first ones
     * are slow, as the JVM still compiles.
     */
    static double secondsPerStep(
            ModelDescription description, Device device, int batchSize, double seconds, BooleanSupplier stop)
            throws Exception {
        int height = description.inputHeight();
        int width = description.inputWidth();
        int factor = description.options().variant().factor();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(0);
        DualSuperResolution model = description.forTraining(0);
        model.moveTo(device);
        var loss = new DsrlLoss(description.options(), description.classes().ignoreIndex(), null);
        Tensor input = Tensor.randn(random, batchSize, 3, height, width);
        Tensor large = Tensor.randn(random, batchSize, 3, 2 * height, 2 * width);
        Tensor labels = Tensor.zeros(Shape.of(batchSize, factor * height, factor * width));
        var memory = new StepMemory();
        double best = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        do {
            long start = System.nanoTime();
            memory.run(() -> {
                model.clearGradients();
                loss.of(model.train(Variable.of(input.to(device))), labels, large.to(device))
                        .total()
                        .backward();
                return null;
            });
            best = Math.min(best, secondsSince(start));
        } while (secondsSince(begin) < seconds && !stop.getAsBoolean());
        return best;
    }

    static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) * 1e-9;
    }
}
