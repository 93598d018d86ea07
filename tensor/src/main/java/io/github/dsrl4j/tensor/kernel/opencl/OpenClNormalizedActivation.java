package io.github.dsrl4j.tensor.kernel.opencl;

import io.github.dsrl4j.tensor.kernel.ComposedNormalizedActivation;
import io.github.dsrl4j.tensor.kernel.Kernels;
import io.github.dsrl4j.tensor.kernel.Normalization.Geometry;
import io.github.dsrl4j.tensor.kernel.NormalizedActivation;
import io.github.dsrl4j.tensor.kernel.Place;
import java.util.List;

/**
 * Launches of {@link NormalizedActivationCode}, one for each part of x, where a processor has channels enough for all its cores;
 * otherwise, and on graphics processors, the other kernels one after the other.
 */
final class OpenClNormalizedActivation implements NormalizedActivation {
    private final OpenClContext context;
    private final NormalizedActivation composed;

    OpenClNormalizedActivation(OpenClContext context, Kernels kernels) {
        this.context = context;
        this.composed = new ComposedNormalizedActivation(kernels);
    }

    private boolean atOnce(Geometry g, int parts) {
        return !context.gpu() && g.channels() >= parts * context.facts().computeUnits();
    }

    @Override
    public int workingMemory(Geometry g, int parts) {
        return atOnce(g, parts) ? 0 : composed.workingMemory(g, parts);
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
            List<Channels> z,
            Place work) {
        if (!atOnce(g, x.size())) {
            composed.forward(g, epsilon, x, weight, bias, residual, slope, mean, variance, z, work);
            return;
        }
        int first = 0;
        for (Channels part : x) {
            Launch launch = launch(Op.ACTIVATE, g, epsilon, part, first);
            at(launch, mean, first);
            at(launch, variance, first);
            at(launch, weight, first);
            at(launch, bias, first);
            whole(launch, residual);
            at(launch, slope, first);
            whole(launch, z);
            launch.over(part.channels());
            first += part.channels();
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
            List<Channels> dz,
            List<Channels> dx,
            List<Channels> dresidual,
            Place dweight,
            Place dbias,
            Place dslope,
            Place work) {
        if (!atOnce(g, x.size())) {
            composed.backward(
                    g, epsilon, x, mean, variance, weight, bias, residual, slope, dz, dx, dresidual, dweight, dbias,
                    dslope, work);
            return;
        }
        int first = 0;
        for (int i = 0; i < x.size(); i++) {
            Channels part = x.get(i);
            Launch launch = launch(Op.ACTIVATE_BACKWARD, g, epsilon, part, first);
            at(launch, mean, first);
            at(launch, variance, first);
            at(launch, weight, first);
            at(launch, bias, first);
            whole(launch, residual);
            at(launch, slope, first);
            whole(launch, dz);
            launch.at(dx.get(i).array(), dx.get(i).offset());
            whole(launch, dresidual);
            at(launch, dweight, first);
            at(launch, dbias, first);
            at(launch, dslope, first);
            launch.over(part.channels());
            first += part.channels();
        }
    }

    private Launch launch(int op, Geometry g, float epsilon, Channels part, int first) {
        return context.launch(op)
                .ints(g.batch(), part.channels(), g.area(), g.channels(), first)
                .floats(epsilon)
                .at(part.array(), part.offset());
    }

    /** The only part, or nothing. */
    private static void whole(Launch launch, List<Channels> parts) {
        if (parts == null) {
            launch.at(null, 0);
        } else {
            launch.at(parts.getFirst().array(), parts.getFirst().offset());
        }
    }

    private static void at(Launch launch, Place place, int shift) {
        launch.at(place == null ? null : place.array(), place == null ? 0 : place.offset() + shift);
    }
}
