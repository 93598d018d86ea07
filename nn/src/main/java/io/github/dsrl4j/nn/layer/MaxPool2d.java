package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.nn.Layer;

/** The largest value of each window. */
public final class MaxPool2d extends Layer {
    private final PoolingOptions options;

    public MaxPool2d(PoolingOptions options) {
        this.options = options;
    }

    @Override
    protected Variable forward(Variable x) {
        return x.maxPool2d(options);
    }
}
