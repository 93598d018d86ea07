package io.github.dsrl4j.nn.plan;

import io.github.dsrl4j.autograd.op.Conv2d;
import io.github.dsrl4j.autograd.op.ConvTranspose2d;
import io.github.dsrl4j.nn.trace.Node;
import io.github.dsrl4j.nn.trace.Value;
import io.github.dsrl4j.tensor.Shape;

/**
 * Weight and bias of a convolution, into which an affine function of its output channels can be folded:
 * {@code a (w * x + b) + c = (a w) * x + (a b + c)}.
 */
final class Weights {
    private final float[] weight;
    /** Null where there is none. */
    private final float[] bias;

    private final Layout layout;

    /** Which output channel a weight belongs to: number {@code i / inner % perGroup} of group {@code i / group}. */
    private record Layout(int inner, int perGroup, int group) {
        int channel(int i) {
            return i / group * perGroup + i / inner % perGroup;
        }
    }

    private Weights(float[] weight, float[] bias, Layout layout) {
        this.weight = weight;
        this.bias = bias;
        this.layout = layout;
    }

    /** Those of a convolution or transposed convolution whose weight and bias are the model's; else null. */
    static Weights of(Node node) {
        Layout layout = layout(node);
        if (layout == null || !node.inputs().stream().skip(1).allMatch(Value.Constant.class::isInstance)) {
            return null;
        }
        float[] bias =
                node.inputs().size() > 2 ? Affines.constant(node, node.inputs().get(2)) : null;
        return new Weights(Affines.constant(node, node.inputs().get(1)), bias, layout);
    }

    private static Layout layout(Node node) {
        return switch (node.operation()) {
            case Conv2d(var options) -> {
                Shape weight = node.inputs().get(1).shape();
                int perGroup = weight.dim(0) / options.groups();
                int inner = weight.span(1, 4);
                yield new Layout(inner, perGroup, perGroup * inner);
            }
            case ConvTranspose2d(var options) -> {
                Shape weight = node.inputs().get(1).shape();
                int inner = weight.span(2, 4);
                yield new Layout(inner, weight.dim(1), weight.size() / options.groups());
            }
            default -> null;
        };
    }

    /** These with an affine function of the output planes folded in; planes of further images are alike. */
    Weights then(float[] affine) {
        int planes = affine.length / 2;
        float[] scaled = new float[weight.length];
        int channels = 0;
        for (int i = 0; i < weight.length; i++) {
            int channel = layout.channel(i);
            channels = Math.max(channels, channel + 1);
            scaled[i] = weight[i] * affine[channel];
        }
        float[] shifted = new float[channels];
        for (int c = 0; c < channels; c++) {
            double old = bias == null ? 0 : bias[c];
            shifted[c] = (float) (old * affine[c] + affine[planes + c]);
        }
        return new Weights(scaled, shifted, layout);
    }

    /** The same numbers in arrays that others of the same numbers have, too. */
    Weights sharedIn(Constants constants) {
        return new Weights(constants.shared(weight), constants.shared(bias), layout);
    }

    float[] weight() {
        return weight;
    }

    float[] bias() {
        return bias;
    }
}
