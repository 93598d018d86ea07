package io.github.dsrl4j.autograd.op;

import static io.github.dsrl4j.autograd.op.Places.place;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Normalization;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation.Channels;
import java.util.List;

/**
 * Batch normalisation: per channel, over batch and area.
 *
 * <pre>
 * y = (x - mean) / sqrt(var + epsilon) weight + bias
 * </pre>
 *
 * Inputs: x {@code [N, C, ...]}, weight {@code [C]}, bias {@code [C]}. Output: the shape of x. In training, mean and
 * variance (biased) are those of the batch, and the running ones are updated in place,
 * {@code running = (1 - momentum) running + momentum batch}, the variance with the unbiased estimate {@code n / (n - 1) var} of
 * the {@code n} values of a channel; otherwise the running ones are used. Cost: no multiply-adds, two passes. Backward:
 * {@code dx = weight / sqrt(var + epsilon) (dy - mean(dy) - z mean(dy z))} in training, where
 * {@code z = (x - mean) / sqrt(var + epsilon)}, else {@code dx = dy weight / sqrt(var + epsilon)}; {@code dweight = sum dy z},
 * {@code dbias = sum dy}; keeps x, weight, and the statistics. Source: Ioffe and Szegedy, Batch Normalization, ICML 2015.
 */
public record BatchNorm(Tensor runningMean, Tensor runningVariance, boolean training, float momentum, float epsilon)
        implements Operation {
    public BatchNorm {
        check("batchNorm", momentum, epsilon);
    }

    static void check(String operation, float momentum, float epsilon) {
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(operation + ": momentum must lie between 0 and 1, not " + momentum);
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException(operation + ": epsilon must be positive, not " + epsilon);
        }
    }

    @Override
    public String name() {
        return "batchNorm";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Tensor x = inputs[0];
        Tensor weight = inputs[1];
        Tensor bias = inputs[2];
        Normalization.Geometry g = check(x, weight.shape(), bias.shape());
        Tensor y = Tensor.empty(x.device(), x.shape());
        if (training) {
            Tensor mean = Tensor.empty(x.device(), Shape.of(g.channels()));
            Tensor variance = Tensor.empty(x.device(), Shape.of(g.channels()));
            normalizeByBatch(g, x, weight, bias, mean, variance, y);
            updateRunning(g, momentum, runningMean, mean, runningVariance, variance);
            saved.keep(x, weight);
            saved.keepOwn(mean, variance);
            saved.keep(bias);
        } else {
            normalizeByRunning(g, x, weight, bias, y);
            saved.keep(x, weight, runningMean, runningVariance);
        }
        return y;
    }

    /** Statistics and result in one go, where the kernels can. */
    private void normalizeByBatch(
            Normalization.Geometry g, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor variance, Tensor y) {
        NormalizedActivation kernel = x.device().kernels().normalizedActivation();
        int length = kernel.workingMemory(g, 1);
        Tensor work = length == 0 ? null : Tensor.empty(x.device(), Shape.of(length));
        kernel.forward(
                g,
                epsilon,
                List.of(Channels.of(x.array(), x.offset(), g.channels(), g.area())),
                place(weight),
                place(bias),
                null,
                null,
                place(mean),
                place(variance),
                List.of(Channels.of(y.array(), y.offset(), g.channels(), g.area())),
                place(work));
        if (work != null) {
            Sums.giveBack(work);
        }
    }

    private void normalizeByRunning(Normalization.Geometry g, Tensor x, Tensor weight, Tensor bias, Tensor y) {
        x.device()
                .kernels()
                .normalization()
                .forward(
                        g,
                        epsilon,
                        x.array(),
                        x.offset(),
                        runningMean.array(),
                        runningMean.offset(),
                        runningVariance.array(),
                        runningVariance.offset(),
                        weight.array(),
                        weight.offset(),
                        bias.array(),
                        bias.offset(),
                        y.array(),
                        y.offset());
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        Tensor x = saved.tensor(0);
        Tensor weight = saved.tensor(1);
        Tensor mean = saved.tensor(2);
        Tensor variance = saved.tensor(3);
        Tensor dweight = Tensor.empty(x.device(), weight.shape());
        Tensor dbias = Tensor.empty(x.device(), weight.shape());
        Normalization.Geometry g = geometry(name(), x.shape());
        if (training && x.device().kernels().normalizedActivation().workingMemory(g, 1) == 0) {
            Tensor dx = Gradient.inPlaceOf(dy);
            backwardInPlace(g, x, weight, saved.tensor(4), mean, variance, dy, dx, dweight, dbias);
            return new Tensor[] {dx, dweight, dbias};
        }
        Tensor dx = Tensor.empty(x.device(), x.shape());
        x.device()
                .kernels()
                .normalization()
                .backward(
                        g,
                        training,
                        epsilon,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        dy.array(),
                        dy.offset(),
                        dx.array(),
                        dx.offset(),
                        dweight.array(),
                        dweight.offset(),
                        dbias.array(),
                        dbias.offset());
        return new Tensor[] {dx, dweight, dbias};
    }

    /** By the kernel that allows dx to be on the memory of dy. */
    private void backwardInPlace(
            Normalization.Geometry g,
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor mean,
            Tensor variance,
            Tensor dy,
            Tensor dx,
            Tensor dweight,
            Tensor dbias) {
        x.device()
                .kernels()
                .normalizedActivation()
                .backward(
                        g,
                        epsilon,
                        List.of(Channels.of(x.array(), x.offset(), g.channels(), g.area())),
                        place(mean),
                        place(variance),
                        place(weight),
                        place(bias),
                        null,
                        null,
                        List.of(Channels.of(dy.array(), dy.offset(), g.channels(), g.area())),
                        List.of(Channels.of(dx.array(), dx.offset(), g.channels(), g.area())),
                        null,
                        place(dweight),
                        place(dbias),
                        null,
                        null);
    }

    /** Moves the running statistics towards those of a batch. */
    static void updateRunning(
            Normalization.Geometry g,
            float momentum,
            Tensor runningMean,
            Tensor mean,
            Tensor runningVariance,
            Tensor variance) {
        long n = (long) g.batch() * g.area();
        mean.device()
                .kernels()
                .normalization()
                .follow(
                        g.channels(),
                        momentum,
                        (float) ((double) n / (n - 1)),
                        place(mean),
                        place(variance),
                        place(runningMean),
                        place(runningVariance));
        runningMean.markModified();
        runningVariance.markModified();
    }

    private Normalization.Geometry check(Tensor x, Shape weight, Shape bias) {
        Normalization.Geometry g = geometry(name(), x.shape());
        Checks.perChannel(name(), "weight", weight, g.channels());
        Checks.perChannel(name(), "bias", bias, g.channels());
        checkRunning(name(), x, g, runningMean, runningVariance);
        if (training) {
            checkCount(name(), x.shape(), g);
        }
        return g;
    }

    static void checkRunning(
            String operation, Tensor x, Normalization.Geometry g, Tensor runningMean, Tensor runningVariance) {
        Checks.perChannel(operation, "running mean", runningMean.shape(), g.channels());
        Checks.perChannel(operation, "running variance", runningVariance.shape(), g.channels());
        if (!runningMean.device().equals(x.device())
                || !runningVariance.device().equals(x.device())) {
            throw new IllegalArgumentException(
                    operation + ": the running statistics must live where the input lives, on "
                            + x.device().description() + "; move them with Tensor.to");
        }
    }

    static void checkCount(String operation, Shape x, Normalization.Geometry g) {
        if ((long) g.batch() * g.area() < 2) {
            throw new ShapeException(
                    "%s: training needs at least 2 values a channel; input %s has %d (use a larger batch or image, or evaluation mode)"
                            .formatted(operation, x, (long) g.batch() * g.area()));
        }
    }

    static Normalization.Geometry geometry(String operation, Shape x) {
        Checks.rankAtLeast(operation, "input", x, 2, "[N, C, ...]");
        return new Normalization.Geometry(x.dim(0), x.dim(1), x.span(2, x.rank()));
    }
}
