package io.github.dsrl4j.dsrl.network;

import java.util.List;
import java.util.random.RandomGenerator;

/** The segmentation networks by the names that users choose them by. */
public final class Networks {
    private static final List<String> NAMES = List.of("espnetv2");

    private Networks() {}

    /** All names. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * A freshly initialised network.
     *
     * @param width multiple of the network's channels, where it has one
     * @throws IllegalArgumentException if there is no such network or width
     */
    public static SegmentationNetwork create(RandomGenerator random, String name, double width, int classes) {
        if (!name.equals("espnetv2")) {
            throw new IllegalArgumentException(
                    "network: there is no '" + name + "'; choose " + String.join(", ", NAMES));
        }
        return new EspNetV2(random, EspNetV2.Width.of(width), classes);
    }
}
