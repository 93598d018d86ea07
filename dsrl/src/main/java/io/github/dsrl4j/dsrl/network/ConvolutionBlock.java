package io.github.dsrl4j.dsrl.network;

import io.github.dsrl4j.autograd.Variable;
import io.github.dsrl4j.autograd.op.ConvolutionOptions;
import io.github.dsrl4j.autograd.op.DepthwisePyramid;
import io.github.dsrl4j.nn.Layer;
import io.github.dsrl4j.nn.layer.BatchNorm2d;
import io.github.dsrl4j.nn.layer.Conv2d;
import io.github.dsrl4j.nn.layer.PRelu;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Convolution without bias, then batch normalisation, then PReLU, the last two optional; named {@code conv}, {@code bn}, {@code act}
 * as in the published encoder. The padding keeps the size at stride 1.
 */
final class ConvolutionBlock extends Layer {
    private final Conv2d conv;
    private final BatchNorm2d bn;
    private final PRelu act;

    private ConvolutionBlock(Conv2d conv, BatchNorm2d bn, PRelu act) {
        this.conv = child("conv", conv);
        this.bn = bn == null ? null : child("bn", bn);
        this.act = act == null ? null : child("act", act);
    }

    /** Convolution, batch normalisation, PReLU. */
    static ConvolutionBlock activated(RandomGenerator random, int in, int out, int kernel, int stride, int groups) {
        return new ConvolutionBlock(
                conv(random, in, out, kernel, stride, 1, groups), new BatchNorm2d(out), new PRelu(out));
    }

    /** Convolution and batch normalisation. */
    static ConvolutionBlock normalised(RandomGenerator random, int in, int out, int kernel, int stride, int groups) {
        return new ConvolutionBlock(conv(random, in, out, kernel, stride, 1, groups), new BatchNorm2d(out), null);
    }

    /** Depthwise 3 x 3 convolution alone. */
    static ConvolutionBlock dilatedDepthwise(RandomGenerator random, int channels, int stride, int dilation) {
        return new ConvolutionBlock(conv(random, channels, channels, 3, stride, dilation, channels), null, null);
    }

    /** What such convolutions of one input come to, each with the sum of those before it, concatenated. */
    static Variable pyramid(List<ConvolutionBlock> branches, Variable x) {
        var inputs = new ArrayList<Variable>();
        inputs.add(x);
        branches.forEach(branch -> inputs.add(branch.conv.weight()));
        var options = branches.stream().map(branch -> branch.conv.options()).toList();
        return Variable.apply(new DepthwisePyramid(options), inputs.toArray(Variable[]::new));
    }

    static Conv2d conv(RandomGenerator random, int in, int out, int kernel, int stride, int dilation, int groups) {
        var options = ConvolutionOptions.stride(stride)
                .padding((kernel - 1) / 2 * dilation)
                .dilation(dilation)
                .groups(groups);
        return new Conv2d(random, in, out, kernel, options, false);
    }

    @Override
    protected Variable forward(Variable x) {
        Variable y = conv.apply(x);
        if (bn == null) {
            return y;
        }
        return act == null ? bn.apply(y) : bn.applyActivated(act, y);
    }

    /** What this block, which has no activation, makes of x, plus {@code residual}, activated. */
    Variable applyAndAdd(Variable x, Variable residual, PRelu activation) {
        return training()
                ? bn.applyAddedAndActivated(activation, conv.apply(x), residual)
                : activation.apply(apply(x).plus(residual));
    }

    /** As {@link #applyAndAdd}, the other way round, of a sum whose parts have the channels that follow each other. */
    Variable addTo(Variable[] sum, Variable x, PRelu activation) {
        return training()
                ? bn.applyAddedAndActivated(activation, conv.apply(x), sum)
                : activation.apply(Variable.concat(1, sum).plus(apply(x)));
    }
}
