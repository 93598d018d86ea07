package io.github.dsrl4j.dsrl;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.dsrl.network.SegmentationNetwork;
import io.github.dsrl4j.nn.Layer;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Dual super-resolution learning (Wang, Li, Zhu, Tian, Shan: CVPR 2020) around a segmentation network. {@link #train(Variable)} runs
 * all branches of the {@link Variant}; {@link #apply} is what remains at inference: the network and, but for the baseline, the
 * super-resolved segmentation. The parameters of the network keep the network's own names; those of the branches begin with
 * {@code sssr}, {@code sisr} and {@code transform}.
 */
public final class DualSuperResolution extends Layer {
    private final DsrlOptions options;
    private final SegmentationNetwork network;
    private final SegmentationSuperResolution sssr;
    private final ImageSuperResolution sisr;
    private final FeatureTransform transform;

    private DualSuperResolution(
            RandomGenerator random, SegmentationNetwork network, DsrlOptions options, boolean forTraining) {
        Variant variant = options.variant();
        this.options = options;
        this.network = child("", network);
        sssr = variant.superResolvesSegmentation()
                ? child(
                        "sssr",
                        new SegmentationSuperResolution(
                                random, network.classes(), network.decoder().stride(), options.predictionLayer()))
                : null;
        sisr = forTraining && variant.superResolvesImage()
                ? child("sisr", new ImageSuperResolution(random, network.newDecoder(random, options.imageChannels())))
                : null;
        transform = forTraining && variant.tiesFeatures()
                ? child("transform", new FeatureTransform(random, network.classes(), options.transformChannels()))
                : null;
    }

    /** The network with all branches of its variant, freshly initialised. */
    public static DualSuperResolution forTraining(
            RandomGenerator random, SegmentationNetwork network, DsrlOptions options) {
        return new DualSuperResolution(random, network, options, true);
    }

    /** The network without what is used in training only. */
    public static DualSuperResolution forInference(
            RandomGenerator random, SegmentationNetwork network, DsrlOptions options) {
        return new DualSuperResolution(random, network, options, false);
    }

    /** Whether a parameter of this name belongs to a branch that is gone at inference. */
    public static boolean isTrainingOnly(String name) {
        return name.startsWith("sisr.") || name.startsWith("transform.");
    }

    public DsrlOptions options() {
        return options;
    }

    public SegmentationNetwork network() {
        return network;
    }

    /** Logits of normalised images {@code [N, 3, H, W]}: {@code [N, classes, f H, f W]}, f being {@link Variant#factor}. */
    @Override
    protected Variable forward(Variable image) {
        return sssr == null ? network.apply(image) : sssr.scores(segmentationFeatures(image, network.encode(image)));
    }

    /**
     * All branches on normalised images {@code [N, 3, H, W]}.
     *
     * @throws IllegalStateException if this instance was made {@link #forInference} and the variant has more than the segmentation
     */
    public DsrlOutput train(Variable image) {
        if (!options.variant().superResolvesImage()) {
            return new DsrlOutput(apply(image), null, null, null);
        }
        if (sisr == null) {
            throw new IllegalStateException(
                    "dsrl: this model was made for inference, its image branch is gone; load it for training");
        }
        List<Variable> encoded = network.encode(image);
        Variable segmentationFeatures = segmentationFeatures(image, encoded);
        Variable segmentation = sssr.scores(segmentationFeatures);
        Variable imageFeatures = sisr.features(encoded);
        int height = 2 * image.shape().dim(2);
        int width = 2 * image.shape().dim(3);
        Variable superResolved = crop(sisr.image(imageFeatures), height, width);
        if (transform == null) {
            return new DsrlOutput(segmentation, superResolved, null, null);
        }
        Variable compared = options.detachImageFeatures() ? imageFeatures.detach() : imageFeatures;
        return new DsrlOutput(
                segmentation,
                superResolved,
                transform.apply(subsample(segmentationFeatures, height, width)),
                subsample(compared, height, width));
    }

    private Variable segmentationFeatures(Variable image, List<Variable> encoded) {
        Variable features = sssr.features(network.decoder().decode(encoded));
        return crop(features, 2 * image.shape().dim(2), 2 * image.shape().dim(3));
    }

    /** Mean over areas of {@code affinitySubsampling} pixels of the large image a side. */
    private Variable subsample(Variable map, int height, int width) {
        int step = options.affinitySubsampling();
        return map.adaptiveAveragePool2d(Math.max(1, height / step), Math.max(1, width / step));
    }

    /** Cuts off the rows and columns that an encoder, which rounds odd sizes up, has in excess. */
    private static Variable crop(Variable map, int height, int width) {
        boolean fits = map.shape().dim(2) == height && map.shape().dim(3) == width;
        return fits ? map : map.slice(2, 0, height).slice(3, 0, width);
    }
}
