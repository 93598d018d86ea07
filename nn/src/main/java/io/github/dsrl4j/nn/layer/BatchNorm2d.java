package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Batch normalisation of {@code [N, C, H, W]} per channel (Ioffe and Szegedy, 2015):
 * {@link io.github.dsrl4j.autograd.op.BatchNorm} with learnt {@code weight} (1) and {@code bias} (0). In training the batch's
 * own statistics are used and the buffers {@code running_mean} (0) and {@code running_var} (1) follow them,
 * {@code running = (1 - momentum) running + momentum batch}, and {@code num_batches_tracked} counts; at inference the running
 * statistics are used.
 */
public final class BatchNorm2d extends Layer {
    public static final float DEFAULT_MOMENTUM = 0.1f;
    public static final float DEFAULT_EPSILON = 1e-5f;

    private final float momentum;
    private final float epsilon;
    private final Variable weight;
    private final Variable bias;
    private final Tensor runningMean;
    private final Tensor runningVariance;
    private final Tensor batchesTracked;

    public BatchNorm2d(int channels) {
        this(channels, DEFAULT_MOMENTUM, DEFAULT_EPSILON);
    }

    public BatchNorm2d(int channels, float momentum, float epsilon) {
        LayerChecks.positive("batchNorm2d", "channels", channels);
        this.momentum = momentum;
        this.epsilon = epsilon;
        Shape shape = Shape.of(channels);
        this.weight = parameter("weight", Tensor.full(shape, 1));
        this.bias = parameter("bias", Tensor.zeros(shape));
        this.runningMean = buffer("running_mean", Tensor.zeros(shape));
        this.runningVariance = buffer("running_var", Tensor.full(shape, 1));
        this.batchesTracked = buffer("num_batches_tracked", Tensor.scalar(0));
    }

    @Override
    protected Variable forward(Variable x) {
        Variable y = x.batchNorm(weight, bias, runningMean, runningVariance, training(), momentum, epsilon);
        if (training()) {
            batchesTracked.copyFrom(new float[] {batchesTracked.item() + 1});
        }
        return y;
    }

    public Variable weight() {
        return weight;
    }

    public Variable bias() {
        return bias;
    }

    public Tensor runningMean() {
        return runningMean;
    }

    public Tensor runningVariance() {
        return runningVariance;
    }

    public float epsilon() {
        return epsilon;
    }

    public float momentum() {
        return momentum;
    }
}
