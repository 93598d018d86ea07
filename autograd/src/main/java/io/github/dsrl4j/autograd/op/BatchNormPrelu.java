package io.github.dsrl4j.autograd.op;

import static io.github.dsrl4j.autograd.op.Places.place;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Concatenation of channels, {@link BatchNorm} in training, a sum, and {@link Prelu} as one operation, which passes over memory once
 * where the four would four times, and keeps no intermediate result.
 *
 * <pre>
 * p = (x - mean) / sqrt(var + epsilon) weight + bias + residual
 * y[n, c, ...] = p where p is positive, else slope[c] p
 * </pre>
 *
 * Inputs: x {@code [N, C, ...]} in {@code parts} parts {@code [N, C_i, ...]}, whose channels follow each other; weight, bias and slope
 * {@code [C]}; and perhaps a residual of the shape of x. Output: the shape of x. Mean and variance (biased) are those of the
 * batch, and the running ones are updated in place as {@link BatchNorm} does. Cost: no multiply-adds, two passes. Backward: with
 * {@code dp = dy} where p is positive, else {@code slope[c] dy}, and {@code z = (x - mean) / sqrt(var + epsilon)}:
 * {@code dx = weight / sqrt(var + epsilon) (dp - mean(dp) - z mean(dp z))}, {@code dweight = sum dp z}, {@code dbias = sum dp},
 * {@code dslope = sum of dy p} where p is not positive, {@code dresidual = dp}; keeps x, weight, bias, slope, the statistics and the
 * residual. Source: as of the operations that it is made of.
 */
public record BatchNormPrelu(Tensor runningMean, Tensor runningVariance, float momentum, float epsilon, int parts)
        implements Operation {
    public BatchNormPrelu {
        BatchNorm.check("batchNormPrelu", momentum, epsilon);
        if (parts < 1) {
            throw new IllegalArgumentException("batchNormPrelu: the input has at least 1 part, not " + parts);
        }
    }

    @Override
    public String name() {
        return "batchNormPrelu";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Shape shape = check(inputs);
        Geometry g = BatchNorm.geometry(name(), shape);
        Tensor first = inputs[0];
        Tensor residual = inputs.length > parts + 3 ? inputs[parts + 3] : null;
        Tensor mean = Tensor.empty(first.device(), Shape.of(g.channels()));
        Tensor variance = Tensor.empty(first.device(), Shape.of(g.channels()));
        Tensor y = Tensor.empty(first.device(), shape);
        NormalizedActivation kernel = first.device().kernels().normalizedActivation();
        Tensor work = work(kernel, g, first);
        kernel.forward(
                g,
                epsilon,
                channels(inputs),
                place(inputs[parts]),
                place(inputs[parts + 1]),
                place(residual),
                place(inputs[parts + 2]),
                place(mean),
                place(variance),
                place(y),
                place(work));
        giveBack(work);
        BatchNorm.updateRunning(g, momentum, runningMean, mean, runningVariance, variance);
        saved.keep(inputs);
        saved.keepOwn(mean, variance);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        int count = saved.inputs();
        Tensor[] inputs = new Tensor[count];
        for (int i = 0; i < count; i++) {
            inputs[i] = saved.tensor(i);
        }
        Geometry g = BatchNorm.geometry(name(), dy.shape());
        boolean hasResidual = count > parts + 3;
        boolean residualNeeded = hasResidual && saved.needed(parts + 3);
        Tensor[] gradients = gradients(dy, inputs, hasResidual, residualNeeded);
        NormalizedActivation kernel = dy.device().kernels().normalizedActivation();
        Tensor work = work(kernel, g, dy);
        kernel.backward(
                g,
                epsilon,
                channels(inputs),
                place(saved.tensor(count)),
                place(saved.tensor(count + 1)),
                place(inputs[parts]),
                place(inputs[parts + 1]),
                hasResidual ? place(inputs[parts + 3]) : null,
                place(inputs[parts + 2]),
                place(dy),
                channels(gradients),
                residualNeeded ? place(gradients[parts + 3]) : null,
                place(gradients[parts]),
                place(gradients[parts + 1]),
                place(gradients[parts + 2]),
                place(work));
        giveBack(work);
        return gradients;
    }

    /** Memory for the gradients: where it can be, that of dy or of x, which nobody reads afterwards. */
    private Tensor[] gradients(Tensor dy, Tensor[] inputs, boolean hasResidual, boolean residualNeeded) {
        Tensor[] gradients = new Tensor[inputs.length];
        if (residualNeeded) {
            gradients[parts + 3] = Gradient.inPlaceOf(dy);
        }
        for (int i = 0; i < parts; i++) {
            if (hasResidual && !residualNeeded) {
                gradients[i] = Tensor.empty(dy.device(), inputs[i].shape());
            } else {
                gradients[i] =
                        parts == 1 && !hasResidual && dy.storage().heldOnce() ? dy : Gradient.overSaved(inputs[i]);
            }
        }
        for (int i = parts; i < parts + 3; i++) {
            gradients[i] = Tensor.empty(dy.device(), inputs[i].shape());
        }
        return gradients;
    }

    private Tensor work(NormalizedActivation kernel, Geometry g, Tensor like) {
        int length = kernel.workingMemory(g, parts);
        return length == 0 ? null : Tensor.empty(like.device(), Shape.of(length));
    }

    private static void giveBack(Tensor work) {
        if (work != null) {
            Sums.giveBack(work);
        }
    }

    private List<Channels> channels(Tensor... tensors) {
        var channels = new ArrayList<Channels>(parts);
        for (int i = 0; i < parts; i++) {
            channels.add(new Channels(
                    tensors[i].array(), tensors[i].offset(), tensors[i].shape().dim(1)));
        }
        return channels;
    }

    /** The shape of all parts together. */
    private Shape check(Tensor... inputs) {
        if (inputs.length < parts + 3 || inputs.length > parts + 4) {
            throw new IllegalArgumentException(
                    "batchNormPrelu: %d parts, weight, bias, slope and perhaps a residual are needed, not %d inputs"
                            .formatted(parts, inputs.length));
        }
        Shape[] shapes = Arrays.stream(inputs).limit(parts).map(Tensor::shape).toArray(Shape[]::new);
        Checks.rankAtLeast(name(), "input", shapes[0], 2, "[N, C, ...]");
        Shape shape = Concat.output(name(), 1, shapes);
        Geometry g = BatchNorm.geometry(name(), shape);
        Checks.perChannel(name(), "weight", inputs[parts].shape(), g.channels());
        Checks.perChannel(name(), "bias", inputs[parts + 1].shape(), g.channels());
        Checks.perChannel(name(), "slope", inputs[parts + 2].shape(), g.channels());
        BatchNorm.checkRunning(name(), inputs[0], g, runningMean, runningVariance);
        BatchNorm.checkCount(name(), shape, g);
        if (inputs.length > parts + 3 && !inputs[parts + 3].shape().equals(shape)) {
            throw new ShapeException("batchNormPrelu: the residual must be %s, as the input, not %s"
                    .formatted(shape, inputs[parts + 3].shape()));
        }
        return shape;
    }
}
