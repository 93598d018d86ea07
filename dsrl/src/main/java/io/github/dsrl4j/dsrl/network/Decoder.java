package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Module;
import java.util.List;

/** What follows an encoder: its features turned into one map. */
public abstract class Decoder extends Module {
    /** A decoder without parts yet. */
    protected Decoder() {}

    /** A map of {@link #planes} channels at 1 / {@link #stride} of the input's size, from the encoder's features. */
    public abstract Variable decode(List<Variable> features);

    /** The channels of the map. */
    public abstract int planes();

    /** How much smaller the map is than the input image, per side. */
    public abstract int stride();
}
