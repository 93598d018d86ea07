package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Init;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import java.util.random.RandomGenerator;

/** {@code y = x weight^T + bias} with learnt {@code weight} {@code [out, in]} and {@code bias} {@code [out]}. */
public final class Linear extends Layer {
    private final Variable weight;
    private final Variable bias;

    public Linear(RandomGenerator random, int inFeatures, int outFeatures) {
        LayerChecks.positive("linear", "input features", inFeatures);
        LayerChecks.positive("linear", "output features", outFeatures);
        Shape shape = Shape.of(outFeatures, inFeatures);
        this.weight = parameter("weight", Init.defaultWeight(random, shape));
        this.bias = parameter("bias", Init.defaultBias(random, shape, outFeatures));
    }

    @Override
    protected Variable forward(Variable x) {
        return x.linear(weight, bias);
    }

    public Variable weight() {
        return weight;
    }

    public Variable bias() {
        return bias;
    }
}
