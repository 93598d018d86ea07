package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An encoder and a decoder that give every pixel of an image a score per class. By itself, {@code [N, 3, H, W]} becomes logits
 * {@code [N, classes, H, W]}; dual super-resolution learning takes the two halves apart.
 */
public abstract class SegmentationNetwork extends Layer {
    /** A network without parts yet. */
    protected SegmentationNetwork() {}

    /** The name by which a user chooses the network. */
    public abstract String name();

    /** The encoder's features, from the largest map to the smallest, of images {@code [N, 3, H, W]}. */
    public abstract List<Variable> encode(Variable image);

    /** The decoder, whose map has one channel a class. */
    public abstract Decoder decoder();

    /** A further decoder of the same kind for the same encoder, with its own weights and this many channels. */
    public abstract Decoder newDecoder(RandomGenerator random, int planes);

    /** The number of classes that are scored. */
    public final int classes() {
        return decoder().planes();
    }

    @Override
    protected final Variable forward(Variable image) {
        Variable map = decoder().decode(encode(image));
        return map.resizeBilinear(image.shape().dim(2), image.shape().dim(3), true);
    }
}
