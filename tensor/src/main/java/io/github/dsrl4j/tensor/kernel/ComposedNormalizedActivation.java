package io.github.dsrl4j.tensor.kernel;

import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import java.util.List;

/**
 * {@link NormalizedActivation} step by step, from a device's other kernels: what it means, and what serves where nothing faster is
 * there.
 */
public final class ComposedNormalizedActivation implements NormalizedActivation {
    private final Kernels kernels;

    /** Made of these kernels. */
    public ComposedNormalizedActivation(Kernels kernels) {
        this.kernels = kernels;
    }

    private static int size(Geometry g) {
        return g.batch() * g.channels() * g.area();
    }

    /** For p and for x as a whole; and, where it lies in parts, for dx as a whole. */
    @Override
    public int workingMemory(Geometry g, int parts) {
        return Math.multiplyExact(size(g), parts == 1 ? 2 : 3);
    }

    @Override
    public void forward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            Place mean,
            Place variance,
            List<Channels> output,
            Place work) {
        Place z = only(output);
        Place whole = whole(g, x, work);
        kernels.normalization()
                .statistics(
                        g,
                        whole.array(),
                        whole.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset());
        normalize(g, epsilon, whole, mean, variance, weight, bias, only(residual), z);
        if (slope != null) {
            kernels.elementwise()
                    .preluForward(
                            g.batch(),
                            g.channels(),
                            g.area(),
                            z.array(),
                            z.offset(),
                            slope.array(),
                            slope.offset(),
                            z.array(),
                            z.offset());
        }
    }

    @Override
    public void backward(
            Geometry g,
            float epsilon,
            List<Channels> x,
            Place mean,
            Place variance,
            Place weight,
            Place bias,
            List<Channels> residual,
            Place slope,
            List<Channels> upstream,
            List<Channels> dx,
            List<Channels> residualGradient,
            Place dweight,
            Place dbias,
            Place dslope,
            Place work) {
        Place dz = only(upstream);
        Place dresidual = only(residualGradient);
        Place whole = whole(g, x, after(work, size(g)));
        Place wholeGradient =
                dx.size() == 1 ? new Place(dx.getFirst().array(), dx.getFirst().offset()) : after(work, 2 * size(g));
        if (whole.equals(wholeGradient)) {
            whole = after(work, size(g));
            kernels.movement()
                    .copy(size(g), wholeGradient.array(), wholeGradient.offset(), whole.array(), whole.offset());
        }
        Place dp = dz;
        if (slope != null) {
            // p gives way to its gradient, element by element.
            dp = work;
            normalize(g, epsilon, whole, mean, variance, weight, bias, only(residual), dp);
            kernels.elementwise()
                    .preluBackward(
                            g.batch(),
                            g.channels(),
                            g.area(),
                            dp.array(),
                            dp.offset(),
                            slope.array(),
                            slope.offset(),
                            dz.array(),
                            dz.offset(),
                            dp.array(),
                            dp.offset(),
                            dslope.array(),
                            dslope.offset());
        } else if (wholeGradient.equals(dz)) {
            dp = work;
            kernels.movement().copy(size(g), dz.array(), dz.offset(), dp.array(), dp.offset());
        }
        if (dresidual != null) {
            kernels.movement().copy(size(g), dp.array(), dp.offset(), dresidual.array(), dresidual.offset());
        }
        kernels.normalization()
                .backward(
                        g,
                        true,
                        epsilon,
                        whole.array(),
                        whole.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        dp.array(),
                        dp.offset(),
                        wholeGradient.array(),
                        wholeGradient.offset(),
                        dweight.array(),
                        dweight.offset(),
                        dbias.array(),
                        dbias.offset());
        if (dx.size() > 1) {
            int first = 0;
            for (Channels part : dx) {
                copyChannels(
                        g, wholeGradient, first * g.area(), g.channels(), part, 0, part.channels(), part.channels());
                first += part.channels();
            }
        }
    }

    /** {@code (x - mean) / sqrt(var + epsilon) weight + bias + residual}. */
    private void normalize(
            Geometry g,
            float epsilon,
            Place x,
            Place mean,
            Place variance,
            Place weight,
            Place bias,
            Place residual,
            Place y) {
        kernels.normalization()
                .forward(
                        g,
                        epsilon,
                        x.array(),
                        x.offset(),
                        mean.array(),
                        mean.offset(),
                        variance.array(),
                        variance.offset(),
                        weight.array(),
                        weight.offset(),
                        bias.array(),
                        bias.offset(),
                        y.array(),
                        y.offset());
        if (residual != null) {
            kernels.elementwise()
                    .binary(
                            Binary.ADD,
                            size(g),
                            y.array(),
                            y.offset(),
                            residual.array(),
                            residual.offset(),
                            y.array(),
                            y.offset());
        }
    }

    /** The only part; null for null. */
    private static Place only(List<Channels> parts) {
        return parts == null
                ? null
                : new Place(parts.getFirst().array(), parts.getFirst().offset());
    }

    /** The only part, or all parts copied together to {@code target}. */
    private Place whole(Geometry g, List<Channels> parts, Place target) {
        if (parts.size() == 1) {
            return only(parts);
        }
        var all = Channels.of(target.array(), target.offset(), g.channels(), g.area());
        int first = 0;
        for (Channels part : parts) {
            var from = new Place(part.array(), part.offset());
            copyChannels(g, from, 0, part.channels(), all, first * g.area(), g.channels(), part.channels());
            first += part.channels();
        }
        return target;
    }

    /** Copies some channels of every image; the images of source and target have so many channels. */
    private void copyChannels(
            Geometry g,
            Place from,
            int fromShift,
            int fromChannels,
            Channels to,
            int toShift,
            int toChannels,
            int count) {
        kernels.movement()
                .stridedCopy(
                        new int[] {g.batch(), count * g.area()},
                        from.array(),
                        from.offset() + fromShift,
                        new int[] {fromChannels * g.area(), 1},
                        to.array(),
                        to.offset() + toShift,
                        new int[] {toChannels * g.area(), 1});
    }

    private static Place after(Place work, int elements) {
        return new Place(work.array(), work.offset() + elements);
    }
}
