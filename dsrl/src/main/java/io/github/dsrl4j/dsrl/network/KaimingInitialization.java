package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Init;
import io.github.dsrl4j.nn.Module;
import io.github.dsrl4j.nn.layer.Conv2d;
import java.util.random.RandomGenerator;

/** The initialisation of the published ESPNetv2: convolutions Kaiming normal with fan out, biases 0. */
final class KaimingInitialization {
    private KaimingInitialization() {}

    /** Draws all convolutions below {@code module} anew and returns it. */
    static <M extends Module> M apply(M module, RandomGenerator random) {
        module.visit("", (name, part) -> {
            if (part instanceof Conv2d conv) {
                Variable weight = conv.weight();
                weight.value().copyFrom(Init.kaimingNormal(random, weight.shape(), Init.FanMode.OUT));
                if (conv.bias() != null) {
                    conv.bias().value().copyFrom(Init.constant(conv.bias().shape(), 0));
                }
            }
        });
        return module;
    }
}
