package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** {@code max(x, 0)}, element by element. */
public final class Relu extends Layer {
    /** The layer; it has no parameters. */
    public Relu() {}

    @Override
    protected Variable forward(Variable x) {
        return x.relu();
    }
}
