package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.PoolingOptions;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.layer.PRelu;
import io.github.dsrl4j.nn.layer.Sequential;
import java.util.random.RandomGenerator;

/**
 * Halves the resolution of ESPNetv2: the average-pooled input beside the output of a strided {@link EspUnit}, reinforced by the image
 * at that resolution (section 3.2 of the paper).
 */
final class EspDownSampler extends Module {
    /** Average pooling 3 x 3, stride 2, padding 1, padding counted. */
    static final PoolingOptions HALF = PoolingOptions.kernel(3).stride(2).padding(1);

    private final EspUnit unit;
    private final ConvolutionBlock reinforcement;
    private final ConvolutionBlock widening;
    private final PRelu activation;

    EspDownSampler(RandomGenerator random, int in, int out, int receptiveLimit) {
        unit = child("eesp", new EspUnit(random, in, out - in, 2, receptiveLimit));
        reinforcement = ConvolutionBlock.activated(random, 3, 3, 3, 1, 1);
        widening = ConvolutionBlock.normalised(random, 3, out, 1, 1, 1);
        child("inp_reinf", new Sequential(reinforcement, widening));
        activation = child("act", new PRelu(out));
    }

    /** Halves x; {@code image} is the input image at the resolution of the result. */
    Variable apply(Variable x, Variable image) {
        Variable[] joined = {x.averagePool2d(HALF, true), unit.apply(x)};
        return widening.addTo(joined, reinforcement.apply(image), activation);
    }
}
