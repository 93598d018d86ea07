package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Init;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.tensor.Tensor;
import java.util.random.RandomGenerator;

/** Initialisations of whole networks, which replace what the layers start with. */
public final class Initialization {
    /** ESPNetv2's standard deviation for linear layers. */
    private static final double LINEAR_DEVIATION = 0.001;

    private Initialization() {}

    /**
     * The customary initialisation of convolutional networks (ResNet, ESPNetv2): convolutions and transposed convolutions normal
     * with deviation {@code sqrt(2 / fanOut)}, their biases 0; batch normalisation 1 and 0; linear layers normal with deviation
     * 0.001, biases 0. Visits the modules in the order in which they are registered. Slopes of PReLU stay.
     */
    public static void kaimingFanOut(Module network, RandomGenerator random) {
        network.visit("", (prefix, module) -> {
            switch (module) {
                case Conv2d layer -> convolution(layer.weight(), layer.bias(), random);
                case ConvTranspose2d layer -> convolution(layer.weight(), layer.bias(), random);
                case BatchNorm2d layer -> {
                    set(layer.weight(), 1);
                    set(layer.bias(), 0);
                }
                case Linear layer -> {
                    layer.weight()
                            .value()
                            .copyFrom(Init.normal(random, layer.weight().shape(), 0, LINEAR_DEVIATION));
                    set(layer.bias(), 0);
                }
                default -> {}
            }
        });
    }

    private static void convolution(Variable weight, Variable bias, RandomGenerator random) {
        weight.value().copyFrom(Init.kaimingNormal(random, weight.shape(), Init.FanMode.OUT));
        if (bias != null) {
            set(bias, 0);
        }
    }

    private static void set(Variable variable, float value) {
        variable.value().copyFrom(Tensor.full(variable.shape(), value));
    }
}
