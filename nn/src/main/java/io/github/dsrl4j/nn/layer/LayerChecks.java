package io.github.dsrl4j.nn.layer;

/** Checks of layers' sizes, made before a parameter is. */
final class LayerChecks {
    private LayerChecks() {}

    static void positive(String layer, String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s: %s must be at least 1, not %d".formatted(layer, what, value));
        }
    }

    static void convolution(
            String layer, int inChannels, int outChannels, int kernelHeight, int kernelWidth, int groups) {
        positive(layer, "input channels", inChannels);
        positive(layer, "output channels", outChannels);
        positive(layer, "kernel height", kernelHeight);
        positive(layer, "kernel width", kernelWidth);
        if (inChannels % groups != 0 || outChannels % groups != 0) {
            throw new IllegalArgumentException("%s: %d groups must divide both %d input and %d output channels"
                    .formatted(layer, groups, inChannels, outChannels));
        }
    }

    static void rate(String layer, float rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "%s: the rate must be at least 0 and less than 1, not %s".formatted(layer, rate));
        }
    }
}
