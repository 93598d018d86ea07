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
 * Concatenation of channels, {@link BatchNorm} in training, a sum, {@link Prelu}, and {@link ChannelShuffle} as one operation, which
 * passes over memory once where the five would five times, and keeps no intermediate result.
 *
 * <pre>
 * p = (x - mean) / sqrt(var + epsilon) weight + bias + residual
 * z[n, c, ...] = p where p is positive, else slope[c] p
 * y[n, k g + i, ...] = z[n, i C/g + k, ...], i = 0 ... g - 1, k = 0 ... C/g - 1
 * </pre>
 *
 * Inputs: x {@code [N, C, ...]} in {@code parts} parts {@code [N, C_i, ...]}, whose channels follow each other; weight, bias and slope
 * {@code [C]}; and perhaps a residual of the shape of x, in any number of parts. Output: the shape of x, with the channels of
 * {@code shuffle} = g groups interleaved (not, where it is 1). Mean and variance (biased) are those of the
 * batch, and the running ones are updated in place as {@link BatchNorm} does. Cost: no multiply-adds, two passes. Backward: with
 * {@code dp = dy} where p is positive, else {@code slope[c] dy}, dy shuffled back, and {@code h = (x - mean) / sqrt(var + epsilon)}:
 * {@code dx = weight / sqrt(var + epsilon) (dp - mean(dp) - h mean(dp h))}, {@code dweight = sum dp h}, {@code dbias = sum dp},
 * {@code dslope = sum of dy p} where p is not positive, {@code dresidual = dp}; keeps x, weight, bias, slope, the statistics and the
 * residual. Source: as of the operations that it is made of.
 */
public record BatchNormPrelu(
        Tensor runningMean, Tensor runningVariance, float momentum, float epsilon, int parts, int shuffle)
        implements Operation {
    public BatchNormPrelu {
        BatchNorm.check("batchNormPrelu", momentum, epsilon);
        if (parts < 1) {
            throw new IllegalArgumentException("batchNormPrelu: the input has at least 1 part, not " + parts);
        }
        if (shuffle < 1) {
            throw new IllegalArgumentException(
                    "batchNormPrelu: there must be at least 1 group to shuffle, not " + shuffle);
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
        Tensor mean = Tensor.empty(first.device(), Shape.of(g.channels()));
        Tensor variance = Tensor.empty(first.device(), Shape.of(g.channels()));
        Tensor y = Tensor.empty(first.device(), shape);
        NormalizedActivation kernel = first.device().kernels().normalizedActivation();
        Tensor work = work(kernel, g, first);
        Tensor[] residual = residual(kernel, inputs);
        kernel.forward(
                g,
                epsilon,
                channels(g, Arrays.copyOf(inputs, parts)),
                place(inputs[parts]),
                place(inputs[parts + 1]),
                channels(g, residual),
                place(inputs[parts + 2]),
                place(mean),
                place(variance),
                shuffled(kernel, g, y),
                place(work));
        giveBack(work);
        giveBackJoined(residual, inputs.length);
        BatchNorm.updateRunning(g, momentum, runningMean, mean, runningVariance, variance);
        saved.keep(inputs);
        saved.keepOwn(mean, variance);
        if (shuffle == 1 || kernel.placesChannels()) {
            return y;
        }
        Tensor result = ChannelShuffle.transposed(y, shuffle);
        Sums.giveBack(y);
        return result;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        int count = saved.inputs();
        Tensor[] inputs = new Tensor[count];
        for (int i = 0; i < count; i++) {
            inputs[i] = saved.tensor(i);
        }
        Geometry g = BatchNorm.geometry(name(), dy.shape());
        NormalizedActivation kernel = dy.device().kernels().normalizedActivation();
        boolean apart = shuffle > 1 && !kernel.placesChannels();
        Tensor dz = apart ? ChannelShuffle.transposed(dy, g.channels() / shuffle) : dy;
        Tensor[] residual = residual(kernel, inputs);
        Tensor[] dresidual = residualGradients(saved, dy, residual);
        Tensor[] gradients = gradients(dy, inputs, dresidual.length > 0);
        Tensor work = work(kernel, g, dy);
        kernel.backward(
                g,
                epsilon,
                channels(g, Arrays.copyOf(inputs, parts)),
                place(saved.tensor(count)),
                place(saved.tensor(count + 1)),
                place(inputs[parts]),
                place(inputs[parts + 1]),
                channels(g, residual),
                place(inputs[parts + 2]),
                shuffled(kernel, g, dz),
                channels(g, Arrays.copyOf(gradients, parts)),
                channels(g, dresidual),
                place(gradients[parts]),
                place(gradients[parts + 1]),
                place(gradients[parts + 2]),
                place(work));
        giveBack(work);
        giveBackJoined(residual, count);
        if (apart) {
            Sums.giveBack(dz);
        }
        pass(dresidual, inputs, gradients);
        return gradients;
    }

    /** The parts of the residual, joined where the kernel does not take them one by one; none where there is no residual. */
    private Tensor[] residual(NormalizedActivation kernel, Tensor... inputs) {
        Tensor[] residual = Arrays.copyOfRange(inputs, parts + 3, inputs.length);
        return residual.length > 1 && !kernel.placesChannels()
                ? new Tensor[] {Concat.join(name(), 1, residual)}
                : residual;
    }

    /** Gives the memory back that {@link #residual} took. */
    private void giveBackJoined(Tensor[] residual, int inputs) {
        if (residual.length < inputs - parts - 3) {
            Sums.giveBack(residual[0]);
        }
    }

    /** Memory for the gradients of {@link #residual}: where it can be, that of dy or of the residual; none where nobody asks. */
    private Tensor[] residualGradients(Saved saved, Tensor dy, Tensor... residual) {
        boolean needed = false;
        for (int i = parts + 3; i < saved.inputs(); i++) {
            needed |= saved.needed(i);
        }
        if (!needed) {
            return new Tensor[0];
        }
        if (saved.inputs() == parts + 4 && shuffle == 1) {
            return new Tensor[] {Gradient.inPlaceOf(dy)};
        }
        return Arrays.stream(residual).map(Gradient::overSaved).toArray(Tensor[]::new);
    }

    /** Puts the gradients of the residual's parts, which may have been computed as one, among those of the inputs. */
    private void pass(Tensor[] dresidual, Tensor[] inputs, Tensor[] gradients) {
        int count = inputs.length - parts - 3;
        if (dresidual.length == count) {
            System.arraycopy(dresidual, 0, gradients, parts + 3, count);
            return;
        }
        if (dresidual.length == 1) {
            int position = 0;
            for (int i = parts + 3; i < inputs.length; i++) {
                Part part = Part.of(Axis.of(name(), dresidual[0].shape(), 1), position, inputs[i].shape());
                gradients[i] = Tensor.empty(dresidual[0].device(), inputs[i].shape());
                part.copyOut(dresidual[0], gradients[i]);
                position += part.extent();
            }
            Sums.giveBack(dresidual[0]);
        }
    }

    /** Memory for the gradients of x and the parameters: where it can be, that of dy or of x, which nobody reads afterwards. */
    private Tensor[] gradients(Tensor dy, Tensor[] inputs, boolean residualNeeded) {
        Tensor[] gradients = new Tensor[inputs.length];
        boolean hasResidual = inputs.length > parts + 3;
        for (int i = 0; i < parts; i++) {
            if (hasResidual && !residualNeeded) {
                gradients[i] = Tensor.empty(dy.device(), inputs[i].shape());
            } else {
                boolean inPlace = parts == 1 && shuffle == 1 && !hasResidual;
                gradients[i] = inPlace && dy.storage().heldOnce() ? dy : Gradient.overSaved(inputs[i]);
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

    /** Null where there are none. */
    private static List<Channels> channels(Geometry g, Tensor... tensors) {
        if (tensors.length == 0) {
            return null;
        }
        return Arrays.stream(tensors)
                .map(tensor -> Channels.of(
                        tensor.array(), tensor.offset(), tensor.shape().dim(1), g.area()))
                .toList();
    }

    /** The channels of y in the order in which they come out of the activation. */
    private List<Channels> shuffled(NormalizedActivation kernel, Geometry g, Tensor y) {
        if (shuffle == 1 || !kernel.placesChannels()) {
            return channels(g, y);
        }
        var channels = new ArrayList<Channels>(g.channels());
        int ofGroup = g.channels() / shuffle;
        for (int c = 0; c < g.channels(); c++) {
            int position = c % ofGroup * shuffle + c / ofGroup;
            channels.add(new Channels(y.array(), y.offset() + position * g.area(), 1, g.channels() * g.area()));
        }
        return channels;
    }

    /** The shape of all parts together. */
    private Shape check(Tensor... inputs) {
        if (inputs.length < parts + 3) {
            throw new IllegalArgumentException(
                    "batchNormPrelu: %d parts, weight, bias, slope and perhaps a residual are needed, not %d inputs"
                            .formatted(parts, inputs.length));
        }
        Shape[] shapes = Arrays.stream(inputs).map(Tensor::shape).toArray(Shape[]::new);
        Checks.rankAtLeast(name(), "input", shapes[0], 2, "[N, C, ...]");
        Shape shape = Concat.output(name(), 1, Arrays.copyOf(shapes, parts));
        Geometry g = BatchNorm.geometry(name(), shape);
        Checks.perChannel(name(), "weight", shapes[parts], g.channels());
        Checks.perChannel(name(), "bias", shapes[parts + 1], g.channels());
        Checks.perChannel(name(), "slope", shapes[parts + 2], g.channels());
        BatchNorm.checkRunning(name(), inputs[0], g, runningMean, runningVariance);
        BatchNorm.checkCount(name(), shape, g);
        ChannelShuffle.check(name(), shape, shuffle);
        if (inputs.length > parts + 3) {
            Shape residual = Concat.output(name(), 1, Arrays.copyOfRange(shapes, parts + 3, shapes.length));
            if (!residual.equals(shape)) {
                throw new ShapeException(
                        "batchNormPrelu: the residual must be %s, as the input, not %s".formatted(shape, residual));
            }
        }
        return shape;
    }
}
