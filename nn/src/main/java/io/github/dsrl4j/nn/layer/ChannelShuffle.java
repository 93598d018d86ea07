package io.github.dsrl4j.nn.layer;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.nn.Layer;

/** Interleaves the channels of {@code groups} groups (Zhang et al., ShuffleNet, 2018). */
public final class ChannelShuffle extends Layer {
    private final int groups;

    public ChannelShuffle(int groups) {
        LayerChecks.positive("channelShuffle", "groups", groups);
        this.groups = groups;
    }

    int groups() {
        return groups;
    }

    @Override
    protected Variable forward(Variable x) {
        return x.channelShuffle(groups);
    }
}
