package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.BatchNormPrelu;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.ModuleObserver;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

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
        this.batchesTracked = counter("num_batches_tracked");
    }

    @Override
    protected Variable forward(Variable x) {
        Variable y = x.batchNorm(weight, bias, runningMean, runningVariance, training(), momentum, epsilon);
        if (training()) {
            countBatch();
        }
        return y;
    }

    private void countBatch() {
        batchesTracked.copyFrom(new float[] {batchesTracked.item() + 1});
    }

    /** This layer and then {@code activation}, of the channels of all parts together; in training as one operation. */
    public Variable applyActivated(PRelu activation, Variable... parts) {
        if (!fusesWith(activation)) {
            return activation.apply(apply(parts.length == 1 ? parts[0] : Variable.concat(1, parts)));
        }
        return fused(activation, null, parts);
    }

    /** As {@link #applyActivated}, and then {@code shuffle}; in training as one operation. */
    public Variable applyActivatedAndShuffled(PRelu activation, ChannelShuffle shuffle, Variable... parts) {
        if (!fusesWith(activation)) {
            return shuffle.apply(applyActivated(activation, parts));
        }
        return fused(activation, shuffle, parts);
    }

    /**
     * This layer, the sum with {@code residual}, of whose parts the channels follow each other, and then {@code activation}; in training
     * as one operation.
     */
    public Variable applyAddedAndActivated(PRelu activation, Variable x, Variable... residual) {
        if (!fusesWith(activation)) {
            return activation.apply(apply(x).plus(residual.length == 1 ? residual[0] : Variable.concat(1, residual)));
        }
        return fused(activation, null, new Variable[] {x}, residual);
    }

    private boolean fusesWith(PRelu activation) {
        return training() && activation.weight().shape().equals(weight.shape());
    }

    private Variable fused(PRelu activation, ChannelShuffle shuffle, Variable[] x, Variable... residual) {
        ModuleObserver observer = ModuleObserver.current();
        if (observer != null) {
            observer.enter(this);
        }
        var inputs = new ArrayList<>(List.of(x));
        inputs.addAll(List.of(weight, bias, activation.weight()));
        inputs.addAll(List.of(residual));
        int groups = shuffle == null ? 1 : shuffle.groups();
        Variable y = Variable.apply(
                new BatchNormPrelu(runningMean, runningVariance, momentum, epsilon, x.length, groups),
                inputs.toArray(Variable[]::new));
        countBatch();
        if (observer != null) {
            observer.exit(this, y);
            observer.enter(activation);
            observer.exit(activation, y);
            if (shuffle != null) {
                observer.enter(shuffle);
                observer.exit(shuffle, y);
            }
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
