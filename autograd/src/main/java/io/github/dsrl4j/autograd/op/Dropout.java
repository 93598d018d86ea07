package io.github.dsrl4j.autograd.op;

import io.github.dsrl4j.autograd.Operation;
import io.github.dsrl4j.autograd.Saved;
import io.github.dsrl4j.tensor.Shape;
import io.github.dsrl4j.tensor.Tensor;
import io.github.dsrl4j.tensor.kernel.Elementwise.Binary;
import java.util.random.RandomGenerator;

/**
 * Dropout: elements, or whole channels, are zeroed at random and the rest is scaled so that the expectation stays.
 *
 * <pre>
 * y = x mask, each entry of the mask 0 with probability p, else 1 / (1 - p)
 * </pre>
 *
 * Input and output: any shape with which the mask broadcasts without stretching the input: that of the input, or
 * {@code [N, C, 1, ...]} for whole channels. Cost: no multiply-adds, one pass. Backward: dx = dy mask; keeps the mask. Source:
 * Srivastava et al., Dropout, JMLR 2014; for channels, Tompson et al., Efficient Object Localization, CVPR 2015.
 */
public record Dropout(Tensor mask) implements Operation {
    /** A mask of one entry an element. */
    public static Tensor elementMask(Tensor x, float p, RandomGenerator random) {
        return mask(x, x.shape(), p, random);
    }

    /** A mask of one entry a channel, for {@code x} of {@code [N, C, ...]}. */
    public static Tensor channelMask(Tensor x, float p, RandomGenerator random) {
        Checks.rankAtLeast("dropout", "input", x.shape(), 2, "[N, C, ...]");
        int[] dims = x.shape().dims();
        for (int d = 2; d < dims.length; d++) {
            dims[d] = 1;
        }
        return mask(x, Shape.of(dims), p, random);
    }

    private static Tensor mask(Tensor x, Shape shape, float p, RandomGenerator random) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout: the probability must be at least 0 and less than 1, not " + p);
        }
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() < p ? 0 : 1 / (1 - p);
        }
        Tensor mask = Tensor.empty(x.device(), shape);
        mask.copyFrom(values);
        return mask;
    }

    @Override
    public String name() {
        return "dropout";
    }

    @Override
    public Tensor forward(Saved saved, Tensor... inputs) {
        Shape shape = inputs[0].shape();
        Checks.sameShape(
                name(), "input", shape, "its product with the mask", Shape.broadcast(name(), shape, mask.shape()));
        if (!mask.device().equals(inputs[0].device())) {
            throw new IllegalArgumentException("dropout: the mask must live where the input lives, on "
                    + inputs[0].device().description() + "; move it with Tensor.to");
        }
        Tensor y = Broadcast.apply(name(), Binary.MULTIPLY, inputs[0], mask);
        saved.keep(mask);
        return y;
    }

    @Override
    public Tensor[] backward(Saved saved, Tensor dy) {
        return new Tensor[] {Broadcast.apply(name(), Binary.MULTIPLY, dy, saved.tensor(0))};
    }
}
