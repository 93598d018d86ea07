package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.nn.Layer;

/** The average of each window. */
public final class AveragePool2d extends Layer {
    private final PoolingOptions options;
    private final boolean countIncludePad;

    /** Padding counts as zeros, which is PyTorch's default. */
    public AveragePool2d(PoolingOptions options) {
        this(options, true);
    }

    /** @param countIncludePad whether a window at the border divides by its full area or by the part inside the image */
    public AveragePool2d(PoolingOptions options, boolean countIncludePad) {
        this.options = options;
        this.countIncludePad = countIncludePad;
    }

    @Override
    protected Variable forward(Variable x) {
        return x.averagePool2d(options, countIncludePad);
    }
}
