package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.ShapeException;
import io.github.dsrl4j.tensor.Tensor;

/**
 * Channel shuffle: interleaves the channels of groups, so that the next grouped convolution sees all of them.
 *
 * <pre>
 * y[n, k g + i, ...] = x[n, i C/g + k, ...], i = 0 ... g - 1, k = 0 ... C/g - 1
 * </pre>
 *
 * Input and output {@code [N, C, ...]}. Cost: no multiply-adds, one copy. Backward: dx is the opposite rearrangement of dy;
 * keeps nothing. Source: Zhang et al., ShuffleNet, CVPR 2018.
 */
public record ChannelShuffle(int groups) implements Operation {
    public ChannelShuffle {
        if (groups < 1) {
            throw new IllegalArgumentException("channelShuffle: there must be at least 1 group, not " + groups);
        }
    }

    @Override
    public String name() {
        return "channelShuffle";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Shape shape = inputs[0].shape();
        Checks.rankAtLeast(name(), "input", shape, 2, "[N, C, ...]");
        check(name(), shape, groups);
        return transposed(inputs[0], groups);
    }

    static void check(String operation, Shape input, int groups) {
        if (input.dim(1) % groups != 0) {
            throw new ShapeException("%s: %d channels do not divide into %d groups; input %s"
                    .formatted(operation, input.dim(1), groups, input));
        }
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {transposed(dy, dy.shape().dim(1) / groups)};
    }

    /** Channels seen as {@code [rows, columns]} and transposed. */
    static Tensor transposed(Tensor x, int rows) {
        Shape shape = x.shape();
        int columns = shape.dim(1) / Math.max(rows, 1);
        int area = shape.span(2, shape.rank());
        int image = shape.dim(1) * area;
        Tensor y = Tensor.empty(x.device(), shape);
        x.device()
                .kernels()
                .movement()
                .stridedCopy(
                        new int[] {shape.dim(0), columns, rows, area},
                        x.array(),
                        x.offset(),
                        new int[] {image, area, columns * area, 1},
                        y.array(),
                        y.offset(),
                        new int[] {image, rows * area, area, 1});
        return y;
    }
}
