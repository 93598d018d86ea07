package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** {@code tanh(x)}, element by element. */
public final class Tanh extends Layer {
    /** The layer; it has no parameters. */
    public Tanh() {}

    @Override
    protected Variable forward(Variable x) {
        return x.tanh();
    }
}
