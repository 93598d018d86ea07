package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.layer.Initialization;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * ESPNetv2 for segmentation (Mehta, Rastegari, Shapiro, Hajishirzi: ESPNetv2, CVPR 2019), in the variant of the authors' later code base,
 * whose weights are published for Cityscapes with 20 classes; names and shapes of parameters are those of the published files.
 */
public final class EspNetV2 extends SegmentationNetwork {
    /** The published multiples of the encoder's width. */
    public enum Width {
        HALF("0.5", 16, 32, 64, 128),
        ONE("1.0", 32, 64, 128, 256),
        ONE_AND_A_QUARTER("1.25", 32, 80, 160, 320),
        ONE_AND_A_HALF("1.5", 32, 96, 192, 384),
        TWO("2.0", 32, 128, 256, 512);

        private final String factor;

        @SuppressWarnings("ImmutableEnumChecker") // handed out as a copy only
        private final int[] planes;

        Width(String factor, int... planes) {
            this.factor = factor;
            this.planes = planes;
        }

        /** The factor as it is written in the names of published weights, such as {@code 0.5}. */
        public String factor() {
            return factor;
        }

        /** The channels of encoder level 1 to 4. */
        public int[] planes() {
            return planes.clone();
        }

        /** The width with this factor. */
        public static Width of(double factor) {
            for (Width width : values()) {
                if (Double.parseDouble(width.factor) == factor) {
                    return width;
                }
            }
            throw new IllegalArgumentException(
                    "espnetv2: there is no width " + factor + "; choose 0.5, 1.0, 1.25, 1.5 or 2.0");
        }
    }

    private final Width width;
    private final EspNetV2Encoder encoder;
    private final EspNetV2Decoder decoder;

    /** A network with freshly drawn weights: Kaiming normal, fan out. */
    public EspNetV2(RandomGenerator random, Width width, int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("espnetv2: at least 2 classes are needed, not " + classes);
        }
        this.width = width;
        encoder = child("base_net", new EspNetV2Encoder(random, width.planes));
        decoder = child("", new EspNetV2Decoder(random, width.planes, classes));
        Initialization.kaimingFanOut(this, random);
    }

    @Override
    public String name() {
        return "espnetv2";
    }

    public Width width() {
        return width;
    }

    @Override
    public List<Variable> encode(Variable image) {
        return encoder.encode(image);
    }

    @Override
    public Decoder decoder() {
        return decoder;
    }

    @Override
    public Decoder newDecoder(RandomGenerator random, int planes) {
        var another = new EspNetV2Decoder(random, width.planes, planes);
        Initialization.kaimingFanOut(another, random);
        return another;
    }
}
