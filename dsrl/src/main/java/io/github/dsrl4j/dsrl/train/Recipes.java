package io.github.dsrl4j.dsrl.train;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.dataset.Dataset;
import io.github.dsrl4j.nn.loss.ClassFrequencies;
import io.github.dsrl4j.nn.optim.Adam;
import io.github.dsrl4j.nn.optim.AdamW;
import io.github.dsrl4j.nn.optim.Optimizer;
import io.github.dsrl4j.nn.optim.ParameterGroup;
import io.github.dsrl4j.nn.optim.Schedule;
import io.github.dsrl4j.nn.optim.Sgd;
import io.github.dsrl4j.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The parts of a training recipe by the names that users choose them by. */
final class Recipes {
    private static final double MOMENTUM = 0.9;
    private static final double POLY_POWER = 0.9;

    private Recipes() {}

    /** The optimiser; normalisation, slopes and biases (parameters of rank 1) are not decayed. */
    static Optimizer optimizer(TrainingOptions.Optimisation options, Map<String, Variable> parameters) {
        ParameterGroup all = ParameterGroup.of(parameters);
        var groups = List.of(
                all.only((name, parameter) -> parameter.shape().rank() > 1),
                all.only((name, parameter) -> parameter.shape().rank() <= 1).weightDecay(0));
        return switch (options.optimizer()) {
            case "adam" -> new Adam(groups, options.weightDecay());
            case "adamw" -> new AdamW(groups, options.weightDecay());
            case "sgd" -> new Sgd(groups, MOMENTUM, options.weightDecay());
            default ->
                throw new IllegalArgumentException(
                        "optimizer: there is no '" + options.optimizer() + "'; choose adam, adamw or sgd");
        };
    }

    static Schedule schedule(TrainingOptions.Optimisation options, int stepsPerEpoch) {
        Schedule schedule = switch (options.schedule()) {
            case "poly" -> Schedule.poly(options.learningRate(), POLY_POWER);
            case "cosine" -> Schedule.cosine(options.learningRate(), 0);
            case "constant" -> Schedule.constant(options.learningRate());
            default ->
                throw new IllegalArgumentException(
                        "schedule: there is no '" + options.schedule() + "'; choose poly, cosine or constant");
        };
        return schedule.withWarmUp(Math.round(options.warmupEpochs() * stepsPerEpoch), 0.01);
    }

    /** Weights of the classes in the cross entropy from their frequency in the training labels, or null for equal ones. */
    static Tensor classWeights(String kind, Dataset dataset) {
        return classWeights(kind, () -> LabelSurvey.of(dataset));
    }

    /** As above, from frequencies that are only asked for where they are needed. */
    static Tensor classWeights(String kind, Supplier<ClassFrequencies> frequencies) {
        return switch (kind) {
            case "none" -> null;
            case "enet" -> frequencies.get().enetWeights();
            case "median" -> frequencies.get().medianFrequencyWeights();
            default ->
                throw new IllegalArgumentException(
                        "class weights: there are no '" + kind + "'; choose enet, median or none");
        };
    }
}
