package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** {@code 1 / (1 + exp(-x))}, element by element. */
public final class Sigmoid extends Layer {
    /** The layer; it has no parameters. */
    public Sigmoid() {}

    @Override
    protected Variable forward(Variable x) {
        return x.sigmoid();
    }
}
